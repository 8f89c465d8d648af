import fs from "node:fs";
import type { ProcessExit, ProcessHost, ProgramName } from "../../../electron/compute/process-host.ts";
import type { FromDataProcess, ToDataProcess } from "../../../electron/contract/messages/data-messages.ts";
import type { FromMergeProcess, ToMergeProcess } from "../../../electron/contract/messages/merge-messages.ts";
import { writtenFile } from "../../../electron/jobs/folder/written-file.ts";
import type { WrittenFile } from "../../../electron/contract/nouns/written-file.ts";
import type { MiniBatch } from "../../../electron/contract/nouns/mini-batch.ts";
import type {
  CommittedMiniBatch,
  FromWorker,
  ScoreMiniBatch,
  ToWorker,
} from "../../../electron/contract/messages/worker-messages.ts";
import { ownerOnly } from "../../../electron/contract/processes/file-modes.ts";
import { workerProtocolVersion } from "../../../electron/contract/messages/worker-messages.ts";
import { workerStatusBytes, writeWorkerStatus } from "../../../electron/contract/messages/worker-status.ts";

const noFolders = { arrays: null, images: null };

/**
 * Processes that are none: they speak the real protocols and write the real files of a job (list, status, `.part`), in
 * the time of the test's clock, so that the engine can be led through thousands of lives of jobs in minutes. What goes
 * wrong, and when, comes from `random` alone. A mini-batch's record is eight bytes, its number, so that what was merged can be
 * read back.
 */
export type SimulatedJob = {
  readonly miniBatches: number;
  readonly itemsInMiniBatch: number;
  /** Items, counted over the whole job, that end whatever process runs them. */
  readonly deadlyItems: ReadonlySet<number>;
  /** Items that fail by themselves. */
  readonly badItems: ReadonlySet<number>;
};

export type Trouble = {
  /** Chances from 0 to 1 that something goes wrong each time that it could. */
  death: number;
  failure: number;
  noSpace: number;
  /** A record that the disk did not keep as it was. */
  damage: number;
  hang: number;
};

export const recordBytes = 8;
export const simulatedHeader = "number \n";

type Speak = {
  readonly send: (message: unknown) => void;
  readonly after: (milliseconds: number, work: () => void) => void;
  readonly die: (signal: string | null) => void;
};

export function simulatedHost(context: {
  readonly random: () => number;
  readonly jobs: ReadonlyMap<string, SimulatedJob>;
  readonly trouble: Trouble;
}): ProcessHost & { readonly alive: () => number } {
  const { random, jobs, trouble } = context;
  let alive = 0;

  function jobOf(name: string): SimulatedJob {
    const job = jobs.get(name);
    if (job === undefined) throw new Error(`There is no simulated job ${name}.`);
    return job;
  }

  const programs: Partial<Record<ProgramName, (speak: Speak) => (message: never) => void>> = {
    worker: (speak) => simulatedWorker(speak, random, trouble, jobOf),
    "data-process": (speak) => simulatedDataProcess(speak, random, trouble, jobOf),
    "merge-process": (speak) => simulatedMergeProcess(speak, random, trouble),
  };

  return {
    alive: () => alive,
    start(program) {
      const make = programs[program];
      if (make === undefined) throw new Error(`The program ${program} is not simulated.`);
      let isAlive = true;
      alive += 1;
      const messageListeners: ((message: unknown) => void)[] = [];
      const exitListeners: ((exit: ProcessExit) => void)[] = [];
      const end = (exit: ProcessExit) => {
        if (!isAlive) return;
        isAlive = false;
        alive -= 1;
        setTimeout(() => {
          for (const listener of exitListeners) listener(exit);
        }, 1);
      };
      const after = (milliseconds: number, work: () => void) => {
        setTimeout(() => {
          if (isAlive) work();
        }, milliseconds);
      };
      const take = make({
        after,
        send: (message) => after(1, () => messageListeners.forEach((listener) => listener(message))),
        die: (signal) => end({ code: signal === null ? 1 : null, signal }),
      });
      return {
        pid: () => 1,
        send(message) {
          if (isAlive) after(1, () => take(message as never));
          return isAlive;
        },
        onMessage: (listener) => messageListeners.push(listener),
        onExit: (listener) => exitListeners.push(listener),
        kill: () => end({ code: null, signal: "SIGKILL" }),
      };
    },
  };
}

function simulatedWorker(
  speak: Speak,
  random: () => number,
  trouble: Trouble,
  jobOf: (name: string) => SimulatedJob,
): (message: ToWorker) => void {
  const { send, after, die } = speak;
  const waiting: ToWorker[] = [];
  let isBusy = false;
  let job: SimulatedJob | null = null;
  let statusFile = "";
  const say = (message: FromWorker) => send(message);
  say({ type: "started", protocolVersion: workerProtocolVersion });

  function next(): void {
    const message = waiting.shift();
    isBusy = message !== undefined;
    if (message !== undefined) after(2 + random() * 60, () => work(message));
  }

  function work(message: ToWorker): void {
    if (random() < trouble.death) return die(random() < 0.5 ? "SIGKILL" : null);
    switch (message.type) {
      case "open-job":
        job = jobOf(message.spec.name);
        statusFile = message.statusFile;
        say({ type: "job-opened", provider: "cpu", fallback: null, runtimeVersion: "1", loadMs: 1 });
        break;
      case "close-job":
        say({ type: "job-closed" });
        break;
      case "fail-mini-batch":
        say({ type: "mini-batches-committed", miniBatches: [record(message.miniBatch, 1, message.miniBatch.items)] });
        break;
      case "probe-mini-batch":
        if (
          !survives(message.miniBatch, message.range.start, message.range.end, message.step, new Set(message.poisoned))
        )
          return;
        say({ type: "mini-batch-probed", miniBatchId: message.miniBatch.id });
        break;
      case "score-mini-batch":
        if (!score(message)) return;
        break;
    }
    next();
  }

  function score(message: ScoreMiniBatch): boolean {
    const { miniBatch, attempt } = message;
    const left = new Set(message.poisoned.map(({ item }) => item));
    if (!survives(miniBatch, 0, miniBatch.items, message.batch, left)) return false;
    if (random() < trouble.hang) return false;
    const failed = (errno: string | null) =>
      say({
        type: "mini-batch-failed",
        miniBatchId: miniBatch.id,
        attempt,
        stage: "write",
        code: null,
        message: "It did not work.",
        errno,
      });
    if (random() < trouble.failure) failed(null);
    else if (random() < trouble.noSpace) failed("ENOSPC");
    else {
      const first = miniBatch.id * miniBatch.items;
      let bad = left.size;
      for (let item = 0; item < miniBatch.items; item += 1) {
        if (!left.has(item) && job?.badItems.has(first + item) === true) bad += 1;
      }
      say({ type: "mini-batches-committed", miniBatches: [record(miniBatch, attempt, bad)] });
    }
    return true;
  }

  /** Runs items in steps; false when one of them ended the process, and its status file says which. */
  function survives(
    miniBatch: MiniBatch,
    start: number,
    end: number,
    step: number,
    left: ReadonlySet<number>,
  ): boolean {
    for (let from = start; from < end; from += step) {
      const to = Math.min(end, from + step);
      for (let item = from; item < to; item += 1) {
        if (left.has(item) || job?.deadlyItems.has(miniBatch.id * miniBatch.items + item) !== true) continue;
        const words = new DataView(new ArrayBuffer(workerStatusBytes));
        writeWorkerStatus(words, { miniBatchId: miniBatch.id, start: from, end: to, stage: "infer" });
        fs.writeFileSync(statusFile, new Uint8Array(words.buffer));
        die("SIGSEGV");
        return false;
      }
    }
    return true;
  }

  return (message) => {
    waiting.push(message);
    if (!isBusy) next();
  };
}

function record(miniBatch: MiniBatch, attempt: number, failed: number): CommittedMiniBatch {
  return {
    miniBatchId: miniBatch.id,
    attempt,
    offset: 0,
    rowsBytes: recordBytes,
    errorsBytes: 0,
    checksum: String(miniBatch.id).padStart(16, "0"),
    itemFiles: null,
    succeeded: miniBatch.items - failed,
    failed,
    notANumber: 0,
    rows: miniBatch.items - failed,
    columns: null,
    failedParts: failed > 0 ? [0] : [],
    smallestRun: null,
    times: { read: 1, preprocess: 0, infer: 1, postprocess: 0, write: 0 },
    startedAt: Date.now(),
    durationMs: 2,
    processMs: 2,
  };
}

function simulatedDataProcess(
  { send, after, die }: Speak,
  random: () => number,
  trouble: Trouble,
  jobOf: (name: string) => SimulatedJob,
): (message: ToDataProcess) => void {
  const say = (message: FromDataProcess) => send(message);
  return (message) => {
    if (message.type === "check") {
      after(5 + random() * 100, () => say({ type: "checked", changed: 0, missing: 0, examples: [] }));
      return;
    }
    if (message.type !== "plan") return;
    // The list of files lies in the job's own folder, which has its name.
    const name = message.listingFile.split("/").at(-2) ?? "";
    const { miniBatches, itemsInMiniBatch } = jobOf(name);
    fs.writeFileSync(message.listingFile, "[]\n", { mode: ownerOnly.file });
    say({ type: "listed", files: miniBatches, bytes: miniBatches * 10, skipped: 0, skippedBy: {}, skippedNames: {} });
    const give = (from: number): void => {
      if (random() < trouble.death) return die(null);
      const until = Math.min(miniBatches, from + 1 + Math.floor(random() * 8));
      const [first, ...others] = Array.from({ length: until - from }, (_, index) =>
        miniBatchOf(from + index, itemsInMiniBatch),
      );
      if (first === undefined) return say({ type: "planned", miniBatches });
      say({ type: "mini-batches", miniBatches: [first, ...others], reused: [], plannedBytes: until * 10 });
      after(random() * 200, () => give(until));
    };
    after(random() * 200, () => give(message.nextMiniBatch));
  };
}

function miniBatchOf(id: number, items: number): MiniBatch {
  const place = { sizeBytes: 10, modifiedMs: 1, start: 0, end: 10, firstRow: 1, items, problem: null };
  return { id, items, parts: [{ file: `${id}.csv`, ...place }] };
}

function simulatedMergeProcess(
  { send, after, die }: Speak,
  random: () => number,
  trouble: Trouble,
): (message: ToMergeProcess) => void {
  const say = (message: FromMergeProcess) => after(1 + random() * 40, () => send(message));
  let rows = "";
  let errors = "";

  function open(message: Extract<ToMergeProcess, { type: "open" }>): FromMergeProcess {
    rows = message.rowsPart;
    errors = message.errorsPart;
    const [foundRows, foundErrors] = [
      openPart(rows, message.own?.rows ?? null),
      openPart(errors, message.own?.errors ?? null),
    ];
    writeAt(rows, simulatedHeader, 0);
    writeAt(errors, simulatedHeader, 0);
    const [rowsHeaderBytes, errorsHeaderBytes] = [recordBytes, recordBytes];
    return {
      type: "opened",
      rowsHeaderBytes,
      errorsHeaderBytes,
      rows: foundRows,
      errors: foundErrors,
      folders: noFolders,
    };
  }

  return (message) => {
    if (random() < trouble.death) return die("SIGKILL");
    if (random() < trouble.noSpace / 4) {
      return say({ type: "failed", place: "output", message: "No space.", errno: "ENOSPC" });
    }
    switch (message.type) {
      case "open":
        return say(open(message));
      case "append": {
        if (random() < trouble.damage) return say({ type: "damaged", records: [0] });
        const text = message.records
          .map(({ checksum }) => `${Number(checksum)}`.padEnd(recordBytes - 1) + "\n")
          .join("");
        writeAt(rows, text, message.rowsPosition);
        return say({
          type: "appended",
          rowsEnd: message.rowsPosition + text.length,
          errorsEnd: message.errorsPosition,
        });
      }
      case "finish":
        fs.truncateSync(rows, message.rowsBytes);
        return say({
          type: "finished",
          parts: { rows: partOf(rows), errors: partOf(errors), parquet: null, ...noFolders },
        });
    }
  };
}

function openPart(file: string, own: WrittenFile | null): WrittenFile {
  if (fs.existsSync(file) && partOf(file).id !== own?.id) fs.rmSync(file);
  fs.appendFileSync(file, "");
  return partOf(file);
}

/** A file as the journal knows it. */
export function partOf(file: string): WrittenFile {
  return writtenFile(fs.lstatSync(file, { bigint: true }));
}

function writeAt(file: string, text: string, position: number): void {
  const handle = fs.openSync(file, "r+");
  fs.writeSync(handle, text, position);
  fs.closeSync(handle);
}

/** The numbers of the mini-batches that a file of rows holds, in its order. */
export function mergedNumbers(file: string): readonly number[] {
  const [header, ...lines] = fs.readFileSync(file, "utf8").trimEnd().split("\n");
  if (header?.trim() !== simulatedHeader.trim()) throw new Error(`${file} has no header.`);
  return lines.map((line) => Number(line.trim()));
}
