import * as z from "zod";

/** How a table is stored. */
export const tableFormatSchema = z.enum(["delimited", "json-lines", "parquet"]);
export type TableFormat = z.infer<typeof tableFormatSchema>;

const formats: Readonly<Record<string, TableFormat>> = {
  ".csv": "delimited",
  ".tsv": "delimited",
  ".txt": "delimited",
  ".jsonl": "json-lines",
  ".ndjson": "json-lines",
  ".parquet": "parquet",
  ".pqt": "parquet",
};

/** The ending of a file's name, lower case, with the dot; empty when it has none. */
export function fileEnding(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot <= name.lastIndexOf("/") + 1 ? "" : name.slice(dot).toLowerCase();
}

/** How a file is compressed as a whole. */
export const compressionSchema = z.enum(["gzip", "zstd"]);
export type Compression = z.infer<typeof compressionSchema>;

const compressions: Readonly<Record<string, Compression>> = {
  ".gz": "gzip",
  ".gzip": "gzip",
  ".zst": "zstd",
  ".zstd": "zstd",
};

/** How a file is compressed by its ending; null when that says nothing of it. */
export function compressionOf(name: string): Compression | null {
  return compressions[fileEnding(name)] ?? null;
}

/** A file's name without the ending of its compression: `a.csv` of `a.csv.gz`. */
export function unpackedName(name: string): string {
  return compressionOf(name) === null ? name : name.slice(0, name.lastIndexOf("."));
}

/** The format that a file's content was found to have or, without that, its ending stands for; null when it is no table's. */
export function tableFormat(name: string, found?: TableFormat): TableFormat | null {
  return found ?? formats[fileEnding(unpackedName(name))] ?? null;
}
