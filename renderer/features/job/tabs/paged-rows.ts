import { useCallback, useEffect, useReducer, useRef } from "react";
import type { Problem } from "../../../../electron/contract/problem.ts";
import { call } from "../../../bridge/bridge.ts";

const rowsPerPage = 200;
const maxPagesKept = 50;
const refreshEveryMs = 1000;

/**
 * More rows than this are not laid out: a page element cannot be made higher than some 33 million pixels. The file
 * holds them all.
 */
export const maxRowsShown = 500_000;

export type PagedRows = {
  /** Null until the first answer. */
  readonly columns: readonly string[] | null;
  readonly firstRows: readonly (readonly string[])[];
  /** Rows that can be read now. */
  readonly totalRows: number;
  readonly rowAt: (index: number) => readonly string[] | undefined;
  readonly onRange: (start: number, end: number) => void;
  readonly problem: Problem | null;
};

type CellText = (column: string, value: string) => string;

type Pages = {
  readonly rows: Map<number, readonly (readonly string[])[]>;
  readonly inFlight: Set<number>;
  columns: readonly string[] | null;
  firstRows: readonly (readonly string[])[];
  totalRows: number;
  problem: Problem | null;
  sight: { readonly start: number; readonly end: number };
};

/**
 * Pages of a job's predictions, errors or mini-batches, fetched as they come in sight. While the job is `active` they grow: then,
 * at most once a second and only when `progress` has changed, what is in sight is fetched again. Once it is not, all
 * is fetched anew, because the finished file replaces what was read before. `cellText` (a function that stays the same)
 * says how a column's values are shown.
 */
export function usePagedRows(
  channel: "jobs:predictions" | "jobs:errors" | "jobs:mini-batches",
  name: string,
  progress: number,
  active: boolean,
  cellText: CellText = asItStands,
): PagedRows {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const pages = useRef<Pages>(noPages());

  const fetchPage = useCallback(
    async (page: number): Promise<void> => {
      const into = pages.current;
      if (into.inFlight.has(page)) return;
      into.inFlight.add(page);
      const answer = await call(channel, { name, offset: page * rowsPerPage, limit: rowsPerPage });
      into.inFlight.delete(page);
      if (answer.ok) {
        into.problem = null;
        const { columns } = answer.value;
        const rows = answer.value.rows.map((row) => row.map((value, place) => cellText(columns[place] ?? "", value)));
        into.rows.set(page, rows);
        forgetFarPages(into);
        into.totalRows = answer.value.totalRows ?? Math.max(into.totalRows, page * rowsPerPage + rows.length);
        into.columns = sameOr(into.columns, columns);
        // The columns' widths come from the first rows and must not jump while more arrive.
        if (page === 0 && into.firstRows.length < 20) into.firstRows = rows.slice(0, 50);
      } else {
        into.problem = answer.problem;
      }
      if (into === pages.current) redraw();
    },
    [channel, name, cellText],
  );

  const fetchSight = useCallback((): void => {
    for (const page of pagesInSight(pages.current.sight)) void fetchPage(page);
  }, [fetchPage]);

  // Also runs when `active` changes: what is in sight stays until its replacement arrives, the rest is forgotten.
  useEffect(() => {
    const { columns, totalRows, sight, rows } = pages.current;
    const kept = pagesInSight(sight).flatMap((page) => {
      const held = rows.get(page);
      return held === undefined ? [] : [[page, held] as const];
    });
    pages.current = { ...noPages(), columns, totalRows, sight, rows: new Map(kept) };
    fetchSight();
  }, [fetchSight, active]);

  const refreshedAt = useRef(0);
  useEffect(() => {
    if (!active) return undefined;
    const wait = Math.max(0, refreshedAt.current + refreshEveryMs - performance.now());
    const timer = setTimeout(() => {
      refreshedAt.current = performance.now();
      fetchSight();
    }, wait);
    return () => clearTimeout(timer);
    // `progress` is not read: a new number is the reason to look again.
  }, [progress, active, fetchSight]);

  const onRange = useCallback(
    (start: number, end: number): void => {
      pages.current.sight = { start, end };
      const { rows } = pages.current;
      for (const page of pagesInSight({ start, end })) {
        if (!rows.has(page)) void fetchPage(page);
      }
    },
    [fetchPage],
  );
  const rowAt = useCallback(
    (index: number) => pages.current.rows.get(Math.floor(index / rowsPerPage))?.[index % rowsPerPage],
    [],
  );
  const { columns, firstRows, totalRows, problem } = pages.current;
  return { columns, firstRows, totalRows, rowAt, onRange, problem };
}

const asItStands: CellText = (_column, value) => value;

function noPages(): Pages {
  return {
    rows: new Map(),
    inFlight: new Set(),
    columns: null,
    firstRows: [],
    totalRows: 0,
    problem: null,
    sight: { start: 0, end: 1 },
  };
}

function pagesInSight(sight: { readonly start: number; readonly end: number }): readonly number[] {
  const first = Math.floor(sight.start / rowsPerPage);
  const last = Math.floor(Math.max(sight.start, sight.end - 1) / rowsPerPage);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The page fetched longest ago goes first, unless it is in sight. */
function forgetFarPages(pages: Pages): void {
  const inSight = new Set(pagesInSight(pages.sight));
  for (const page of pages.rows.keys()) {
    if (pages.rows.size <= maxPagesKept) return;
    if (!inSight.has(page)) pages.rows.delete(page);
  }
}

function sameOr(before: readonly string[] | null, now: readonly string[]): readonly string[] {
  return before !== null && before.length === now.length && before.every((name, index) => name === now[index])
    ? before
    : now;
}
