import path from "node:path";
import { deploy } from "../../helpers/batchdeck.ts";
import { bigDenseModel, denseModel, imageModel, writeModel } from "../../helpers/model-fixtures.ts";
import type { Bench } from "../bench.ts";
import { ratesOf, runJob, sum } from "../bench.ts";
import { rowsIn, tableScorer, writePictures, writeTable } from "../inputs.ts";
import type { Figure } from "../report.ts";
import { atLeast, plain, spread } from "../report.ts";

/** The measured rows a run against a sweep over fixed ones, raw, on all cores (C16). */
export async function batches(bench: Bench): Promise<readonly Figure[]> {
  const table = writeTable(path.join(bench.root, "batches", "table.csv"), rowsIn(4e8));
  const folder = writePictures(path.join(bench.root, "batch-pictures"), 1200);
  const tables = {
    input: table,
    scorer: tableScorer("auto"),
    tensor: ["features", 20],
    sizes: [64, 256, 512, 1024, 2048, 4096, 8192],
  };
  const subjects = [
    { name: "20-64-64-3", model: bigDenseModel(64), ...tables },
    { name: "20-256-256-3", model: denseModel({ features: 20, hidden: [256, 256], seed: 4 }), ...tables },
    { name: "20-512-512-3", model: bigDenseModel(512), ...tables },
    {
      name: "pictures",
      model: imageModel({ height: 224, width: 224 }),
      ...{ input: folder, scorer: null, tensor: ["image", 3, 224, 224], sizes: [1, 2, 4, 8, 16, 32] },
    },
  ];
  const figures: Figure[] = [];
  for (const [index, subject] of subjects.entries()) {
    const endpoint = `batches-${index}`;
    await deploy(bench.home, endpoint, subject.model, subject.scorer === null ? {} : { scorer: subject.scorer });
    const { view } = await runJob(bench, { endpoint, input: subject.input });
    const modelFile = writeModel(path.join(bench.root, `${endpoint}-raw`), subject.model);
    const rate = async (batch: number): Promise<number> => {
      const args = [modelFile, 1, 200, 800, subject.tensor[0], batch, ...subject.tensor.slice(1)].map(String);
      return sum(
        await ratesOf(
          "raw-onnx-runtime.ts",
          Array.from({ length: bench.cores }, () => args),
        ),
      );
    };
    const shares: number[] = [];
    let best = 0;
    for (let round = 0; round < bench.rounds; round += 1) {
      const rates = new Map<number, number>();
      for (const batch of new Set([...subject.sizes, view.batch])) rates.set(batch, await rate(batch));
      const fastest = Math.max(...rates.values());
      shares.push((rates.get(view.batch) ?? 0) / fastest);
      best = [...rates].find(([, found]) => found === fastest)?.[0] ?? 0;
    }
    figures.push(plain(`${subject.name}: chosen, and the best of the last sweep`, `${view.batch}, ${best}`));
    figures.push(atLeast(`C16: ${subject.name}, rate at the chosen ÷ at the best`, spread(shares), 0.95));
  }
  return figures;
}
