import fs from "node:fs";
import path from "node:path";
import { type Clock, systemClock, type Timer } from "../../compute/clock.ts";
import type { Conversation } from "../../compute/hosted-conversation.ts";
import { converse } from "../../compute/hosted-conversation.ts";
import { crashBudgets, crashCause, createCrashCounter } from "../../compute/crash-budgets.ts";
import type { ProcessExit, ProcessHost } from "../../compute/process-host.ts";
import { createPhase, type PhaseMoves } from "../../compute/phase.ts";
import { type BaseItemFiles, baseSegment } from "../../contract/nouns/base-job.ts";
import type { Writing } from "../../contract/nouns/job.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { FromMergeProcess, ToMergeProcess } from "../../contract/messages/merge-messages.ts";
import { fromMergeProcessSchema } from "../../contract/messages/merge-messages.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { blockedBy, outputGone } from "../folder/blocked.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { Journal } from "../journal/journal.ts";
import { createFinishing, type MergeEnd } from "./finishing.ts";
import { createMergeSteps, type Finish } from "./merge-steps.ts";
import type { CommittedRecord, UndoneMiniBatches } from "../journal/done-table.ts";

/**
 * Moves committed records into the job's `.part` files as the ordered prefix grows, and journals how far it came. The
 * copying is done by the merge process; this side only decides what comes next.
 *
 * | phase     | what it does                              | moves to  | when                                        |
 * |-----------|-------------------------------------------|-----------|---------------------------------------------|
 * | closed    | there is no process                       | opening   | there is something to merge                 |
 * | opening   | the process opens the files               | ready     | they are open                               |
 * | ready     | waits for commits                         | appending | records can be appended                     |
 * |           |                                           | finishing | all is appended and the end is wanted       |
 * | appending | the process copies records                | ready     | they are copied, or damaged and to do again |
 * | finishing | the process cuts and syncs the files      | ended     | it is done                                  |
 * | ended     | nothing                                   |           |                                             |
 *
 * From every phase: `closed` when the process crashes, and `opening` again until its budget (crashBudgets.helper) is
 * spent; `closed` until the end is wanted when somebody takes its files away while the job works; `ended` when it is stopped,
 * cannot write, or has to wait for damaged mini-batches.
 */
export type MergingPhase = "closed" | "opening" | "ready" | "appending" | "finishing" | "ended";

export const mergingMoves: PhaseMoves<MergingPhase> = {
  closed: ["opening", "ended"],
  opening: ["ready", "closed", "ended"],
  ready: ["appending", "finishing", "closed", "ended"],
  appending: ["ready", "closed", "ended"],
  finishing: ["closed", "ended"],
  ended: [],
};

export type Merging = {
  /** Something was committed: merge it soon. */
  readonly advance: () => void;
  /**
   * Merges all that can be merged, then cuts and syncs the files (and makes Parquet). Settles whatever happens; rejects with what
   * the journal or the start of the process threw.
   */
  readonly finish: (how: Finish) => Promise<MergeEnd>;
  /** How far it is since its end is wanted; null before that, and once it has ended. */
  readonly writing: () => Writing | null;
  /** Ends the process at once; what is merged stays. */
  readonly stop: () => void;
};

export type MergingListener = {
  readonly onProblem: (problem: Problem) => void;
  /**
   * Committed records are not what was written; the journal has taken these mini-batches back. `segment-gone`: what a worker writes
   * now goes to a file that nobody will find.
   */
  readonly onUndone: (undone: UndoneMiniBatches, cause: UndoCause) => void;
};

export type UndoCause = "damaged-records" | "segment-gone";

const pauseBetweenAppendsMs = 200;

export type MergingContext = {
  readonly host: ProcessHost;
  readonly spec: JobSpec;
  readonly journal: Journal;
  readonly files: JobFiles;
  /** The file that rows of the base are copied from; null for a job without one. */
  readonly baseRows: string | null;
  /** Where the files are that those rows name; null: they name none. */
  readonly baseItemFiles: BaseItemFiles | null;
  /** Runs what a message or a death leads to, and sees to exceptions. */
  readonly guarded: (work: () => void) => void;
  readonly listener: MergingListener;
  readonly clock?: Clock;
};

export function createMerging(context: MergingContext): Merging {
  const { host, spec, journal, files, baseRows, baseItemFiles, guarded, listener, clock = systemClock } = context;
  const phase = createPhase("Merging", mergingMoves, "closed");
  const crashes = createCrashCounter(crashBudgets.helper);
  const segmentFile = ({ segment }: CommittedRecord) =>
    segment === baseSegment && baseRows !== null ? baseRows : path.join(files.segments, segment);
  const nextStep = createMergeSteps(journal, files, segmentFile, baseItemFiles);
  let conversation: Conversation<ToMergeProcess> | null = null;
  /** Its files were taken away, as by a script that clears its output folder each time: they are made again once, at the end. */
  let isPutOff = false;
  /** The append that the process is at: its records, and how far all is merged then. */
  let appending: readonly CommittedRecord[] = [];
  let mergedUnits = 0;
  /** Share of the Parquet file; null before it is begun. */
  let madeOfParquet: number | null = null;
  /** The pause after an append. */
  let pause: Timer | null = null;
  const finishing = createFinishing(guarded, () => end("stopped"));
  const { safely } = finishing;

  function open(): void {
    const onMessage = (message: FromMergeProcess) => safely(() => take(message));
    conversation = startMergeProcess(host, onMessage, (exit) => safely(() => restart(exit)));
    phase.move("opening");
    conversation.send(openMessage(spec, files, journal));
  }

  function restart(exit: ProcessExit): void {
    conversation = null;
    phase.move("closed");
    if (crashes.add(crashCause(exit)) === "left") open();
    else fail(problemOf("engine/bug:output-ended"));
  }

  function take(message: FromMergeProcess): void {
    switch (message.type) {
      case "opened":
        phase.move("ready");
        noteOpened(journal, message);
        step();
        return;
      case "appended":
        phase.move("ready");
        crashes.reset();
        noteAppended(journal, mergedUnits, message);
        if (finishing.wanted() === null) advance();
        else step();
        return;
      case "progress":
        madeOfParquet = message.share;
        return;
      case "finished":
        journal.setFacts({ parts: message.parts });
        end("done");
        return;
      case "damaged":
        phase.move("ready");
        redo(message.records.flatMap((index) => appending[index] ?? []));
        return;
      case "same-name":
        return fail(problemOf("output/unwritable:same-name", { file: message.file }));
      case "gone":
      case "failed":
        isPutOff = message.type === "gone" && finishing.wanted() === null && fs.existsSync(spec.output.folder);
        if (!isPutOff) return fail(failedProblem(message, spec, files));
        conversation?.kill();
        phase.move("closed");
        return;
    }
  }

  function fail(problem: Problem): void {
    const wasFinishing = finishing.wanted() !== null;
    end({ problem });
    if (!wasFinishing) listener.onProblem(problem);
  }

  function redo(records: readonly CommittedRecord[]): void {
    const { undone, cause } = undo(journal, records, segmentFile);
    listener.onUndone(undone, cause);
    if (finishing.wanted()?.overGaps === false) end("redo");
    else step();
  }

  function end(how: MergeEnd): void {
    if (phase.is("ended")) return;
    phase.move("ended");
    pause?.cancel();
    conversation?.kill();
    conversation = null;
    finishing.settle(how);
  }

  /** One append, or the end when there is nothing left to append. */
  function step(): void {
    if (phase.is("closed")) open();
    if (!phase.is("ready")) return;
    const next = nextStep(finishing.wanted());
    if (next.kind === "redo") end("redo");
    if (next.kind === "redo" || next.kind === "wait") return;
    phase.move(next.kind === "append" ? "appending" : "finishing");
    if (next.kind === "append") ({ records: appending, mergedUnits } = next);
    conversation?.send(next.message);
  }

  function advance(): void {
    if (phase.is("ended") || pause !== null || isPutOff) return;
    pause = clock.setTimeout(() => {
      pause = null;
      safely(step);
    }, pauseBetweenAppendsMs);
  }

  return {
    advance,
    writing: () => (phase.is("ended") ? null : writingOf(finishing.wanted(), journal, madeOfParquet)),
    finish: (how) => finishing.want(how, step),
    stop: () => end("stopped"),
  };
}

/** Once it is killed, what it still says and how it ends means nothing any more. */
function startMergeProcess(
  host: ProcessHost,
  onMessage: (message: FromMergeProcess) => void,
  onDeath: (exit: ProcessExit) => void,
): Conversation<ToMergeProcess> {
  let isKilled = false;
  const unlessKilled =
    <Told>(hear: (told: Told) => void) =>
    (told: Told) => {
      if (!isKilled) hear(told);
    };
  const { send, kill }: Conversation<ToMergeProcess> = converse(
    host,
    "merge-process",
    fromMergeProcessSchema,
    unlessKilled(onMessage),
    unlessKilled(onDeath),
  );
  return {
    send,
    kill() {
      isKilled = true;
      kill();
    },
  };
}

function openMessage(spec: JobSpec, { rowsPart, errorsPart, ...files }: JobFiles, journal: Journal): ToMergeProcess {
  const itemFolders = files.itemFolders.map(({ name, part }) => ({ name, part }));
  const { rowsEnd, errorsEnd, partChecks, parts: own } = journal.facts();
  const merged = partChecks === null ? null : { rowsEnd, errorsEnd, checks: partChecks };
  return { type: "open", spec, rowsPart, errorsPart, itemFolders, own, merged };
}

/** How far the files are once their end is wanted. */
function writingOf(wanted: Finish | null, journal: Journal, madeOfParquet: number | null): Writing | null {
  if (wanted === null) return null;
  if (madeOfParquet !== null) return { step: "parquet", share: madeOfParquet };
  return { step: "rows", share: Math.min(1, journal.facts().mergedUnits / Math.max(1, journal.miniBatchCount())) };
}

/** Takes damaged records back, to be scored again; of a segment that is not there any more, all that are not merged yet. */
function undo(journal: Journal, records: readonly CommittedRecord[], segmentFile: (record: CommittedRecord) => string) {
  const gone = new Set(records.filter((record) => !fs.existsSync(segmentFile(record))).map(({ segment }) => segment));
  const ids = records.map(({ miniBatchId }) => miniBatchId);
  const cause: UndoCause = gone.size > 0 ? "segment-gone" : "damaged-records";
  return { undone: journal.undo(ids, [...gone], journal.facts().mergedUnits), cause };
}

function failedProblem(
  message: Extract<FromMergeProcess, { type: "gone" | "failed" }>,
  spec: JobSpec,
  files: JobFiles,
): Problem {
  const output = spec.output.folder;
  if (message.type === "gone") {
    return fs.existsSync(output) ? problemOf("output/gone:part", { path: message.file }) : outputGone(output);
  }
  const place = message.place === "output" ? output : files.segments;
  return blockedBy(message.errno, place) ?? problemOf("engine/bug:output", { reason: message.message });
}

/** How far the files are, by what the process found. */
function noteOpened(journal: Journal, message: Extract<FromMergeProcess, { type: "opened" }>): void {
  const { rows, errors, folders } = message;
  journal.setFacts({ parts: { rows, errors, parquet: null, ...folders } });
  const isShort = rows.bytes < journal.facts().rowsEnd || errors.bytes < journal.facts().errorsEnd;
  if (isShort || message.isChanged === true) {
    // Somebody took the `.part` files away, or changed them; the segments still hold every record.
    journal.setFacts({ mergedUnits: 0, rowsEnd: 0, errorsEnd: 0 });
  }
  // Not `rowsEnd`: a file of rows without a header stays empty while every item fails.
  if (journal.facts().errorsEnd === 0) {
    journal.setFacts({
      ...{ rowsEnd: message.rowsHeaderBytes, errorsEnd: message.errorsHeaderBytes },
      partChecks: message.checks ?? null,
    });
  }
}

function noteAppended(
  journal: Journal,
  mergedUnits: number,
  { rowsEnd, errorsEnd, checks }: Extract<FromMergeProcess, { type: "appended" }>,
): void {
  journal.setFacts({ mergedUnits, rowsEnd, errorsEnd, partChecks: checks ?? null });
}
