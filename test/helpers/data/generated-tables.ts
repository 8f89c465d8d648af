import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { shuffled } from "../random.ts";
import { encodedText } from "./encoded-text.ts";

/**
 * Folders of generated tables, each file in a dress of its own: format, separator, decimal mark, encoding, line ends, what stands before the
 * header, compression, further columns, and all that cells may be. What they hold is known by how they were written, so
 * that a reader of others can be told how to read them.
 */
export type GeneratedFolder = {
  readonly files: readonly GeneratedFile[];
  /** `input.encoding` for all of them; undefined: none is needed. */
  readonly encoding: string | undefined;
  /** What the column of sizes is called. */
  readonly sizeName: string;
};

export type GeneratedFile = {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly rows: number;
} & (
  | { readonly format: "csv"; readonly text: string; readonly dress: CsvDress }
  | { readonly format: "jsonl"; readonly text: string }
  | { readonly format: "parquet" }
);

/** What a reader of delimited text has to be told. */
export type CsvDress = {
  readonly delimiter: "," | ";" | "\t" | "|";
  readonly decimal: "." | ",";
  readonly lineEnd: "\n" | "\r\n" | "\r\r\n";
  /** Lines before the header. */
  readonly preamble: readonly string[];
};

/** Undefined: the object or table has no such value. */
type Row = {
  readonly id: string;
  readonly x: number | "abc" | "?" | null;
  readonly flag: boolean | null;
  readonly city: string | null;
  readonly size: number;
  readonly v: readonly (number | null)[] | null;
  readonly note: string | null | undefined;
};

export const filesInFolder = 10;

const alphabets: Readonly<Record<string, readonly string[]>> = {
  western: [
    "schöne Grüße aus München",
    "Größe übergroß",
    "plain text",
    "für die Straße, bitte",
    'ein "Zitat"',
    "a;b|c\td",
  ],
  "windows-1251": ["отлично, спасибо", "плохо", "plain", 'очень "плохо"', "a;b|c"],
  shift_jis: ["とても良い商品でした", "山田, 鈴木", "plain", 'あまり"良く"ない'],
};
const allSettings = [undefined, undefined, undefined, "windows-1251", "shift_jis", "utf-16le"] as const;
const sizeNames: Readonly<Record<string, string>> = { "windows-1251": "размер", shift_jis: "大きさ" };
const anywhere = ["", " b ", "true", "1", "null", "=1+1", "line\nbreak", "007"];

/** Writes one folder and tells what is in it. Parquet files are written by DuckDB. */
export async function writeGeneratedFolder(
  folder: string,
  random: () => number,
  connection: DuckDBConnection,
  settings: readonly [string | undefined, ...(string | undefined)[]] = allSettings,
): Promise<GeneratedFolder> {
  const oneOf = <Value>(values: readonly [Value, ...Value[]]): Value =>
    values[Math.floor(random() * values.length)] ?? values[0];
  const setting = oneOf(settings);
  const texts = [...(alphabets[setting ?? ""] ?? alphabets["western"] ?? []), ...anywhere] as [string, ...string[]];
  const sizeName = sizeNames[setting ?? ""] ?? "größe";
  const files: GeneratedFile[] = [];
  for (let index = 0; index < filesInFolder; index += 1) {
    const rows = rowsOf(random, texts, index);
    const format = oneOf(["csv", "csv", "csv", "csv", "csv", "jsonl", "jsonl", "parquet"] as const);
    const month = 1 + Math.floor(random() * 12);
    const place = `year=${2020 + index}/month=${month}/${"abcdefghij"[index] ?? "z"}`;
    const file =
      format === "csv"
        ? csvFile(place, rows, random, { setting, sizeName })
        : format === "jsonl"
          ? jsonFile(place, rows, random, { setting, sizeName })
          : { file: { path: `${place}.parquet`, rows: rows.length, format }, bytes: null };
    const target = path.join(folder, file.file.path);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    if (file.bytes === null) await writeParquet(connection, target, rows, sizeName);
    else fs.writeFileSync(target, file.bytes);
    files.push(file.file);
  }
  return { files, encoding: setting, sizeName };
}

function rowsOf(random: () => number, texts: readonly string[], file: number): readonly Row[] {
  const text = () => texts[Math.floor(random() * texts.length)] ?? "";
  const number = () => Number(((random() - 0.5) * 10 ** Math.floor(random() * 8 - 2)).toPrecision(6));
  // A table without rows is no item; the first row shows how numbers are written.
  return Array.from({ length: 1 + Math.floor(random() * 12) }, (_, row) => ({
    id: `${file}-${row}`,
    x: row > 0 && random() < 0.1 ? ((["abc", "?", null] as const)[Math.floor(random() * 3)] ?? null) : number() + 0.5,
    flag: random() < 0.2 ? null : random() < 0.5,
    city: random() < 0.1 ? null : text(),
    size: number() + 0.25,
    v: random() < 0.1 ? null : [number(), random() < 0.1 ? null : number(), number()],
    note: random() < 0.2 ? undefined : random() < 0.1 ? null : text(),
  }));
}

type Wish = { readonly setting: string | undefined; readonly sizeName: string };

type Made = { readonly file: GeneratedFile; readonly bytes: Buffer | null };

function csvFile(place: string, rows: readonly Row[], random: () => number, { setting, sizeName }: Wish): Made {
  const chance = (share: number) => random() < share;
  const delimiter = ([",", ";", "\t", "|"] as const)[Math.floor(random() * 4)] ?? ",";
  const decimal = delimiter !== "," && chance(0.5) ? "," : ".";
  const lineEnd = (["\n", "\n", "\r\n", "\r\r\n"] as const)[Math.floor(random() * 4)] ?? "\n";
  const encoding =
    setting ??
    (["utf-8", "utf-8", "utf-8", "windows-1252", "utf-16le", "utf-16be"] as const)[Math.floor(random() * 6)] ??
    "utf-8";
  const needsMark = setting === undefined && encoding.startsWith("utf-16");
  const preamble = [...(chance(0.1) ? [`sep=${delimiter}`] : []), ...(chance(0.1) ? ["# made by a test", "#"] : [])];
  // As macOS writes names: it is the same column.
  const size = encoding.startsWith("utf") && chance(0.3) ? sizeName.normalize("NFD") : sizeName;
  const extra = chance(0.3) ? ["extra", "extra"] : [];
  const columns = shuffled(
    ["id", "x", "flag", "city", size, "v", "note", ...extra].map((name, order) => ({ name, order })),
    random,
  );
  const quoteAll = chance(0.2);
  const cell = (text: string): string =>
    quoteAll || /["\r\n]/.test(text) || text.includes(delimiter) || /^\s|\s$/.test(text)
      ? `"${text.replaceAll('"', '""')}"`
      : text;
  const number = (value: number) => String(value).replace(".", decimal);
  const truth = chance(0.5) ? { true: "True", false: "FALSE" } : { true: "true", false: "0" };
  const cellOf = (row: Row, name: string): string => {
    switch (name) {
      case "id":
        return row.id;
      case "x":
        return row.x === null ? (chance(0.5) ? "" : "NA") : typeof row.x === "number" ? number(row.x) : row.x;
      case "flag":
        return row.flag === null ? "" : truth[`${row.flag}`];
      case "city":
        return row.city ?? "";
      case "v":
        return row.v === null ? "" : JSON.stringify(row.v);
      case "note":
        return row.note ?? "";
      case "extra":
        return chance(0.5) ? "more" : "";
      default:
        return number(row.size);
    }
  };
  const lines = [
    ...preamble,
    columns.map(({ name }) => (chance(0.1) ? ` ${name} ` : cell(name))).join(delimiter),
    ...rows.map((row) => columns.map(({ name }) => cell(cellOf(row, name))).join(delimiter)),
  ];
  const end = chance(0.8) ? lineEnd : "";
  // Blank lines are none, but what stands before the header stands first.
  const isBlankBefore = (index: number) => index >= preamble.length + (preamble.length > 0 ? 1 : 0) && chance(0.03);
  const text = lines.map((line, index) => (isBlankBefore(index) ? `${lineEnd}${line}` : line)).join(lineEnd) + end;
  const marked = needsMark || (encoding === "utf-8" && setting === undefined && chance(0.1)) ? `\ufeff${text}` : text;
  const bytes = encodedText(marked, encoding);
  const isPacked = chance(0.1);
  const ending = delimiter === "\t" && chance(0.5) ? "tsv" : chance(0.1) ? "txt" : "csv";
  return {
    file: {
      path: `${place}.${ending}${isPacked ? ".gz" : ""}`,
      rows: rows.length,
      format: "csv",
      text,
      dress: { delimiter, decimal, lineEnd, preamble },
    },
    bytes: isPacked ? gzipSync(bytes) : bytes,
  };
}

function jsonFile(place: string, rows: readonly Row[], random: () => number, { setting, sizeName }: Wish): Made {
  const lines = rows.map(({ size, ...row }) => {
    const object = { ...row, [sizeName]: size, other: { deep: [1] } };
    const named = Object.entries(object).filter(([, value]) => value !== undefined);
    return JSON.stringify(Object.fromEntries(shuffled(named, random)));
  });
  const encoding = setting ?? "utf-8";
  // What the encoding has no bytes for is escaped.
  const text = `${lines.map((line) => (encodes(line, encoding) ? line : escaped(line))).join("\n")}\n`;
  const bytes = encodedText(text, encoding);
  const isPacked = random() < 0.1;
  return {
    file: { path: `${place}.jsonl${isPacked ? ".gz" : ""}`, rows: rows.length, format: "jsonl", text },
    bytes: isPacked ? gzipSync(bytes) : bytes,
  };
}

function escaped(text: string): string {
  return Array.from(text, (letter) =>
    letter < "\x80" ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  ).join("");
}

async function writeParquet(
  connection: DuckDBConnection,
  file: string,
  rows: readonly Row[],
  sizeName: string,
): Promise<void> {
  const text = (value: string | null | undefined) =>
    value === null || value === undefined ? "NULL" : `'${value.replaceAll("'", "''")}'`;
  const values = rows.map(({ id, x, flag, city, size, v, note }) => {
    const list = v === null ? "NULL" : `[${v.map((value) => value ?? "NULL").join(", ")}]`;
    return `(${text(id)}, ${typeof x === "number" ? x : "NULL"}::DOUBLE, ${flag ?? "NULL"}::BOOLEAN, ${text(city)}, ${size}::DOUBLE, ${list}::DOUBLE[], ${text(note)})`;
  });
  await connection.run(
    `COPY (SELECT * FROM (VALUES ${values.join(", ")}) AS t(id, x, flag, city, "${sizeName}", v, note)) TO '${file}' (FORMAT parquet)`,
  );
}

function encodes(text: string, encoding: string): boolean {
  try {
    encodedText(text, encoding);
    return true;
  } catch {
    return false;
  }
}
