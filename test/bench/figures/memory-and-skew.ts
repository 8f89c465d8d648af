import fs from "node:fs";
import path from "node:path";
import { deploy } from "../../helpers/batchdeck.ts";
import { bigDenseModel } from "../../helpers/models/model-fixtures.ts";
import type { Bench } from "../bench.ts";
import { rateOf, runJob } from "../bench.ts";
import { rowsIn, tableScorer, writeTable } from "../inputs.ts";
import type { Figure } from "../report.ts";
import { atMost, plain, rateText, spread } from "../report.ts";

/** Memory of all processes together, for inputs of very different sizes (C7). */
export async function memory(bench: Bench): Promise<readonly Figure[]> {
  await deploy(bench.home, "memory", bigDenseModel(64), { scorer: tableScorer("auto") });
  const sizes = bench.isLong ? [1e8, 1e9, 1e10] : [1e8, 1e9];
  const peaks: number[] = [];
  const figures: Figure[] = [];
  for (const size of sizes) {
    const table = writeTable(path.join(bench.root, "memory", `${size}.csv`), rowsIn(size));
    const ran = await runJob(bench, { endpoint: "memory", input: table, watchMemory: true });
    fs.rmSync(table);
    const megabytes = ran.peakMegabytes ?? 0;
    peaks.push(megabytes);
    figures.push(
      atMost(`C7: peak memory, ${size / 1e6} MB of table`, spread([megabytes]), 350 + bench.cores * 150, " MB"),
    );
  }
  const growth = (peaks.at(-1) ?? 0) / (peaks[0] ?? 1);
  return [...figures, atMost("C7: peak memory of the largest ÷ of the smallest", spread([growth]), 1.1)];
}

/** One large file among small ones, against the same rows in equal files (C15). */
export async function skew(bench: Bench): Promise<readonly Figure[]> {
  await deploy(bench.home, "skew", bigDenseModel(64), { scorer: tableScorer("auto") });
  const [large, small, count] = [rowsIn(4e8), rowsIn(2e6), 99];
  const skewed = path.join(bench.root, "skewed");
  const equal = path.join(bench.root, "equal");
  const each = Math.round((large + small * count) / (count + 1));
  writeTable(path.join(skewed, "a-large.csv"), large);
  for (let file = 0; file < count; file += 1) writeTable(path.join(skewed, `small-${file}.csv`), small);
  for (let file = 0; file <= count; file += 1) writeTable(path.join(equal, `equal-${file}.csv`), each);
  await runJob(bench, { endpoint: "skew", input: skewed });
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const one = await runJob(bench, { endpoint: "skew", input: skewed });
    const other = await runJob(bench, { endpoint: "skew", input: equal });
    ratios.push(rateOf(other) / rateOf(one));
    rates.push(rateOf(one));
  }
  return [
    plain("one file of 400 MB and 99 of 2 MB", rateText(spread(rates))),
    atMost("C15: time a row, skewed ÷ equal files", spread(ratios), 1.05),
  ];
}
