import fs from "node:fs/promises";
import path from "node:path";
import type { ProcessHost } from "../../compute/process-host.ts";
import { makePreflightFolder, removeLeftPreflightFolders } from "../folder/preflight-folder.ts";
import type { Worker } from "../../compute/worker.ts";
import { startWorker } from "../../compute/worker.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { errorsHeaderLine, predictionsHeader } from "../../contract/nouns/prediction-columns.ts";
import type { NoSample } from "../../contract/nouns/preflight-facts.ts";
import type { PreflightSample } from "../../contract/nouns/preflight.ts";
import { itemErrorSchema } from "../../contract/item-error.ts";
import type { MiniBatch } from "../../contract/nouns/mini-batch.ts";
import type { CommittedMiniBatch, FromWorker } from "../../contract/messages/worker-messages.ts";
import { workerProtocolVersion } from "../../contract/messages/worker-messages.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { removeFolder } from "../../files/patient.ts";
import { readTextPage } from "../../outputs/read-text-page.ts";

/** First items of an input: the few that are shown, and as many as run together in the job, to time them. */
export type SampleMiniBatches = { readonly shown: MiniBatch; readonly timed: MiniBatch };

export type SampleRun = {
  readonly sample: PreflightSample;
  /** How one worker fared with the items that were timed; null when time ran out before. */
  readonly timing: { readonly items: number; readonly seconds: number; readonly rowBytesPerItem: number } | null;
  /** Why the model did not run on the device that the job asks for; null when it did. */
  readonly fallback: string | null;
};

/** For opening the model and scoring, once the process runs. */
const timeBoxMs = 1000;
/** For the process to start. */
const startTimeoutMs = 5000;

/**
 * Scores the first items of a job as the job would: a worker reads, runs and writes them, into a folder of the workspace
 * that is gone afterwards. The model may end that process, and nothing else. Never rejects for what the worker does.
 */
export async function samplePredictions(
  host: ProcessHost,
  home: string,
  spec: JobSpec,
  miniBatches: SampleMiniBatches,
  /** Ends it: what it answers then is of no use. */
  signal: AbortSignal | null,
): Promise<SampleRun> {
  await removeLeftPreflightFolders(home);
  const folder = makePreflightFolder(home);
  try {
    const shownSpec = asCells(spec);
    const outcome = await askWorker(host, folder, shownSpec, miniBatches, signal);
    const { shown, timed, fallback } = outcome;
    const timing = timed === null ? null : timingOf(timed);
    if (shown === null) return { sample: { ...nothing, left_out: outcome.ended }, timing, fallback };
    // Rows that run together as in the job have its very digits; the few alone may differ in the last.
    return { sample: await readSample(folder, shownSpec, timed ?? shown, shown), timing, fallback };
  } finally {
    await removeFolder(folder);
  }
}

const nothing: PreflightSample = { items: 0, columns: [], rows: [], errors: [], left_out: null };

/** Whatever the format, a record's rows are cells, and values are the same; and rows are kept though the job keeps none. */
function asCells(spec: JobSpec): JobSpec {
  const { format, csvFormulas } = spec.output;
  return {
    ...spec,
    settings: { ...spec.settings, output_action: "append_row" },
    output: { ...spec.output, format: "csv", csvFormulas: format === "csv" ? csvFormulas : "keep" },
  };
}

type Outcome = {
  /** Null: it did not come so far. */
  readonly shown: CommittedMiniBatch | null;
  readonly timed: CommittedMiniBatch | null;
  /** Why it came no further; null when it came to its end. */
  readonly ended: NoSample | null;
  readonly fallback: string | null;
};

function askWorker(
  host: ProcessHost,
  folder: string,
  spec: JobSpec,
  miniBatches: SampleMiniBatches,
  signal: AbortSignal | null,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const committed: CommittedMiniBatch[] = [];
    let fallback: string | null = null;
    let timer: NodeJS.Timeout;
    const end = (ended: NoSample | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      worker.listen(null);
      worker.kill();
      const [shown = null, timed = null] = committed;
      resolve({ shown, timed, ended, fallback });
    };
    const abort = (): void => end({ kind: "aborted" });
    const score = (miniBatch: MiniBatch): void => {
      worker.send({ type: "score-mini-batch", miniBatch, attempt: 1, poisoned: [], batch: spec.batch });
    };
    const worker: Worker = startWorker(
      host,
      path.basename(folder),
      "sample",
      spec.settings.environment_variables,
      () => undefined,
    );
    worker.listen({
      onMessage(message: FromWorker) {
        switch (message.type) {
          case "started":
            clearTimeout(timer);
            timer = setTimeout(() => end({ kind: "too-slow" }), timeBoxMs);
            return;
          case "job-opened":
            fallback = message.fallback;
            return;
          case "job-refused":
            end({ kind: "not-opened", reason: message.message });
            return;
          case "mini-batches-committed":
            committed.push(...message.miniBatches);
            // Only now: what is shown must not wait for the many to be written with it.
            if (committed.length === 1) score(miniBatches.timed);
            else end(null);
            return;
          case "mini-batch-failed":
            end({ kind: "not-scored", reason: message.message });
            return;
          case "progress":
          case "mini-batch-probed":
          case "job-closed":
            return;
        }
      },
      onDeath: ({ signal, code }) => end({ kind: "process-ended", how: signal ?? `exit ${code}` }),
    });
    timer = setTimeout(() => end({ kind: "not-started" }), startTimeoutMs);
    worker.send({
      type: "open-job",
      protocolVersion: workerProtocolVersion,
      workerId: "sample",
      spec,
      segmentFile: path.join(folder, "segment"),
      statusFile: path.join(folder, "status"),
      logsFolder: folder,
    });
    score(miniBatches.shown);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort);
  });
}

function timingOf({ succeeded, failed, rowsBytes, errorsBytes, durationMs }: CommittedMiniBatch): SampleRun["timing"] {
  const items = succeeded + failed;
  return { items, seconds: durationMs / 1000, rowBytesPerItem: (rowsBytes + errorsBytes) / items };
}

/** The first rows of one record, and all failures of the one that is shown, as the job's two files would hold them. */
async function readSample(
  folder: string,
  spec: JobSpec,
  { offset, rowsBytes }: CommittedMiniBatch,
  shown: CommittedMiniBatch,
): Promise<PreflightSample> {
  const segment = await fs.readFile(path.join(folder, "segment"));
  const rows = segment.subarray(offset, offset + rowsBytes);
  const errorsAt = shown.offset + shown.rowsBytes;
  const errors = segment.subarray(errorsAt, errorsAt + shown.errorsBytes);
  const table = await cellsOf(folder, predictionsHeader(spec), rows, shown.rows);
  const failures = await cellsOf(folder, errorsHeaderLine, errors, shown.failed);
  return {
    items: shown.succeeded + shown.failed,
    columns: table.columns,
    rows: table.rows,
    errors: failures.rows.map(([file, row = "", stage, code, message, value]) =>
      itemErrorSchema.parse({ file, row: row === "" ? null : Number(row), stage, code, message, value }),
    ),
    left_out: null,
  };
}

async function cellsOf(folder: string, header: string, lines: Uint8Array, limit: number) {
  const file = path.join(folder, "cells.csv");
  await fs.writeFile(file, Buffer.concat([Buffer.from(header), lines]), { mode: ownerOnly.file });
  return readTextPage(new Map(), { file, format: "csv", lengthBytes: null, offset: 0, limit });
}
