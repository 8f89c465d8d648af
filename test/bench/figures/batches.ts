import path from "node:path";
import { measureModel } from "../../../electron/compute/ask-device-process.ts";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { bestBatch } from "../../../electron/jobs/submit/choose-speed.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { bigDenseModel, denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import type { Bench } from "../bench.ts";
import { ratesOf, sum } from "../bench.ts";
import { tableScorer } from "../inputs.ts";
import type { Figure } from "../report.ts";
import { atLeast, atMost, plain, spread } from "../report.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { imageModel } from "../../helpers/models/image-models.ts";

/** The measured rows a run against a sweep over fixed ones, raw, on all cores (C16). */
export async function batches(bench: Bench): Promise<readonly Figure[]> {
  const tables = {
    scorer: tableScorer("auto"),
    tensor: ["features", 20],
    sizes: [64, 128, 256, 512, 1024, 2048, 4096, 8192],
    items: 1_000_000_000,
  } as const;
  const subjects = [
    { name: "20-64-64-3", model: bigDenseModel(64), ...tables },
    { name: "20-256-256-3", model: denseModel({ features: 20, hidden: [256, 256], seed: 4 }), ...tables },
    { name: "20-512-512-3", model: bigDenseModel(512), ...tables },
    {
      name: "pictures",
      model: imageModel({ height: 224, width: 224 }),
      ...({ scorer: null, tensor: ["image", 3, 224, 224], sizes: [1, 2, 4, 8, 16, 32, 64], items: 1_000_000 } as const),
    },
  ];
  const figures: Figure[] = [];
  for (const [index, subject] of subjects.entries()) {
    const endpoint = `batches-${index}`;
    await deploy(bench.home, endpoint, subject.model, subject.scorer === null ? {} : { scorer: subject.scorer });
    const startedAt = performance.now();
    const measured = await measuredFor(bench, endpoint, subject.items);
    const seconds = (performance.now() - startedAt) / 1000;
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
      for (const batch of new Set([...subject.sizes, measured.batch])) rates.set(batch, await rate(batch));
      const fastest = Math.max(...rates.values());
      shares.push((rates.get(measured.batch) ?? 0) / fastest);
      best = [...rates].find(([, found]) => found === fastest)?.[0] ?? 0;
    }
    figures.push(plain(`${subject.name}: chosen, and the best of the last sweep`, `${measured.batch}, ${best}`));
    const job = subject.items / (measured.rate * bench.cores);
    figures.push(
      atMost(`C16: ${subject.name}, measuring ÷ a job of ${subject.items / 1e6} M`, spread([seconds / job]), 0.02),
    );
    figures.push(atLeast(`C16: ${subject.name}, rate at the chosen ÷ at the best`, spread(shares), 0.95));
  }
  return figures;
}

/** What a long job of that endpoint would measure before it begins. */
async function measuredFor(bench: Bench, endpoint: string, items: number): Promise<{ batch: number; rate: number }> {
  const opened = openRegistry(path.join(bench.home, "registry.db"));
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  const deployment = opened.value.deployments.find(endpoint, "one");
  opened.value.close();
  if (deployment === null) throw new Error(`There is no deployment of ${endpoint}.`);
  const file = path.join(bench.root, `home-${endpoint}`, "model", "model.onnx");
  const host = nodeProcessHost(path.join(import.meta.dirname, "../../../dist"));
  const request = { file, scorer: deployment.scorer, device: "cpu", items, workers: bench.cores, share: 0.02 } as const;
  const found = await measureModel(host, request);
  if (!found.ok) throw new Error(englishWords(found.problem).message);
  const batch = bestBatch(found.value);
  if (batch === null) throw new Error(`There was no time to measure ${endpoint}.`);
  return { batch, rate: found.value.rates.find((one) => one.batch === batch)?.rowsPerSecond ?? 0 };
}
