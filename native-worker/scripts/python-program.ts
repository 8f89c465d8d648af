import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import * as z from "zod";
import { scriptColumnSchema } from "../../electron/contract/nouns/script-columns.ts";
import { createAnswerReader } from "./answer-reader.ts";
import runner from "./python-runner.py";
import type { ScriptProgram, ScriptRun, ScriptSettings, ScriptStart } from "./script-program.ts";
import { badReturn, lacks, scriptEnvironment } from "./script-program.ts";

/** What the runner says: see python-runner.py. */
const answerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready"), version: z.string() }),
  z.strictObject({
    type: z.literal("start-raised"),
    where: z.enum(["import", "init"]),
    message: z.string(),
    traceback: z.string(),
  }),
  z.strictObject({ type: z.literal("incomplete"), missing: z.string() }),
  z.strictObject({ type: z.literal("rows"), bytes: z.number().int().min(0) }),
  z.strictObject({
    type: z.literal("returned"),
    length: z.number().int().min(0),
    columns: z.array(scriptColumnSchema).nullable(),
  }),
  z.strictObject({ type: z.literal("raised"), message: z.string(), traceback: z.string() }),
  z.strictObject({ type: z.literal("bad-return"), returned: z.string() }),
]);

/** The runner comes over a pipe: it lies in the bundle, which may lie in an archive, and would be long for a command line. */
const bootstrap =
  "REQUESTS=open(3,'rb');exec(compile(REQUESTS.read(int(REQUESTS.readline())),'batchdeck-runner','exec'))";

const endPatienceMs = 1500;
const lastWordsMs = 500;

/** What ends a process and came from outside: see electron/compute/deaths-in-a-row.ts. */
const outsideSignals: readonly (string | null)[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/**
 * A script in a Python process of its own. It ends with this process. One that somebody else kills takes this process
 * along by the same signal: only the engine can tell whether that was the work's fault.
 */
export function pythonProgram(interpreter: string, settings: ScriptSettings): ScriptProgram {
  const { folder, script, log } = settings;
  let child: ChildProcess | null = null;
  let exited: Exit | null = null;
  let isEnding = false;
  let couldNotStart: string | null = null;
  let gone: Promise<void> = Promise.resolve();
  let answers: ReturnType<typeof createAnswerReader>;

  function spawnPython(): void {
    const python = spawn(interpreter, ["-u", "-B", "-X", "utf8", "-c", bootstrap, ...settings.arguments], {
      cwd: folder,
      // A set has its order from the hashes of its texts: the same ones each time, or every attempt gave other rows.
      env: { PYTHONHASHSEED: "0", ...scriptEnvironment(settings), PYTHONDONTWRITEBYTECODE: "1" },
      stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    child = python;
    gone = new Promise((resolve) => {
      python.on("error", (error) => {
        if (python.pid !== undefined) return;
        couldNotStart = error.message;
        exited = { code: null, signal: null };
        resolve();
      });
      python.on("exit", (code, signal) => {
        exited = { code, signal };
        // A process that the script left behind may hold the pipes open: they are not waited for.
        setTimeout(() => answers.close(), lastWordsMs).unref();
        resolve();
      });
    });
    // Writing to a process that is gone is no news: its exit is.
    for (const stream of python.stdio) stream?.on("error", () => undefined);
    python.stdout?.on("data", log.stdout);
    python.stderr?.on("data", log.stderr);
    answers = createAnswerReader(python.stdio[4] as Readable);
    say(`${Buffer.byteLength(runner)}\n${runner}`);
  }

  function say(text: string): void {
    (child?.stdio[3] as Writable).write(text);
  }

  const ask = (request: unknown) => say(`${JSON.stringify(request)}\n`);

  async function hear(): Promise<z.infer<typeof answerSchema> | null> {
    const line = await answers.line();
    return line === null ? null : answerSchema.parse(JSON.parse(line));
  }

  /** How it ended, as the end of a sentence. Ends this process, too, when somebody else ended it. */
  async function exitWords(): Promise<string> {
    await gone;
    const { code, signal } = exited as Exit;
    if (signal !== null && outsideSignals.includes(signal) && !isEnding) {
      process.kill(process.pid, signal);
      await new Promise(() => undefined);
    }
    return signal === null ? `with exit code ${code}` : `by the signal ${signal}`;
  }

  async function start(): Promise<ScriptStart> {
    spawnPython();
    ask({ folder, script });
    const answer = await hear();
    await turn();
    switch (answer?.type) {
      case "ready":
        return { ok: true, version: answer.version };
      case "incomplete":
        return lacks(answer.missing);
      case "start-raised": {
        log.error(answer.traceback);
        const where = answer.where === "init" ? "init() of the script raised" : "The script could not be loaded:";
        return { ok: false, code: "script/failed", message: `${where} ${answer.message}` };
      }
      default: {
        const how = await exitWords();
        if (couldNotStart !== null) {
          const message = `The interpreter ${interpreter} could not be started: ${couldNotStart}.`;
          return { ok: false, code: "environment/invalid", message };
        }
        const message = `The Python process of the script ended before it was ready, ${how}.`;
        log.error(message);
        return { ok: false, code: "script/failed", message };
      }
    }
  }

  async function run(
    files: readonly string[],
    form: string,
    takeRows: (bytes: Uint8Array) => Promise<void>,
  ): Promise<ScriptRun> {
    ask({ type: "run", files, form });
    for (;;) {
      const answer = await hear();
      if (answer?.type === "rows") {
        const isWhole = await answers.bytes(answer.bytes, takeRows);
        if (isWhole) continue;
      }
      await turn();
      switch (answer?.type) {
        case "returned":
          return { kind: "returned", length: answer.length, columns: answer.columns };
        case "raised":
          log.error(answer.traceback);
          return { kind: "failed", code: "script-raised", message: answer.message };
        case "bad-return": {
          const failed = badReturn(answer.returned);
          if (failed.kind === "failed") log.error(failed.message);
          return failed;
        }
        default: {
          const message = `The script ended its Python process in run(), ${await exitWords()}.`;
          log.error(message);
          return { kind: "failed", code: "script-exited", message };
        }
      }
    }
  }

  return {
    start,
    run,
    isAlive: () => exited === null,
    async end() {
      if (child === null || exited !== null) return;
      isEnding = true;
      ask({ type: "shutdown" });
      const killing = setTimeout(() => child?.kill("SIGKILL"), endPatienceMs);
      await gone;
      clearTimeout(killing);
      await turn();
    },
  };
}
