import { type CsvDialect, defaultDialect } from "../../contract/tables/csv.ts";
import { tableFormat } from "../../contract/tables/table-format.ts";
import { type Sniffed, sniffFile } from "../dialects/file-dialect.ts";
import type { UnreadEncoding } from "../dialects/sniff-dialect.ts";
import type { ListedFile } from "../listing/listing.ts";
import type { FileProblem } from "../table-file.ts";
import type { Beginnings } from "./beginnings.ts";

/** It is looked for in so many files at most. */
export const sampledFiles = 50;

/** A text that is in no encoding which is read unasked. */
export type UnreadFile = { readonly fileName: string; readonly unread: UnreadEncoding };

/** How texts are read: by the first of them that shows its encoding. The problem of the first when none can be read. */
export async function sniffTexts(
  beginnings: Beginnings,
  files: readonly ListedFile[],
  encoding: string | null,
): Promise<
  | { readonly dialect: CsvDialect; readonly text: string | null }
  | UnreadFile
  | { readonly fileName: string; readonly problem: FileProblem }
> {
  let firstProblem: { fileName: string; problem: FileProblem } | null = null;
  let readable = 0;
  for (const file of files) {
    const sniffed = await beginnings.look(file, ({ path, listed }) => sniffFile(path, listed, encoding));
    if (!sniffed.ok) {
      firstProblem ??= { fileName: file.path, problem: sniffed.problem };
      continue;
    }
    if (sniffed.value.unread !== null) return { fileName: file.path, unread: sniffed.value.unread };
    const { encoding: own, text } = sniffed.value;
    if (own !== null) return { dialect: { ...defaultDialect, encoding: own }, text };
    readable += 1;
    if (readable >= sampledFiles) break;
  }
  return readable === 0 && firstProblem !== null ? firstProblem : { dialect: defaultDialect, text: null };
}

/**
 * The dialect of the first delimited file that can be read, its decimal mark aside. Its encoding may show only in a later
 * one: the beginnings of many files are plain ASCII. `unread`: the first text in an encoding that is not read unasked.
 */
export async function sniffFirst(
  beginnings: Beginnings,
  files: readonly ListedFile[],
  encoding: string | null,
): Promise<{ readonly dialect: CsvDialect | null; readonly unread: UnreadFile | null }> {
  let delimiter: CsvDialect["delimiter"] | null = null;
  let unread: UnreadFile | null = null;
  let readable = 0;
  for (const file of files) {
    const format = tableFormat(file.path, file.format);
    if (format === "parquet") continue;
    const sniffed = await beginnings.look(file, ({ path, listed }) => sniffFile(path, listed, encoding));
    if (!sniffed.ok) continue;
    const found = format === "delimited" ? sniffed.value.unread : unreadJson(sniffed.value);
    if (found !== null) unread ??= { fileName: file.path, unread: found };
    if (format === "delimited") {
      delimiter ??= sniffed.value.delimiter;
      const { encoding: own } = sniffed.value;
      if (own !== null) return { dialect: { ...defaultDialect, delimiter, encoding: own }, unread };
    }
    readable += 1;
    if (readable >= sampledFiles) break;
  }
  return { dialect: delimiter === null ? null : { ...defaultDialect, delimiter }, unread };
}

/** JSON is UTF-8 by its standard: anything else has to be asked for. */
function unreadJson({ encoding, unread, text }: Sniffed): UnreadEncoding | null {
  return encoding === "windows-1252" ? { isWindows1252: false, likely: encoding, text } : unread;
}
