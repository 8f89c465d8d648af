import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { folderManifest } from "../../../electron/contract/nouns/folder-manifest.ts";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import type { MiniBatchPart } from "../../../electron/contract/nouns/mini-batch.ts";
import type { CommittedMiniBatch, FromWorker } from "../../../electron/contract/messages/worker-messages.ts";
import { fromWorkerSchema, workerProtocolVersion } from "../../../electron/contract/messages/worker-messages.ts";
import { jobSpec } from "../engine/job-specs.ts";

export const python = "/usr/bin/python3";
const program = path.join(import.meta.dirname, "../../../dist/worker.cjs");

/** A real worker with a script, and the mini-batches that it is given. */
export type ScriptWorker = {
  readonly opened: Extract<FromWorker, { type: "job-opened" | "job-refused" }>;
  /** Gives it files of its input; what comes of that. */
  readonly score: (...files: readonly string[]) => Promise<Scored>;
  /** The same in two steps: the files as they are now, and a mini-batch of them as they were then. */
  readonly list: (...files: readonly string[]) => readonly MiniBatchPart[];
  readonly scoreListed: (parts: readonly MiniBatchPart[]) => Promise<Scored>;
  readonly pid: number;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** `closed`: looked at when the job is closed and the worker waits for another one. */
  readonly close: (closed?: () => Promise<void>) => Promise<void>;
  readonly codeFiles: () => readonly string[];
  /** What the script said: `stdout`, `stderr` or `error`, without the times. */
  readonly log: (kind: string) => string;
};

export type Scored =
  | {
      readonly kind: "committed";
      readonly miniBatch: CommittedMiniBatch;
      readonly rows: string;
      readonly errors: string;
    }
  | { readonly kind: "failed"; readonly code: string | null; readonly message: string };

type Script = {
  readonly name: string;
  readonly source: string;
  /** More files of its code: what is in them, by name. */
  readonly others?: Readonly<Record<string, string>>;
};

function textsOf({ name, source, others }: Script): Readonly<Record<string, string>> {
  return { ...others, [name]: source };
}

/**
 * Starts one on `folder`, which gets the code and whose `input` folder holds files of one line each, named a.txt, b.txt …
 */
export async function scriptWorker(
  folder: string,
  script: Script,
  change: { readonly output?: Partial<JobSpec["output"]>; readonly settings?: Partial<JobSpec["settings"]> } = {},
  disturb: (spec: JobSpec) => JobSpec = (spec) => spec,
): Promise<ScriptWorker> {
  const code = fs.mkdtempSync(path.join(folder, "code-"));
  for (const [name, text] of Object.entries(textsOf(script))) {
    fs.mkdirSync(path.dirname(path.join(code, name)), { recursive: true });
    fs.writeFileSync(path.join(code, name), text);
  }
  const input = path.join(folder, "input");
  fs.mkdirSync(input, { recursive: true });
  for (const name of "abcdef") fs.writeFileSync(path.join(input, `${name}.txt`), `${name}\n`);
  const spec = specOf(folder, code, script, input, change);
  const child = fork(program, [], {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const unread: FromWorker[] = [];
  let wake = () => {};
  child.on("message", (raw) => {
    unread.push(fromWorkerSchema.parse(raw));
    wake();
  });
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on("exit", (exitCode, signal) => resolve({ code: exitCode, signal }));
  });
  const next = async <Type extends FromWorker["type"]>(...types: readonly Type[]) => {
    for (;;) {
      const message = unread.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if ((types as readonly string[]).includes(message.type))
        return message as Extract<FromWorker, { type: Type }>;
    }
  };
  const segmentFile = path.join(code, "..", `${path.basename(code)}.segment`);
  const logsFolder = `${segmentFile}.logs`;
  child.send({
    type: "open-job",
    protocolVersion: workerProtocolVersion,
    workerId: "worker-1",
    spec: disturb(spec),
    segmentFile,
    statusFile: `${segmentFile}.status`,
    logsFolder,
  });
  let miniBatches = 0;
  const list = (...files: readonly string[]) => files.map((file) => partOf(input, file));
  async function scoreListed(parts: readonly MiniBatchPart[]): Promise<Scored> {
    const miniBatch = { id: miniBatches++, items: parts.length, parts };
    child.send({ type: "score-mini-batch", miniBatch, attempt: 1, poisoned: [], batch: 1 });
    const answer = await next("mini-batches-committed", "mini-batch-failed");
    if (answer.type === "mini-batch-failed") return { kind: "failed", code: answer.code, message: answer.message };
    const [committed] = answer.miniBatches as [CommittedMiniBatch];
    const bytes = fs.readFileSync(segmentFile).subarray(committed.offset);
    const rows = bytes.toString("utf8", 0, committed.rowsBytes);
    const errors = bytes.toString("utf8", committed.rowsBytes, committed.rowsBytes + committed.errorsBytes);
    return { kind: "committed", miniBatch: committed, rows, errors };
  }
  return {
    opened: await next("job-opened", "job-refused"),
    pid: child.pid as number,
    exit,
    score: (...files) => scoreListed(list(...files)),
    list,
    scoreListed,
    codeFiles: () => fs.readdirSync(code),
    async close(closed) {
      child.send({ type: "close-job" });
      await next("job-closed");
      await closed?.();
      child.disconnect();
      await exit;
    },
    log(kind) {
      const file = path.join(logsFolder, "user", kind, "worker-1.txt");
      return fs.existsSync(file) ? fs.readFileSync(file, "utf8").replaceAll(/^\S+ /gm, "") : "";
    },
  };
}

function specOf(
  folder: string,
  code: string,
  script: Script,
  input: string,
  {
    output,
    settings,
  }: { readonly output?: Partial<JobSpec["output"]>; readonly settings?: Partial<JobSpec["settings"]> },
): JobSpec {
  const usual = jobSpec("job");
  const files = new Map(
    Object.entries(textsOf(script)).map(([name, text]) => [
      name,
      { bytes: Buffer.byteLength(text), hash: createHash("sha256").update(text).digest("hex") },
    ]),
  );
  return {
    ...usual,
    input: { ...usual.input, path: input },
    model: { ...usual.model, file: "", folder: path.join(folder, "model") },
    scorer: {
      kind: "script",
      language: script.name.endsWith(".py") ? "python" : "node",
      folder: code,
      script: script.name,
      hash: createHash("sha256").update(folderManifest(files)).digest("hex"),
      environment: "test",
      interpreter: python,
      outputs: [],
      keep: [],
      batch: 1,
      fixedBatch: null,
    },
    batch: 1,
    settings: { ...usual.settings, ...settings },
    output: { ...usual.output, folder, ...output },
  };
}

/** A part over the whole of a file as it is now. */
function partOf(input: string, file: string): MiniBatchPart {
  const stats = fs.statSync(path.join(input, file));
  return {
    file,
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    start: 0,
    end: stats.size,
    firstRow: 1,
    items: 1,
    problem: null,
  };
}
