import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createCanvas } from "@napi-rs/canvas";
import type { ItemErrorCode } from "../../../electron/contract/item-error.ts";
import { seededRandom } from "../random.ts";

/**
 * Writers of test data. The same options give the same values, so a test can ask for the rows again (`tableRows`)
 * instead of reading them back. Folders are made if missing.
 */

export type TableOptions = {
  readonly files: number;
  readonly rowsPerFile: number;
  /** Number columns, named f0, f1, … */
  readonly features: number;
  readonly seed?: number;
};

/** `id` counts from 1 over all files; `features` have four decimals, −10 to 10. */
export type TableRow = { readonly id: number; readonly features: readonly number[] };

/** The rows of one file, counted from 0. */
export function tableRows(options: TableOptions, file: number): readonly TableRow[] {
  const random = seededRandom((options.seed ?? 1) * 10007 + file);
  return Array.from({ length: options.rowsPerFile }, (_, row) => ({
    id: file * options.rowsPerFile + row + 1,
    features: Array.from({ length: options.features }, () => Math.round((random() * 20 - 10) * 1e4) / 1e4),
  }));
}

/** `id`, `f0`, `f1`, … */
export function tableColumns(options: TableOptions): readonly string[] {
  return ["id", ...Array.from({ length: options.features }, (_, index) => `f${index}`)];
}

/** CSV files `part-0000.csv`, …; returns their names in order. */
export function writeCsvFolder(folder: string, options: TableOptions): readonly string[] {
  return writeTableFiles(folder, options, "csv", (file) => tableText(options, file));
}

/** JSON lines, one object a row: `part-0000.jsonl`, …; returns their names in order. */
export function writeJsonLinesFolder(folder: string, options: TableOptions): readonly string[] {
  const [, ...features] = tableColumns(options);
  return writeTableFiles(folder, options, "jsonl", (file) =>
    tableRows(options, file)
      .map((row) => {
        const cells = features.map((name, index) => [name, row.features[index]]);
        return `${JSON.stringify({ id: row.id, ...Object.fromEntries(cells) })}\n`;
      })
      .join(""),
  );
}

/**
 * Parquet files `part-0000.parquet`, …: `id` BIGINT, the rest FLOAT, a row group every `rowGroupSize` rows (DuckDB rounds
 * up to its vectors of 2,048). Returns their names in order.
 */
export async function writeParquetFolder(
  folder: string,
  options: TableOptions & { readonly rowGroupSize?: number },
): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  const types = tableColumns(options).map((name) => `'${name}': '${name === "id" ? "BIGINT" : "FLOAT"}'`);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const names: string[] = [];
  for (let file = 0; file < options.files; file++) {
    const name = partName(file, "parquet");
    const text = join(folder, `${name}.csv`);
    writeFileSync(text, tableText(options, file));
    await connection.run(
      `COPY (SELECT * FROM read_csv(${quoted(text)}, header = true, columns = {${types.join(", ")}})) ` +
        `TO ${quoted(join(folder, name))} (FORMAT parquet, ROW_GROUP_SIZE ${options.rowGroupSize ?? 2048})`,
    );
    rmSync(text);
    names.push(name);
  }
  connection.closeSync();
  instance.closeSync();
  return names;
}

export type ImageOptions = {
  readonly count: number;
  /** Pixels. Left out: 64 by 48. */
  readonly width?: number;
  readonly height?: number;
  /** File kinds, taken in turn. Left out: JPEG and PNG. */
  readonly endings?: readonly ImageEnding[];
  readonly seed?: number;
};
export type ImageEnding = "jpg" | "png" | "webp";

/** Pictures `image-0000.jpg`, … of coloured rectangles on a shade; returns their names in order. */
export function writeImageFolder(folder: string, options: ImageOptions): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const endings = options.endings ?? ["jpg", "png"];
  return Array.from({ length: options.count }, (_, index) => {
    const ending = endings[index % endings.length] ?? "png";
    const name = `image-${String(index).padStart(4, "0")}.${ending}`;
    writeFileSync(join(folder, name), encodePicture(options, index, ending));
    return name;
  });
}

/** An item that must fail, as errors.csv names it; `row` null: the file as a whole. */
export type ExpectedFailure = { readonly file: string; readonly row: number | null; readonly code: ItemErrorCode };

/** What is in a folder with bad items in it: `failures` in input order, every other one of the `total` items is good. */
export type BadFolder = { readonly total: number; readonly failures: readonly ExpectedFailure[] };

/** Four pictures: a good JPEG, an empty .jpg, a text file named .png, and a JPEG that ends half-way. */
export function writeBadImages(folder: string): BadFolder {
  mkdirSync(folder, { recursive: true });
  const options: ImageOptions = { count: 2, width: 320, height: 240 };
  const whole = encodePicture(options, 0, "jpg");
  writeFileSync(join(folder, "a-good.jpg"), whole);
  writeFileSync(join(folder, "b-empty.jpg"), "");
  writeFileSync(join(folder, "c-text.png"), "This is a shopping list, not a picture.\n");
  writeFileSync(join(folder, "d-truncated.jpg"), whole.subarray(0, Math.floor(whole.length / 2)));
  return {
    total: 4,
    failures: [
      { file: "b-empty.jpg", row: null, code: "file-empty" },
      { file: "c-text.png", row: null, code: "image-not-an-image" },
      { file: "d-truncated.jpg", row: null, code: "image-damaged" },
    ],
  };
}

/**
 * Five CSV files with the columns id, f0, f1: a good one, an empty one, and three whose second row of three is bad: one
 * cell too many, a word for a number, a quote that is never closed.
 */
export function writeBadCsvs(folder: string): BadFolder {
  mkdirSync(folder, { recursive: true });
  const table = (second: string): string => `id,f0,f1\n1,0.5,1.5\n${second}\n3,2.5,-3.5\n`;
  writeFileSync(join(folder, "a-good.csv"), table("2,1,2"));
  writeFileSync(join(folder, "b-empty.csv"), "");
  writeFileSync(join(folder, "c-ragged.csv"), table("2,1,2,3"));
  writeFileSync(join(folder, "d-word.csv"), table("2,one,2"));
  writeFileSync(join(folder, "e-quote.csv"), table('2,"1,2'));
  return {
    total: 13,
    failures: [
      { file: "b-empty.csv", row: null, code: "file-empty" },
      { file: "c-ragged.csv", row: 2, code: "row-ragged" },
      { file: "d-word.csv", row: 2, code: "cell-not-a-number" },
      { file: "e-quote.csv", row: 2, code: "row-quote" },
    ],
  };
}

function writeTableFiles(
  folder: string,
  options: TableOptions,
  ending: string,
  text: (file: number) => string,
): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: options.files }, (_, file) => {
    const name = partName(file, ending);
    writeFileSync(join(folder, name), text(file));
    return name;
  });
}

function tableText(options: TableOptions, file: number): string {
  const lines = tableRows(options, file).map((row) => `${row.id},${row.features.join(",")}\n`);
  return `${tableColumns(options).join(",")}\n${lines.join("")}`;
}

function partName(file: number, ending: string): string {
  return `part-${String(file).padStart(4, "0")}.${ending}`;
}

function encodePicture(options: ImageOptions, index: number, ending: ImageEnding): Buffer {
  const { width = 64, height = 48, seed = 1 } = options;
  const random = seededRandom(seed * 10007 + index);
  const color = (): string => `hsl(${Math.floor(random() * 360)}, 70%, ${Math.floor(20 + random() * 60)}%)`;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  const shade = context.createLinearGradient(0, 0, width, height);
  shade.addColorStop(0, color());
  shade.addColorStop(1, color());
  context.fillStyle = shade;
  context.fillRect(0, 0, width, height);
  for (let rectangle = 0; rectangle < 5; rectangle++) {
    context.fillStyle = color();
    context.fillRect(random() * width, random() * height, (random() * width) / 2, (random() * height) / 2);
  }
  if (ending === "jpg") return canvas.toBuffer("image/jpeg", 90);
  return ending === "png" ? canvas.toBuffer("image/png") : canvas.toBuffer("image/webp", 90);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
