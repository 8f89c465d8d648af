import path from "node:path";
import { crashBudgets, crashCause, createCrashCounter } from "../../compute/crash-budgets.ts";
import { converse } from "../../compute/hosted-conversation.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { BaseJobFiles, ReusedMiniBatch } from "../../contract/nouns/base-job.ts";
import type { FromDataProcess, ToDataProcess } from "../../contract/messages/data-messages.ts";
import { fromDataProcessSchema } from "../../contract/messages/data-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { rowsOfOneCut } from "../../contract/nouns/scorer.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { MiniBatch } from "../../contract/nouns/mini-batch.ts";
import { fileDamage } from "../../registry/rows/damage.ts";
import { copiesFolder, journalFile, seenListing } from "../folder/job-files.ts";
import type { Journal } from "../journal/journal.ts";

/**
 * Feeds the journal with mini-batches from the data process, from where an earlier engine stopped. Planning runs beside
 * dispatching: the first mini-batches are scored while the rest of the folder is still being cut.
 */
export type Planning = { readonly stop: () => void };

export type PlanningListener = {
  readonly onMiniBatches: (miniBatches: readonly MiniBatch[], reused: readonly ReusedMiniBatch[]) => void;
  readonly onPlanned: () => void;
  readonly onProblem: (problem: Problem) => void;
};

export function startPlanning(
  host: ProcessHost,
  spec: JobSpec,
  journal: Journal,
  listingFile: string,
  base: BaseJobFiles | null,
  /** Runs what a message leads to, and sees to exceptions. */
  guarded: (work: () => void) => void,
  listener: PlanningListener,
): Planning {
  let stopped = false;
  const crashes = createCrashCounter(crashBudgets.helper);
  let conversation = begin();

  function begin() {
    const line = converse<ToDataProcess, typeof fromDataProcessSchema>(
      host,
      "data-process",
      fromDataProcessSchema,
      (message) =>
        guarded(() => {
          if (!stopped) takeOrEnd(message);
        }),
      (exit) => {
        if (stopped) return;
        if (crashes.add(crashCause(exit)) === "spent") {
          stopped = true;
          listener.onProblem(problemOf("input/unreadable:listing-ended"));
          return;
        }
        conversation = begin();
      },
    );
    line.send(planRequest(spec, journal, listingFile, base));
    return line;
  }

  /** More messages may be underway: none that follows one that could not be written down may be taken. */
  function takeOrEnd(message: FromDataProcess): void {
    try {
      take(message);
    } catch (error) {
      end();
      throw error;
    }
  }

  function take(message: FromDataProcess): void {
    switch (message.type) {
      case "listing":
      case "previewed":
      case "unchanged":
      case "checked":
      case "listed-for-azure":
        return;
      case "listed":
        journal.setFacts({
          listed: true,
          files: message.files,
          inputBytes: message.bytes,
          skipped: message.skipped,
          skippedBy: message.skippedBy,
          skippedNames: message.skippedNames,
        });
        return;
      case "mini-batches":
        crashes.reset();
        journal.addMiniBatches(message.miniBatches, message.reused);
        conversation.send({ type: "taken" });
        listener.onMiniBatches(message.miniBatches, message.reused);
        return;
      case "planned":
        end();
        if (journal.miniBatchCount() !== message.miniBatches) throw fileDamage(journalFile(path.dirname(listingFile)));
        journal.setFacts({ planned: true });
        listener.onPlanned();
        return;
      case "problem":
        end();
        listener.onProblem(message.problem);
        return;
    }
  }

  function end(): void {
    stopped = true;
    conversation.kill();
  }

  return { stop: end };
}

function planRequest(spec: JobSpec, journal: Journal, listingFile: string, base: BaseJobFiles | null): ToDataProcess {
  const last = journal.lastMiniBatch();
  const lastPart = last?.parts[last.parts.length - 1];
  return {
    type: "plan",
    input: spec.input,
    scorer: spec.scorer,
    dialect: spec.dialect,
    dialectScope: spec.dialectScope,
    miniBatchSize: spec.settings.mini_batch_size,
    sliceBytes: spec.sliceBytes,
    rowMultiple: rowsOfOneCut(spec.scorer, spec.batch),
    listingFile,
    copiesFolder: copiesFolder(path.dirname(listingFile)),
    seenFile: seenListing(path.dirname(listingFile)),
    base,
    nextMiniBatch: last === null ? 0 : last.id + 1,
    after:
      lastPart === undefined
        ? null
        : {
            file: lastPart.file,
            end: lastPart.end,
            nextRow: lastPart.firstRow + lastPart.items,
            dialect: lastPart.dialect,
            copyBytes: lastPart.copy?.sizeBytes,
          },
  };
}
