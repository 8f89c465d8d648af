import { crc32 } from "node:zlib";
import type { ToMergeProcess } from "../../contract/messages/merge-messages.ts";
import { errorsHeaderLine } from "../../contract/nouns/prediction-columns.ts";
import { type BaseItemFiles, baseSegment } from "../../contract/nouns/base-job.ts";
import { joinColumns } from "../../contract/nouns/script-columns.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { Journal } from "../journal/journal.ts";
import type { CommittedRecord } from "../journal/done-table.ts";

/** How merging ends: `overGaps`, also what lies behind a mini-batch that is not done, for a job that ends before its time. */
export type Finish = { readonly parquet: boolean; readonly overGaps: boolean };

/** What there is to do next. */
export type MergeStep =
  | {
      readonly kind: "append";
      readonly records: readonly CommittedRecord[];
      /** All mini-batches below it are merged then. */
      readonly mergedUnits: number;
      readonly message: Extract<ToMergeProcess, { type: "append" }>;
    }
  | { readonly kind: "finish"; readonly message: Extract<ToMergeProcess, { type: "finish" }> }
  /** The end is wanted, but there are mini-batches that are not done. */
  | { readonly kind: "redo" }
  | { readonly kind: "wait" };

/** How often the merged rows of a script are written again for the sake of a new column before the job is at its end. */
const maxRewrites = 8;
const errorsHeaderBytes = Buffer.byteLength(errorsHeaderLine);
const appendBytes = 32 * 1024 * 1024;

/** Answers the next step by what the journal holds; `finish` is null until the job wants its files. */
export function createMergeSteps(
  journal: Journal,
  files: Pick<JobFiles, "parquetPart">,
  segmentFile: (record: CommittedRecord) => string,
  baseItemFiles: BaseItemFiles | null,
): (finish: Finish | null) => MergeStep {
  let rewrites = 0;

  /**
   * The columns of a script's rows are known once it has returned them. Records that bring new ones make the header wider,
   * and what is merged is written again under it, from the beginning; so the file depends on the order of the input alone.
   */
  function widenFor(records: readonly CommittedRecord[], finish: Finish | null): "fits" | "begun-again" | "later" {
    const known = journal.facts().scriptColumns;
    const columns = records.reduce(
      (joined, record) => (record.columns === null ? joined : joinColumns(joined ?? [], record.columns)),
      known,
    );
    if (columns === null || JSON.stringify(columns) === JSON.stringify(known)) return "fits";
    if (known === null || columns.length === known.length || journal.facts().rowsEnd === 0) {
      journal.setFacts({ scriptColumns: columns });
      return "fits";
    }
    if (rewrites >= maxRewrites && finish === null) return "later";
    rewrites += 1;
    const partChecks = { rows: 0, errors: crc32(errorsHeaderLine) };
    journal.setFacts({ scriptColumns: columns, mergedUnits: 0, rowsEnd: 0, errorsEnd: errorsHeaderBytes, partChecks });
    return "begun-again";
  }

  function next(finish: Finish | null): MergeStep {
    const { mergedUnits, rowsEnd, errorsEnd } = journal.facts();
    const gaps = finish?.overGaps === true ? "pass-over" : "stop-at";
    const { records, nextId } = journal.mergeable(mergedUnits, appendBytes, gaps);
    const widened = widenFor(records, finish);
    if (widened === "begun-again") return next(finish);
    if (widened === "later") return { kind: "wait" };
    const { scriptColumns } = journal.facts();
    const [first, ...others] = records.map((record) => ({
      segmentFile: segmentFile(record),
      offset: record.offset,
      rowsBytes: record.rowsBytes,
      errorsBytes: record.errorsBytes,
      checksum: record.checksum,
      itemFiles: record.itemFiles,
      base: record.segment === baseSegment ? baseItemFiles : null,
      columns: record.columns?.map(({ name }) => name) ?? null,
    }));
    if (first !== undefined) {
      return {
        kind: "append",
        records,
        mergedUnits: nextId,
        message: {
          type: "append",
          records: [first, ...others],
          columns: scriptColumns?.map(({ name }) => name) ?? null,
          rowsPosition: rowsEnd,
          errorsPosition: errorsEnd,
          checks: journal.facts().partChecks,
        },
      };
    }
    if (finish === null) return { kind: "wait" };
    if (!finish.overGaps && nextId < journal.miniBatchCount()) return { kind: "redo" };
    return {
      kind: "finish",
      message: {
        type: "finish",
        rowsBytes: rowsEnd,
        errorsBytes: errorsEnd,
        checks: journal.facts().partChecks,
        parquetPart: finish.parquet ? files.parquetPart : null,
        columns: scriptColumns === null ? null : [...scriptColumns],
      },
    };
  }

  return next;
}
