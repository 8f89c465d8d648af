/** How a table is stored. */
export type TableFormat = "delimited" | "json-lines" | "parquet";

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

/** The format that a file's ending stands for, null when it is not a table's. */
export function tableFormat(name: string): TableFormat | null {
  return formats[fileEnding(name)] ?? null;
}
