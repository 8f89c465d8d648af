import type { ReusedMiniBatch } from "../../contract/nouns/base-job.ts";
import type { MiniBatch, MiniBatchPart } from "../../contract/nouns/mini-batch.ts";
import type { BaseJob, BasePiece } from "./base-job.ts";
import type { BaseMiniBatch } from "./base-journal.ts";
import { cutMiniBatch, type ItemSpan } from "../cut/cut-mini-batch.ts";
import type { PlannedMiniBatch, PlanSettings } from "../cut/plan-mini-batches.ts";

/** What one planned mini-batch became: mini-batches whose rows are taken over, and mini-batches to score, in order. */
export type ReusePlan = { readonly miniBatches: readonly MiniBatch[]; readonly reused: readonly ReusedMiniBatch[] };

/**
 * Cuts a planned mini-batch into what the base's rows still stand for and what is to be scored.
 *
 * A value may depend on the rows that the model ran together, so only whole runs are taken over: runs that are cut from
 * the same items of unchanged files, and none of whose items failed. What a script is given at once is such a run.
 * `firstId` numbers the mini-batches.
 */
export function reuseMiniBatch(
  settings: PlanSettings,
  base: BaseJob,
  { miniBatch }: PlannedMiniBatch,
  firstId: number,
): ReusePlan {
  const spans = allSpans(miniBatch, takenOver(settings, base, miniBatch));
  const places = spans.map((span) => (span.base === null ? null : base.place(span.base, span.baseFrom, span.baseTo)));
  const isLost = spans.some((span, index) => span.base !== null && places[index] === null);
  const cut = isLost ? null : spans.length === 1 ? [[...miniBatch.parts]] : cutMiniBatch(settings, miniBatch, spans);
  if (cut === null) return { miniBatches: [{ ...miniBatch, id: firstId }], reused: [] };
  const miniBatches = cut.map((parts, index) => miniBatchOf(firstId + index, parts));
  const reused = places.flatMap((place, index) => (place === null ? [] : [{ miniBatchId: firstId + index, ...place }]));
  return { miniBatches, reused };
}

/** A span whose rows the base has, as its items `baseFrom`..`baseTo`; or, with `base` null, one to score. */
type Span = ItemSpan & { readonly base: BaseMiniBatch | null; readonly baseFrom: number; readonly baseTo: number };
type TakenOver = Span & { readonly base: BaseMiniBatch };

function takenOver(settings: PlanSettings, base: BaseJob, miniBatch: MiniBatch): TakenOver[] {
  switch (settings.source) {
    case "table-rows":
    case "text-lines":
    case "array-rows":
      return runsOfRows(base, miniBatch, settings.rowMultiple);
    case "pictures":
    case "sounds":
    case "arrays":
    case "text-files":
      return runsOfFiles(base, miniBatch, settings.rowMultiple);
    case "files":
      return wholeMiniBatch(base, miniBatch);
  }
}

/** Runs of a table are cut at multiples of `run` rows from where its part begins, in this job as in the base. */
function runsOfRows(base: BaseJob, miniBatch: MiniBatch, run: number): TakenOver[] {
  const spans: TakenOver[] = [];
  let firstItem = 0;
  for (const part of miniBatch.parts) {
    for (const piece of part.problem === null ? base.piecesOf({ path: part.file }) : []) {
      // Where the piece begins among the rows of this part; it may begin before it.
      const offset = piece.part.firstRow - part.firstRow;
      if (!isSameFile(piece.part, part) || offset % run !== 0) continue;
      const reach = Math.min(part.items, offset + piece.part.items);
      const end = reach === part.items ? reach : Math.floor((reach - offset) / run) * run + offset;
      const failed = base.failedItems(piece.miniBatch);
      if (failed === null) continue;
      const rows = failed.map((item) => item - piece.firstItem + offset);
      for (const span of betweenFailures(Math.max(0, offset), end, rows, run)) {
        const toBase = piece.firstItem - offset;
        spans.push({
          from: firstItem + span.from,
          to: firstItem + span.to,
          base: piece.miniBatch,
          baseFrom: span.from + toBase,
          baseTo: span.to + toBase,
        });
      }
    }
    firstItem += part.items;
  }
  return spans;
}

/** What is left of rows `from`..`to` without the runs that hold a row of `failed` (ascending). */
function betweenFailures(from: number, to: number, failed: readonly number[], run: number): ItemSpan[] {
  const spans: ItemSpan[] = [];
  let at = from;
  for (const row of failed) {
    if (row < at || row >= to) continue;
    const start = Math.floor(row / run) * run;
    if (start > at) spans.push({ from: at, to: start });
    at = start + run;
  }
  if (at < to) spans.push({ from: at, to });
  return spans;
}

/** Runs of whole files are cut at multiples of `run` files within a mini-batch; a run is the same when its files are. */
function runsOfFiles(base: BaseJob, miniBatch: MiniBatch, run: number): TakenOver[] {
  const spans: TakenOver[] = [];
  for (let from = 0; from < miniBatch.items; from += run) {
    const files = miniBatch.parts.slice(from, from + run);
    const [piece] = files[0] === undefined ? [] : base.piecesOf({ path: files[0].file });
    if (piece === undefined || !isSameRun(files, piece, run)) continue;
    const baseTo = piece.firstItem + files.length;
    const failed = base.failedItems(piece.miniBatch);
    if (failed === null || failed.some((item) => item >= piece.firstItem && item < baseTo)) continue;
    spans.push({ from, to: from + files.length, base: piece.miniBatch, baseFrom: piece.firstItem, baseTo });
  }
  return spans;
}

/** What a script makes of a mini-batch may depend on every file in it. */
function wholeMiniBatch(base: BaseJob, miniBatch: MiniBatch): TakenOver[] {
  const [first] = miniBatch.parts;
  const [piece] = first === undefined ? [] : base.piecesOf({ path: first.file });
  if (piece === undefined || piece.miniBatch.failed > 0 || piece.miniBatch.parts.length !== miniBatch.parts.length)
    return [];
  if (!isSameRun(miniBatch.parts, piece, miniBatch.parts.length)) return [];
  return [{ from: 0, to: miniBatch.items, base: piece.miniBatch, baseFrom: 0, baseTo: piece.miniBatch.items }];
}

function isSameRun(files: readonly MiniBatchPart[], piece: BasePiece, run: number): boolean {
  const { parts } = piece.miniBatch;
  if (piece.firstItem % run !== 0) return false;
  const inBase = parts.slice(piece.firstItem, piece.firstItem + run);
  return (
    inBase.length === files.length &&
    files.every((part, index) => part.file === inBase[index]?.file && isSameFile(part, inBase[index]))
  );
}

function isSameFile(one: MiniBatchPart, other: MiniBatchPart): boolean {
  const isReadable = one.problem === null && other.problem === null;
  const isSameDialect = JSON.stringify(one.dialect) === JSON.stringify(other.dialect);
  return isReadable && isSameDialect && one.sizeBytes === other.sizeBytes && one.modifiedMs === other.modifiedMs;
}

/** A mini-batch is cut into about twice so many at most: a hundred rows more to score cost less than a mini-batch of its own. */
const maxSpansReused = 64;

/** `found` with what lies between: neighbours are joined, and what is too short to be worth a mini-batch is scored. */
function allSpans(miniBatch: MiniBatch, found: readonly TakenOver[]): Span[] {
  const spans: Span[] = [];
  const add = (span: Span): void => {
    const last = spans[spans.length - 1];
    const isNext = last?.base?.id === span.base?.id && last?.to === span.from && last.baseTo === span.baseFrom;
    if (last !== undefined && isNext) spans[spans.length - 1] = { ...last, to: span.to, baseTo: span.baseTo };
    else spans.push(span);
  };
  const toScore = (from: number, to: number): Span => ({ from, to, base: null, baseFrom: 0, baseTo: 0 });
  for (const span of found) add(span);
  const long = spans.splice(0).filter((span) => (span.to - span.from) * maxSpansReused >= miniBatch.items);
  let at = 0;
  for (const span of long) {
    if (span.from > at) spans.push(toScore(at, span.from));
    spans.push(span);
    at = span.to;
  }
  if (at < miniBatch.items) spans.push(toScore(at, miniBatch.items));
  return spans;
}

function miniBatchOf(id: number, parts: readonly MiniBatchPart[]): MiniBatch {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error("A mini-batch has at least one part.");
  return { id, items: parts.reduce((sum, part) => sum + part.items, 0), parts: [first, ...others] };
}
