import { stat } from "node:fs/promises";
import path from "node:path";
import { createPictureViewer } from "../../compute/ask-picture-process.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { fileColumns, type PredictionColumn } from "../../contract/nouns/prediction-columns.ts";
import type { RowPicture, RowPictures, ShownBox } from "../../contract/nouns/pictures/row-pictures.ts";
import type { ShownPicture } from "../../contract/nouns/pictures/shown-picture.ts";
import { isItemFilePath } from "../../contract/nouns/scorers/item-files.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { formulaSafe } from "../../contract/tables/csv-cell.ts";
import { findListedFile } from "../../data/listing/find-listed.ts";
import { type ListedFile, realPlace } from "../../data/listing/listing.ts";
import { confinedPlace } from "../../data/names/confined.ts";
import { listingFile, jobFolder } from "../../jobs/folder/job-files.ts";
import { Damage } from "../../registry/rows/damage.ts";
import type { WorkspaceContext } from "../context.ts";
import type { JobResults } from "./job-results.ts";

/** Rows of a file that are looked at on either side of the one that was asked for; a page of results. */
const rowsAround = 500;

export type RowPicturesOf = {
  /**
   * The pictures that belong to a row of a job's predictions (from 0), and the boxes that were found in the first, as far as the rows
   * are there; null when the job's rows name no picture. Problems: job/not-found, input/unreadable.
   */
  readonly rowPictures: (name: string, row: number) => Promise<Result<RowPictures | null>>;
};

/** `close` ends the process that decodes them. */
export function createRowPictures(
  { registry, home, processHost }: WorkspaceContext,
  results: Pick<JobResults, "page">,
): { readonly offer: RowPicturesOf; readonly close: () => void } {
  const viewer = createPictureViewer(processHost);

  async function rowPictures(name: string, row: number): Promise<Result<RowPictures | null>> {
    const spec = registry.jobs.find(name)?.spec;
    if (spec === undefined) return failure("job/not-found", { job: name });
    const columns = columnsOf(spec);
    if (columns === null) return success(null);
    const found = await rowsOfFile(name, row, columns);
    if (!found.ok) return found;
    if (found.value === null) return success(null);
    const { start, cells } = found.value;
    const [chosen = []] = cells.slice(row - start);
    const [first, ...others] = [
      ...(columns.file === null ? [] : [await inputPicture(spec, chosen[columns.file] ?? "")]),
      ...(await outputPictures(spec, columns, chosen)),
    ];
    if (first === undefined) return success(null);
    return success({
      rows: { start, end: start + cells.length },
      pictures: [first, ...others],
      boxes: columns.box === null ? [] : boxesOf(cells, start, columns.box),
    });
  }

  /** The rows around one of them that are of the same file; the row alone where no file has more than one. */
  async function rowsOfFile(
    name: string,
    row: number,
    { file, box, count }: PictureColumns,
  ): Promise<Result<{ readonly start: number; readonly cells: readonly (readonly string[])[] } | null>> {
    const hasMore = box !== null && file !== null;
    const after = await results.page(name, "predictions", row, hasMore ? rowsAround : 1);
    if (!after.ok) return after;
    const [chosen] = after.value.rows;
    // Not there yet, or the file is not the job's any more.
    if (chosen === undefined || after.value.columns.length !== count) return success(null);
    if (!hasMore) return success({ start: row, cells: [chosen] });
    const from = Math.max(0, row - rowsAround);
    const before = row === 0 ? null : await results.page(name, "predictions", from, row - from);
    if (before?.ok === false) return before;
    const isOther = (cells: readonly string[]) => cells[file] !== chosen[file];
    const earlier = before?.value.rows ?? [];
    const same = earlier.slice(earlier.findLastIndex(isOther) + 1);
    const end = after.value.rows.findIndex(isOther);
    const later = end === -1 ? after.value.rows : after.value.rows.slice(0, end);
    return success({ start: row - same.length, cells: [...same, ...later] });
  }

  async function inputPicture(spec: JobSpec, cell: string): Promise<RowPicture> {
    const { input, scorer } = spec;
    const listed = await listedFile(listingFile(jobFolder(home, spec.name)), cell);
    if (!listed.ok) return { output: null, file: cell, picture: null, problem: listed.problem };
    const { path: file, sizeBytes, modifiedMs, inode } = listed.value;
    const shown = await viewer.show({
      place: realPlace(input, listed.value),
      name: file,
      listed: { sizeBytes, modifiedMs, inode },
      alpha: scorer.kind === "image" ? scorer.alpha : undefined,
    });
    return { output: null, file, ...shownOrNot(shown) };
  }

  /** Of the outputs of a row that are paths of pictures in the job's output folder, those that are there. */
  async function outputPictures(
    spec: JobSpec,
    { outputs }: PictureColumns,
    cells: readonly string[],
  ): Promise<readonly RowPicture[]> {
    const folder = path.join(spec.output.folder, spec.output.ownFolder ?? "");
    const pictures: RowPicture[] = [];
    for (const { name: output, place } of outputs) {
      const file = cells[place] ?? "";
      const there = isItemFilePath(file) ? await fileBelow(folder, file) : null;
      if (there !== null) pictures.push({ output, file, ...shownOrNot(await viewer.show({ ...there, name: file })) });
    }
    return pictures;
  }

  return { offer: { rowPictures }, close: viewer.close };
}

/** Places among the columns of the predictions. */
type PictureColumns = {
  readonly count: number;
  /** Of the path of the picture that was scored; null: there is no such column. */
  readonly file: number | null;
  /** Of what is written of a box, from its label on; null: the model finds nothing in pictures. */
  readonly box: number | null;
  readonly outputs: readonly { readonly name: string; readonly place: number }[];
};

/** Null: no cell of the job can name a picture. */
function columnsOf(spec: JobSpec): PictureColumns | null {
  const { scorer } = spec;
  if (scorer.kind === "script") return null;
  const columns = fileColumns(spec);
  const placeOf = (source: PredictionColumn["source"]): number | null => {
    const place = columns.findIndex((column) => column.source === source);
    return place === -1 ? null : place;
  };
  const file = scorer.kind === "image" ? placeOf("file") : null;
  const hasBoxes = scorer.kind === "image" && scorer.detections !== undefined;
  const outputs = columns
    .map(({ name, content }, place) => ({ name, place, content }))
    .filter(({ content }) => content === "image");
  if (file === null && outputs.length === 0) return null;
  return { count: columns.length, file, box: hasBoxes ? placeOf("output") : null, outputs };
}

function shownOrNot(shown: Result<ShownPicture>): Pick<RowPicture, "picture" | "problem"> {
  return shown.ok ? { picture: shown.value, problem: null } : { picture: null, problem: shown.problem };
}

/** The file that a cell names, as the job had listed it. */
async function listedFile(list: string, cell: string): Promise<Result<ListedFile>> {
  try {
    const plain = withoutMark(cell);
    const file = (await findListedFile(list, cell)) ?? (plain === cell ? null : await findListedFile(list, plain));
    return file === null ? failure("input/not-found:picture", { file: cell }) : success(file);
  } catch (error) {
    // A list that is not there was left behind by another version, or removed.
    return error instanceof Damage
      ? { ok: false, problem: error.problem }
      : failure("input/not-found:picture", { file: cell });
  }
}

/** Without what CSV puts in front of a text that a spreadsheet would run. */
function withoutMark(cell: string): string {
  const text = cell.slice(1);
  return text !== "" && formulaSafe(text) === cell ? text : cell;
}

/** Where a file below a folder lies, and what lies there now; null when it is not there, or a link leads elsewhere. */
async function fileBelow(folder: string, file: string) {
  try {
    const place = await confinedPlace(folder, file);
    if (place.kind === "outside" || !place.exists) return null;
    const { size: sizeBytes, mtimeMs: modifiedMs } = await stat(place.path);
    return { place: place.path, listed: { sizeBytes, modifiedMs } };
  } catch {
    return null;
  }
}

/** The boxes of rows whose cells hold, from `place` on, a label, a score and two corners. */
function boxesOf(cells: readonly (readonly string[])[], start: number, place: number): ShownBox[] {
  return cells.flatMap((row, index) => {
    const [label = "", ...numbers] = row.slice(place, place + 6);
    const [score, x1, y1, x2, y2] = numbers.map(Number);
    if (score === undefined || x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return [];
    const box = { score, x1, y1, x2, y2 };
    if (!Object.values(box).every(Number.isFinite)) return [];
    return [{ row: start + index, label: withoutMark(label), ...box }];
  });
}
