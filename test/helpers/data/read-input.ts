import fs from "node:fs";
import path from "node:path";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import type { MiniBatchPart } from "../../../electron/contract/nouns/mini-batch.ts";
import { tableOf } from "../../../electron/contract/nouns/scorer.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import type { CsvDialect } from "../../../electron/contract/tables/csv.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { planMiniBatches, type PlanPosition } from "../../../electron/data/cut/plan-mini-batches.ts";
import { type Input, type ListedFile, listInput, realPlace } from "../../../electron/data/listing/listing.ts";
import { previewInput } from "../../../electron/data/preview/preview-input.ts";
import { nullCell } from "../../../native-worker/readers/block.ts";
import { createTabularReaders } from "../../../native-worker/readers/tables/tabular.ts";
import { createFileCopies, type FileCopies } from "../../../electron/data/copies/file-copies.ts";

/** One item as the readers found it: the values of the model's inputs and the kept texts, or why it failed. */
export type ReadItem = {
  readonly file: string;
  /** Null: the whole file. */
  readonly row: number | null;
  readonly values?: readonly unknown[];
  readonly keep?: readonly (string | null)[];
  readonly code?: string;
  readonly message?: string;
};

export type ReadInput =
  | { readonly ok: false; readonly problem: Problem }
  | {
      readonly ok: true;
      /** What the look before the run counted. */
      readonly counted: number;
      readonly dialect: CsvDialect | null;
      readonly columns: readonly (readonly string[] | null)[];
      readonly parts: readonly MiniBatchPart[];
      readonly items: readonly ReadItem[];
    };

type Wish = {
  readonly sliceBytes?: number;
  readonly batch?: number;
  readonly scope?: JobSpec["dialectScope"];
};

/** Writes a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    const place = path.join(folder, name);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, content);
  }
}

/** Lists, looks at, cuts and reads a folder as a job does, in this process and without a model. */
export async function readInput(folder: string, scorer: TabularScorer, wish: Wish = {}): Promise<ReadInput> {
  const input: Input = { path: folder, kind: "folder", recursive: true };
  const listed = await listInput(input, "table-rows", () => undefined);
  if (!listed.ok) return listed;
  const seen = await previewInput(
    input,
    scorer,
    listed.value,
    [],
    copiesBeside(folder, scorer.encoding ?? null, 4 * 1024 * 1024),
    () => undefined,
  );
  if (!seen.ok) return seen;
  const { dialect } = seen.value;
  if (seen.value.scorer.kind !== "tabular") throw new Error("The scorer of a table reads tables.");
  const filled = seen.value.scorer;
  const table = wish.scope === "job" ? null : tableOf(filled);
  const parts = await planParts(input, { dialect, table }, listed.value.files, wish);
  const batch = wish.batch ?? 64;
  const readers = createTabularReaders({ scorer: filled, records: "rows", dialect, batch, input });
  const items: ReadItem[] = [];
  for (const part of parts) items.push(...(await readPart(readers, realPlace(input, { path: part.file }), part)));
  const columns = filled.inputs.map((one) => one.columns);
  return { ok: true, counted: seen.value.items, dialect, columns, parts, items };
}

/** The parts of a plan that is made in one go. */
export async function planParts(
  input: Input,
  dialects: { readonly dialect: CsvDialect | null; readonly table: TabularScorer | null },
  files: readonly ListedFile[],
  { sliceBytes = 8 * 1024 * 1024 }: Wish = {},
  position: PlanPosition = { nextMiniBatch: 0, after: null },
): Promise<MiniBatchPart[]> {
  const limits = { miniBatchSize: 10, sliceBytes, miniBatchBytes: sliceBytes, rowMultiple: 1 };
  const encoding = dialects.table?.encoding ?? null;
  const copies = copiesBeside(input.path, encoding, Number.POSITIVE_INFINITY);
  const settings = { input, source: "table-rows" as const, encoding, ...dialects, copies, ...limits };
  const parts: MiniBatchPart[] = [];
  for await (const { miniBatch } of planMiniBatches(settings, each(files), position)) parts.push(...miniBatch.parts);
  return parts;
}

function copiesBeside(folder: string, encoding: string | null, mostBytes: number): FileCopies {
  return createFileCopies({ folder: `${folder}-copies`, encoding, mostBytes });
}

async function* each(files: readonly ListedFile[]): AsyncGenerator<ListedFile> {
  yield* files;
}

async function readPart(
  readers: ReturnType<typeof createTabularReaders>,
  place: string,
  part: MiniBatchPart,
): Promise<ReadItem[]> {
  const { file } = part;
  if (part.problem !== null) return [{ file, row: null, code: part.problem.code, message: part.problem.message }];
  const range = { start: 0, end: part.items };
  const reader = await readers.open({ path: place, part, range, leaveOut: new Set() });
  const items: ReadItem[] = [];
  try {
    for (;;) {
      const step = await reader.next();
      if (step.kind === "end") return items.sort((left, right) => (left.row ?? 0) - (right.row ?? 0));
      if (step.kind === "problem") {
        const { code, message } = step.problem;
        return Array.from({ length: part.items }, (_, item) => ({ file, row: part.firstRow + item, code, message }));
      }
      const { block } = step;
      for (let row = 0; row < block.rows; row++) {
        const values = block.inputs.flatMap((input) => {
          const width = input.length / block.rows;
          return Array.from(input as ArrayLike<unknown>).slice(row * width, (row + 1) * width);
        });
        const keep = block.keep.map(({ bytes, starts, ends }) =>
          starts[row] === nullCell ? null : Buffer.from(bytes).toString("utf8", starts[row], ends[row]),
        );
        items.push({ file, row: block.rowNumbers[row] as number, values, keep });
      }
      for (const { row, code, message } of block.failures) items.push({ file, row, code, message });
    }
  } finally {
    await reader.close();
  }
}
