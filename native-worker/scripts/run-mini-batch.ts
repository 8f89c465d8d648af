import { performance } from "node:perf_hooks";
import type { ItemErrorCode } from "../../electron/contract/item-error.ts";
import type { ScriptColumn } from "../../electron/contract/nouns/script-columns.ts";
import type { MiniBatchPart } from "../../electron/contract/nouns/mini-batch.ts";
import type { ScoreMiniBatch } from "../../electron/contract/messages/worker-messages.ts";
import { maxRecordBytes } from "../../electron/contract/tables/csv.ts";
import type { PartProblem } from "../readers/block.ts";
import { changed, fileProblem, inputPlaceGone, partPath } from "../readers/source-file.ts";
import type { MiniBatchOutcome } from "../scorers/score-mini-batch.ts";
import { finishRecord, startClock } from "../scorers/score-mini-batch.ts";
import type { ErrorsEncoder } from "../writers/errors-encoder.ts";
import { createErrorsEncoder } from "../writers/errors-encoder.ts";
import type { RecordWriter, Segment } from "../writers/segment.ts";
import { limitRows } from "./row-limit.ts";
import type { ScriptJob } from "./script-job.ts";

/** What came of a run() that ended well. */
type Returned = {
  readonly length: number;
  /** Rows among them that are too long for a row of results, and were left out. */
  readonly tooLong: number;
  readonly columns: readonly ScriptColumn[] | null;
  readonly runMs: number;
};
const nothing: Returned = { length: 0, tooLong: 0, columns: null, runMs: 0 };

/**
 * Gives a script one mini-batch and writes what it returned as one record. Files that are not any more what the job had
 * listed are left out and fail. What the script returned counts as so many succeeded files, whichever they are.
 * `onRun` is called when run() is.
 *
 * A script opens its files itself, by their paths. So they are looked at again when it has returned: where another file
 * lies in the place of one by now, nobody knows what of the rows is made of it, and the script runs again without it.
 */
export async function runMiniBatch(
  job: ScriptJob,
  segment: Segment,
  { miniBatch, attempt }: ScoreMiniBatch,
  onRun: () => void,
): Promise<MiniBatchOutcome> {
  const { parts } = miniBatch;
  const clock = startClock();
  const startedAt = performance.now();
  const problems: (PartProblem | null)[] = await Promise.all(
    parts.map(async (part) => part.problem ?? fileProblem(job.spec.input, part)),
  );
  const errno = problems.some((problem) => problem !== null) ? await inputPlaceGone(job.spec.input) : null;
  if (errno !== null) return inputGone(errno);
  const read = performance.now() - startedAt;
  for (;;) {
    const given = [...parts.keys()].filter((place) => problems[place] === null);
    const files = given.map((place) => parts[place] as MiniBatchPart);
    const record = segment.startRecord();
    try {
      const returned = files.length === 0 ? nothing : await runScript(job, miniBatch.id, files, record, onRun);
      if ("ok" in returned) {
        await record.abandon();
        return returned;
      }
      const after = await Promise.all(files.map((part) => fileProblem(job.spec.input, part)));
      if (after.includes(changed)) {
        await record.abandon();
        const gone = await inputPlaceGone(job.spec.input);
        if (gone !== null) return inputGone(gone);
        for (const [index, place] of given.entries()) if (after[index] === changed) problems[place] = changed;
        continue;
      }
      const errors = createErrorsEncoder(job.spec.output.csvFormulas);
      for (const [place, problem] of problems.entries()) {
        if (problem !== null) errors.add({ file: parts[place]?.file ?? "", row: null, ...problem, value: "" });
      }
      const missing = Math.max(0, files.length - returned.length);
      addShortReturn(errors, parts.length === 1, files, missing);
      const tooLong = Math.min(files.length - missing, returned.tooLong);
      addTooLong(errors, parts.length === 1, files, tooLong);
      // Which files they are nobody knows; as many as are missing count as files with a failed item.
      const failedParts = [...parts.keys()].filter((place) => problems[place] !== null);
      failedParts.push(...given.slice(given.length - missing - tooLong));
      const failed = errors.count();
      const finishedAt = performance.now();
      const written = await finishRecord(record, errors, miniBatch);
      if ("errno" in written) return { ok: false, problem: { stage: "write", code: null, ...written } };
      const write = performance.now() - finishedAt;
      const committed = {
        miniBatchId: miniBatch.id,
        attempt,
        ...written,
        itemFiles: null,
        succeeded: miniBatch.items - failed,
        failed,
        notANumber: 0,
        rows: returned.length - returned.tooLong,
        columns: returned.columns === null ? null : [...returned.columns],
        failedParts: failedParts.sort((one, other) => one - other),
        smallestRun: null,
        times: { read, preprocess: 0, infer: returned.runMs, postprocess: 0, write },
        ...clock.spent(),
      };
      return { ok: true, committed };
    } catch (error) {
      await record.abandon();
      throw error;
    }
  }
}

function inputGone(errno: string): Extract<MiniBatchOutcome, { ok: false }> {
  return notNow("read", null, "The place of the input cannot be reached any more.", errno);
}

async function runScript(
  job: ScriptJob,
  miniBatchId: number,
  files: readonly MiniBatchPart[],
  record: RecordWriter,
  onRun: () => void,
): Promise<Returned | Extract<MiniBatchOutcome, { ok: false }>> {
  const program = await job.program();
  if ("refused" in program) return notNow("infer", "script-raised", program.refused, null);
  job.log.at(`mini-batch ${miniBatchId + 1}`);
  onRun();
  const startedAt = performance.now();
  const rows = limitRows(job.form === "azure" ? "lines" : "quoted", maxRecordBytes, async (bytes) => {
    record.append(bytes);
    await record.drain();
  });
  const ran = await program.ready.run(
    files.map((part) => partPath(job.spec.input, part)),
    job.form,
    rows.take,
  );
  if (ran.kind === "failed") return notNow("infer", ran.code, ran.message, null);
  return { length: ran.length, tooLong: rows.tooLong(), columns: ran.columns, runMs: performance.now() - startedAt };
}

/** One line for each file that nothing was returned for; only a mini-batch of one tells which it is. */
function addShortReturn(errors: ErrorsEncoder, isOne: boolean, files: readonly MiniBatchPart[], missing: number): void {
  const [first, last] = [files[0]?.file ?? "", files[files.length - 1]?.file ?? ""];
  const among = first === last ? `the file ${first}` : `${files.length} files, ${first} to ${last}`;
  const message = `run() returned ${files.length - missing} for ${among}: ${missing} failed, and it is not known which.`;
  for (let count = 0; count < missing; count++) {
    errors.add({
      file: isOne ? first : "",
      row: null,
      stage: "infer",
      code: "script-short-return",
      message: isOne ? "run() returned nothing for this file." : message,
      value: "",
    });
  }
}

/** One line for each file that a row was left out for, as many as there are files. */
function addTooLong(errors: ErrorsEncoder, isOne: boolean, files: readonly MiniBatchPart[], count: number): void {
  const mebibytes = maxRecordBytes / 1024 / 1024;
  const message = `run() returned a row of more than ${mebibytes} MiB, which no row of results may have.`;
  for (let line = 0; line < count; line++) {
    const file = isOne ? (files[0]?.file ?? "") : "";
    errors.add({ file, row: null, stage: "postprocess", code: "row-too-long", message, value: "" });
  }
}

function notNow(
  stage: "read" | "infer",
  code: ItemErrorCode | null,
  message: string,
  errno: string | null,
): Extract<MiniBatchOutcome, { ok: false }> {
  return { ok: false, problem: { stage, code, message, errno } };
}
