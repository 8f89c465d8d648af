import type { ReusedUnit } from "../../contract/nouns/base-job.ts";
import type { Unit, UnitPart } from "../../contract/nouns/unit.ts";
import type { BaseJob, BasePiece } from "./base-job.ts";
import type { BaseUnit } from "./base-journal.ts";
import { cutUnit, type ItemSpan } from "../cut/cut-unit.ts";
import type { PlannedUnit, PlanSettings } from "../cut/plan-units.ts";

/** What one planned unit became: units whose rows are taken over, and units to score, in order. */
export type ReusePlan = { readonly units: readonly Unit[]; readonly reused: readonly ReusedUnit[] };

/**
 * Cuts a planned unit into what the base's rows still stand for and what is to be scored.
 *
 * A value may depend on the rows that the model ran together, so only whole runs are taken over: runs that are cut from
 * the same items of unchanged files, and none of whose items failed. What a script is given at once is such a run.
 * `firstId` numbers the units.
 */
export function reuseUnit(settings: PlanSettings, base: BaseJob, { unit }: PlannedUnit, firstId: number): ReusePlan {
  const spans = allSpans(unit, takenOver(settings, base, unit));
  const places = spans.map((span) => (span.base === null ? null : base.place(span.base, span.baseFrom, span.baseTo)));
  const isLost = spans.some((span, index) => span.base !== null && places[index] === null);
  const cut = isLost ? null : spans.length === 1 ? [[...unit.parts]] : cutUnit(settings, unit, spans);
  if (cut === null) return { units: [{ ...unit, id: firstId }], reused: [] };
  const units = cut.map((parts, index) => unitOf(firstId + index, parts));
  const reused = places.flatMap((place, index) => (place === null ? [] : [{ unitId: firstId + index, ...place }]));
  return { units, reused };
}

/** A span whose rows the base has, as its items `baseFrom`..`baseTo`; or, with `base` null, one to score. */
type Span = ItemSpan & { readonly base: BaseUnit | null; readonly baseFrom: number; readonly baseTo: number };
type TakenOver = Span & { readonly base: BaseUnit };

function takenOver(settings: PlanSettings, base: BaseJob, unit: Unit): TakenOver[] {
  switch (settings.source) {
    case "table-rows":
    case "text-lines":
      return runsOfRows(base, unit, settings.rowMultiple);
    case "pictures":
    case "text-files":
      return runsOfFiles(base, unit, settings.rowMultiple);
    case "files":
      return wholeMiniBatch(base, unit);
  }
}

/** Runs of a table are cut at multiples of `run` rows from where its part begins, in this job as in the base. */
function runsOfRows(base: BaseJob, unit: Unit, run: number): TakenOver[] {
  const spans: TakenOver[] = [];
  let firstItem = 0;
  for (const part of unit.parts) {
    for (const piece of part.problem === null ? base.piecesOf({ path: part.file }) : []) {
      // Where the piece begins among the rows of this part; it may begin before it.
      const offset = piece.part.firstRow - part.firstRow;
      if (!isSameFile(piece.part, part) || offset % run !== 0) continue;
      const reach = Math.min(part.items, offset + piece.part.items);
      const end = reach === part.items ? reach : Math.floor((reach - offset) / run) * run + offset;
      const failed = base.failedItems(piece.unit);
      if (failed === null) continue;
      const rows = failed.map((item) => item - piece.firstItem + offset);
      for (const span of betweenFailures(Math.max(0, offset), end, rows, run)) {
        const toBase = piece.firstItem - offset;
        spans.push({
          from: firstItem + span.from,
          to: firstItem + span.to,
          base: piece.unit,
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

/** Runs of whole files are cut at multiples of `run` files within a unit; a run is the same when its files are. */
function runsOfFiles(base: BaseJob, unit: Unit, run: number): TakenOver[] {
  const spans: TakenOver[] = [];
  for (let from = 0; from < unit.items; from += run) {
    const files = unit.parts.slice(from, from + run);
    const [piece] = files[0] === undefined ? [] : base.piecesOf({ path: files[0].file });
    if (piece === undefined || !isSameRun(files, piece, run)) continue;
    const baseTo = piece.firstItem + files.length;
    const failed = base.failedItems(piece.unit);
    if (failed === null || failed.some((item) => item >= piece.firstItem && item < baseTo)) continue;
    spans.push({ from, to: from + files.length, base: piece.unit, baseFrom: piece.firstItem, baseTo });
  }
  return spans;
}

/** What a script makes of a mini-batch may depend on every file in it. */
function wholeMiniBatch(base: BaseJob, unit: Unit): TakenOver[] {
  const [first] = unit.parts;
  const [piece] = first === undefined ? [] : base.piecesOf({ path: first.file });
  if (piece === undefined || piece.unit.failed > 0 || piece.unit.parts.length !== unit.parts.length) return [];
  if (!isSameRun(unit.parts, piece, unit.parts.length)) return [];
  return [{ from: 0, to: unit.items, base: piece.unit, baseFrom: 0, baseTo: piece.unit.items }];
}

function isSameRun(files: readonly UnitPart[], piece: BasePiece, run: number): boolean {
  const { parts } = piece.unit;
  if (piece.firstItem % run !== 0) return false;
  const inBase = parts.slice(piece.firstItem, piece.firstItem + run);
  return (
    inBase.length === files.length &&
    files.every((part, index) => part.file === inBase[index]?.file && isSameFile(part, inBase[index]))
  );
}

function isSameFile(one: UnitPart, other: UnitPart): boolean {
  const isReadable = one.problem === null && other.problem === null;
  return isReadable && one.sizeBytes === other.sizeBytes && one.modifiedMs === other.modifiedMs;
}

/** A unit is cut into about twice so many at most: a hundred rows more to score cost less than a unit of its own. */
const mostSpansReused = 64;

/** `found` with what lies between: neighbours are joined, and what is too short to be worth a unit is scored. */
function allSpans(unit: Unit, found: readonly TakenOver[]): Span[] {
  const spans: Span[] = [];
  const add = (span: Span): void => {
    const last = spans[spans.length - 1];
    const isNext = last?.base?.id === span.base?.id && last?.to === span.from && last.baseTo === span.baseFrom;
    if (last !== undefined && isNext) spans[spans.length - 1] = { ...last, to: span.to, baseTo: span.baseTo };
    else spans.push(span);
  };
  const toScore = (from: number, to: number): Span => ({ from, to, base: null, baseFrom: 0, baseTo: 0 });
  for (const span of found) add(span);
  const long = spans.splice(0).filter((span) => (span.to - span.from) * mostSpansReused >= unit.items);
  let at = 0;
  for (const span of long) {
    if (span.from > at) spans.push(toScore(at, span.from));
    spans.push(span);
    at = span.to;
  }
  if (at < unit.items) spans.push(toScore(at, unit.items));
  return spans;
}

function unitOf(id: number, parts: readonly UnitPart[]): Unit {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error("A unit has at least one part.");
  return { id, items: parts.reduce((sum, part) => sum + part.items, 0), parts: [first, ...others] };
}
