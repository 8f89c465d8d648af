import path from "node:path";
import type { Bench } from "../bench.ts";
import { ratesOf, sum } from "../bench.ts";
import { writeTable } from "../inputs.ts";
import type { Figure } from "../report.ts";
import { atLeast, plain, rateText, spread } from "../report.ts";

/** A CSV file into rows of float32, against others that read it (C3). */
export async function reading(bench: Bench): Promise<readonly Figure[]> {
  const rows = 500_000;
  const file = writeTable(path.join(bench.root, "reading", "reading.csv"), rows);
  const rate = async (means: string) => sum(await ratesOf("read-table.ts", [[means, file, String(rows)]]));
  const ours: number[] = [];
  const duckdb: number[] = [];
  const udsv: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    ours.push(await rate("ours"));
    duckdb.push(await rate("duckdb"));
    udsv.push(await rate("udsv"));
  }
  const over = (others: readonly number[]) => spread(ours.map((found, round) => found / (others[round] ?? 1)));
  return [
    plain("the worker's reader, one process", rateText(spread(ours))),
    plain("DuckDB, typed stream, put in row order, one thread", rateText(spread(duckdb))),
    plain("uDSV, every cell as text", rateText(spread(udsv))),
    atLeast("reader ÷ DuckDB's typed stream", over(duckdb), 2),
    atLeast("C3: reader ÷ uDSV as text", over(udsv), 0.5, 0.8),
  ];
}
