import { useEffect, useState } from "react";
import type { RowPictures } from "../../../../electron/contract/nouns/pictures/row-pictures.ts";
import type { Problem } from "../../../../electron/contract/problem.ts";
import { call } from "../../../bridge/bridge.ts";

/** Somebody holds an arrow key. */
const pauseMs = 100;

export type PicturesOfRow = {
  /** Those of the row, or while they are fetched, of the row before; null: there are none. */
  readonly pictures: RowPictures | null;
  readonly problem: Problem | null;
  readonly isComing: boolean;
};

/** The pictures of a row of a job's predictions. Rows with the same ones ask once. `row` null: none is wanted. */
export function useRowPictures(job: string, row: number | null): PicturesOfRow {
  const [pictures, setPictures] = useState<RowPictures | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [fetchedRow, setFetchedRow] = useState<number | null>(null);
  const isThere = row === fetchedRow || (row !== null && pictures !== null && isOfRow(pictures, row));
  useEffect(() => {
    if (row === null || isThere) return undefined;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const answer = await call("jobs:row-pictures", { name: job, row });
      if (!isCurrent) return;
      setFetchedRow(row);
      setPictures(answer.ok ? answer.value : null);
      setProblem(answer.ok ? null : answer.problem);
    }, pauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [job, row, isThere]);
  return { pictures, problem, isComing: row !== null && !isThere };
}

function isOfRow({ rows }: RowPictures, row: number): boolean {
  return row >= rows.start && row < rows.end;
}
