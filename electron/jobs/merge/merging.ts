import fs from "node:fs";
import path from "node:path";
import type { Conversation } from "../../compute/hosted-conversation.ts";
import { converse } from "../../compute/hosted-conversation.ts";
import { crashBudgets, crashCause, createCrashCounter } from "../../compute/crash-budgets.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import { baseSegment } from "../../contract/nouns/base-job.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { FromMergeProcess, ToMergeProcess } from "../../contract/messages/merge-messages.ts";
import { fromMergeProcessSchema } from "../../contract/messages/merge-messages.ts";
import { errorsHeaderLine } from "../../contract/nouns/prediction-columns.ts";
import type { Problem } from "../../contract/problem.ts";
import { joinColumns } from "../../contract/nouns/script-columns.ts";
import { blockedBy, outputGone } from "../folder/blocked.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { CommittedRecord, Journal, UndoneUnits } from "../journal/journal.ts";
import { written } from "../../contract/problem.ts";

/**
 * Moves committed records into the job's `.part` files as the ordered prefix grows, and journals how far it came. The
 * copying is done by the merge process; this side only decides what comes next.
 */
export type Merging = {
  /** Something was committed: merge it soon. */
  readonly advance: () => void;
  /**
   * Merge all that can be merged, then cut and sync the files (and make Parquet). `overGaps`: also what lies behind a
   * unit that is not done, for a job that ends before its time. Always settles.
   */
  readonly finish: (how: { readonly parquet: boolean; readonly overGaps: boolean }) => Promise<MergeEnd>;
  /** Ends the process at once; what is merged stays. */
  readonly stop: () => void;
};

/** `redo`: records turned out to be damaged, and their units are to do again. */
export type MergeEnd = "done" | "stopped" | "redo" | { readonly problem: Problem };

export type MergingListener = {
  readonly onProblem: (problem: Problem) => void;
  /**
   * Committed records are not what was written; the journal has taken these units back. `isSegmentGone`: what a worker
   * writes now goes to a file that nobody will find.
   */
  readonly onUndone: (undone: UndoneUnits, isSegmentGone: boolean) => void;
};

/** How often the merged rows of a script are written again for the sake of a new column before the job is at its end. */
const mostRewrites = 8;
const errorsHeaderBytes = Buffer.byteLength(errorsHeaderLine);
const appendBytes = 32 * 1024 * 1024;
const pauseBetweenAppendsMs = 200;

export function createMerging(
  host: ProcessHost,
  spec: JobSpec,
  journal: Journal,
  files: JobFiles,
  /** The file that rows of the base are copied from; null for a job without one. */
  baseRows: string | null,
  /** Runs what a message or a death leads to, and sees to exceptions. */
  guarded: (work: () => void) => void,
  listener: MergingListener,
): Merging {
  let conversation: Conversation<ToMergeProcess> | null = null;
  let isOpen = false;
  let isBusy = false;
  let stopped: MergeEnd | null = null;
  const crashes = createCrashCounter(crashBudgets.helper);
  let timer: NodeJS.Timeout | null = null;
  let pendingUnits = 0;
  let pendingRecords: readonly CommittedRecord[] = [];
  let rewrites = 0;
  let finishing: { parquet: boolean; overGaps: boolean; resolve: (end: MergeEnd) => void } | null = null;

  function placeOf(segment: string): string {
    return segment === baseSegment && baseRows !== null ? baseRows : path.join(files.segments, segment);
  }

  function open(): void {
    conversation = converse<ToMergeProcess, typeof fromMergeProcessSchema>(
      host,
      "merge-process",
      fromMergeProcessSchema,
      (message) =>
        guarded(() => {
          if (stopped === null) take(message);
        }),
      (exit) => {
        conversation = null;
        isOpen = false;
        isBusy = false;
        if (stopped !== null) return;
        if (crashes.add(crashCause(exit)) === "spent")
          fail(couldNotWrite("The process that writes the output kept ending."));
        else open();
      },
    );
    conversation.send({ type: "open", spec, rowsPart: files.rowsPart, errorsPart: files.errorsPart });
  }

  function take(message: FromMergeProcess): void {
    switch (message.type) {
      case "opened":
        isOpen = true;
        if (message.rowsBytes < journal.facts().rowsEnd || message.errorsBytes < journal.facts().errorsEnd) {
          // Somebody took the `.part` files away; the segments still hold every record.
          journal.setFacts({ mergedUnits: 0, rowsEnd: 0, errorsEnd: 0 });
        }
        // Not `rowsEnd`: a file of rows without a header stays empty while every item fails.
        if (journal.facts().errorsEnd === 0) {
          journal.setFacts({ rowsEnd: message.rowsHeaderBytes, errorsEnd: message.errorsHeaderBytes });
        }
        step();
        return;
      case "appended":
        crashes.reset();
        isBusy = false;
        journal.setFacts({ mergedUnits: pendingUnits, rowsEnd: message.rowsEnd, errorsEnd: message.errorsEnd });
        if (finishing === null) advance();
        else step();
        return;
      case "finished":
        isBusy = false;
        end("done");
        return;
      case "damaged":
        isBusy = false;
        redo(message.records.flatMap((index) => pendingRecords[index] ?? []));
        return;
      case "gone":
        isBusy = false;
        fail(outputGone(spec.output.folder));
        return;
      case "failed": {
        isBusy = false;
        const place = message.place === "output" ? spec.output.folder : files.segments;
        fail(blockedBy(message.errno, place) ?? couldNotWrite(message.message));
        return;
      }
    }
  }

  function fail(problem: Problem): void {
    const wasFinishing = finishing !== null;
    end({ problem });
    if (!wasFinishing) listener.onProblem(problem);
  }

  /** Has the units of damaged records scored again; of a segment that is not there any more, all that are not merged yet. */
  function redo(records: readonly CommittedRecord[]): void {
    const from = journal.facts().mergedUnits;
    const gone = new Set(records.map(({ segment }) => segment).filter((segment) => !fs.existsSync(placeOf(segment))));
    const undone = journal.undo(
      records.map(({ unitId }) => unitId),
      [...gone],
      from,
    );
    listener.onUndone(undone, gone.size > 0);
    if (finishing?.overGaps === false) end("redo");
    else step();
  }

  /** Taken once: whoever waits for the end, now or later, learns of this one. */
  function end(how: MergeEnd): void {
    if (stopped !== null) return;
    stopped = how;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    conversation?.kill();
    conversation = null;
    finishing?.resolve(how);
  }

  /** One append, or the end when there is nothing left to append. */
  function step(): void {
    if (stopped !== null || isBusy) return;
    if (conversation === null) open();
    if (!isOpen) return;
    const facts = journal.facts();
    const { records, nextId } = journal.mergeable(
      facts.mergedUnits,
      appendBytes,
      finishing?.overGaps === true ? "pass-over" : "stop-at",
    );
    if (!widenFor(records)) return;
    const [first, ...others] = records.map((record) => ({
      segmentFile: placeOf(record.segment),
      offset: record.offset,
      rowsBytes: record.rowsBytes,
      errorsBytes: record.errorsBytes,
      checksum: record.checksum,
      columns: record.columns?.map(({ name }) => name) ?? null,
    }));
    if (first !== undefined) {
      isBusy = true;
      pendingUnits = nextId;
      pendingRecords = records;
      conversation?.send({
        type: "append",
        records: [first, ...others],
        columns: journal.facts().scriptColumns?.map(({ name }) => name) ?? null,
        rowsPosition: facts.rowsEnd,
        errorsPosition: facts.errorsEnd,
      });
    } else if (finishing?.overGaps === false && nextId < journal.unitCount()) {
      end("redo");
    } else if (finishing !== null) {
      isBusy = true;
      conversation?.send({
        type: "finish",
        rowsBytes: facts.rowsEnd,
        errorsBytes: facts.errorsEnd,
        parquetPart: finishing.parquet ? files.parquetPart : null,
        columns: facts.scriptColumns === null ? null : [...facts.scriptColumns],
      });
    }
  }

  /**
   * The columns of a script's rows are known once it has returned them. Records that bring new ones make the header wider,
   * and what is merged is written again under it, from the beginning; so the file depends on the order of the input alone.
   * False: these records are not to be appended now.
   */
  function widenFor(records: readonly CommittedRecord[]): boolean {
    const known = journal.facts().scriptColumns;
    const columns = records.reduce(
      (joined, record) => (record.columns === null ? joined : joinColumns(joined ?? [], record.columns)),
      known,
    );
    if (columns === null || JSON.stringify(columns) === JSON.stringify(known)) return true;
    if (known === null || columns.length === known.length || journal.facts().rowsEnd === 0) {
      journal.setFacts({ scriptColumns: columns });
      return true;
    }
    if (rewrites >= mostRewrites && finishing === null) return false;
    rewrites += 1;
    journal.setFacts({ scriptColumns: columns, mergedUnits: 0, rowsEnd: 0, errorsEnd: errorsHeaderBytes });
    step();
    return false;
  }

  function advance(): void {
    if (stopped !== null || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      guarded(step);
    }, pauseBetweenAppendsMs);
  }

  return {
    advance,
    finish({ parquet, overGaps }) {
      if (stopped !== null) return Promise.resolve(stopped);
      return new Promise((resolve) => {
        finishing = { parquet, overGaps, resolve };
        guarded(step);
      });
    },
    stop: () => end("stopped"),
  };
}

function couldNotWrite(why: string): Problem {
  return written(
    "engine/bug",
    `The output could not be written: ${why}`,
    "Check the disk, then invoke the endpoint again.",
  );
}
