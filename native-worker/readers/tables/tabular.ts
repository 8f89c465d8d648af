import { closeSync, fstatSync } from "node:fs";
import { isAsListed } from "../../../electron/contract/listed-files.ts";
import { partSource } from "../../../electron/contract/nouns/mini-batch.ts";
import { defaultDialect } from "../../../electron/contract/tables/csv.ts";
import { folderColumns } from "../../../electron/contract/tables/folder-columns.ts";
import { tableFormat } from "../../../electron/contract/tables/table-format.ts";
import { systemErrno } from "../../../electron/contract/errno.ts";
import type { PartProblem } from "../block.ts";
import type { RecordReader, TabularPart, TabularReader, TabularReaders, TabularSettings } from "../record-reader.ts";
import { createCsvReader } from "./csv.ts";
import { createJsonLinesReader } from "./json-lines.ts";
import { createLinesReader } from "./text-lines.ts";
import { openParquetReader } from "./parquet.ts";
import { changed, opener, unreadable } from "../source-file.ts";
import { openWindow } from "./tabular-window.ts";
import { createRowCollector, type RowCollector } from "./row-collector.ts";

/** `settings.scorer` must name the columns of every input. */
export function createTabularReaders(settings: TabularSettings): TabularReaders {
  const collector = createRowCollector(settings.scorer, settings.batch);
  return { open: (part) => openPart(settings, collector, part) };
}

async function openPart(
  settings: TabularSettings,
  collector: RowCollector,
  wanted: TabularPart,
): Promise<TabularReader> {
  const { path, listed } = partSource(wanted.part, wanted.path);
  const isCopy = wanted.part.copy !== undefined;
  let file: number | null;
  try {
    file = opener.open(path, listed);
  } catch (error) {
    return brokenReader(isCopy ? copyGone : unreadable(error), systemErrno(error));
  }
  if (file === null) return brokenReader(isCopy ? copyGone : changed, null);
  const opened = file;
  const close = (): void => closeSync(opened);
  let records: RecordReader;
  try {
    records = await openRecords(settings, collector, wanted, opened);
  } catch (error) {
    close();
    if (systemErrno(error) === null) throw error;
    return brokenReader(unreadable(error), systemErrno(error));
  }
  return {
    async next() {
      try {
        const block = await records.readBlock();
        if (block !== null) {
          return "records" in block ? { kind: "block", block } : { kind: "problem", problem: block, errno: null };
        }
        const isSame = isAsListed(fstatSync(opened), listed);
        return isSame ? { kind: "end" } : { kind: "problem", problem: changed, errno: null };
      } catch (error) {
        if (systemErrno(error) === null) throw error;
        return { kind: "problem", problem: unreadable(error), errno: systemErrno(error) };
      }
    },
    async close() {
      await records.close();
      close();
    },
  };
}

/** Only somebody who tidies up in the workspace takes it away. */
const copyGone: PartProblem = {
  stage: "read",
  code: "file-unreadable",
  message: "The unpacked copy of the file is gone from the job's folder; retry what failed.",
};

function brokenReader(problem: PartProblem, errno: string | null): TabularReader {
  return { next: async () => ({ kind: "problem", problem, errno }), close: async () => undefined };
}

async function openRecords(
  settings: TabularSettings,
  collector: RowCollector,
  wanted: TabularPart,
  file: number,
): Promise<RecordReader> {
  if (settings.records === "lines") {
    const lines = openWindow(file, wanted.part.start, wanted.part.end);
    return createLinesReader(collector, wanted, lines, (settings.dialect ?? defaultDialect).encoding);
  }
  collector.constants.set(folderColumns(settings.input, wanted.part.file));
  const format = tableFormat(wanted.part.file, wanted.part.format);
  if (format === "parquet") return openParquetReader(settings, collector, wanted, file);
  const window = openWindow(file, wanted.part.start, wanted.part.end);
  if (format === "json-lines") return createJsonLinesReader(collector, wanted, window);
  return createCsvReader(collector, wanted, window, wanted.part.dialect ?? settings.dialect ?? defaultDialect);
}
