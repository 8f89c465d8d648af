import path from "node:path";
import { deploy } from "../../helpers/batchdeck.ts";
import { bigDenseModel } from "../../helpers/models/model-fixtures.ts";
import type { Bench } from "../bench.ts";
import { runJob } from "../bench.ts";
import { tableScorer, writeTable } from "../inputs.ts";
import type { Figure } from "../report.ts";

/** The same predictions, byte for byte, however the work was cut and shared out (C17). */
export async function sameBytes(bench: Bench): Promise<readonly Figure[]> {
  const folder = path.join(bench.root, "same");
  writeTable(path.join(folder, "a.csv"), 300_000);
  for (let file = 0; file < 40; file += 1) writeTable(path.join(folder, `b-${file}.csv`), 1000 + file * 37);
  await deploy(bench.home, "same", bigDenseModel(512), { scorer: tableScorer(256) });
  const hashes = new Set<string>();
  let ways = 0;
  for (const workers of [1, bench.cores]) {
    for (const size of [1, 10, 1000]) {
      const ran = await runJob(bench, { endpoint: "same", input: folder, workers, set: [`mini_batch_size=${size}`] });
      hashes.add(ran.predictionsHash);
      ways += 1;
    }
  }
  const value = `${hashes.size} different files in ${ways} ways`;
  return [
    {
      name: `C17: 1 and ${bench.cores} workers, mini-batches of 1, 10 and 1,000 files`,
      value,
      goal: "1",
      met: hashes.size === 1,
    },
  ];
}
