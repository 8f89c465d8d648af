import fs from "node:fs/promises";
import type { Sample } from "./samples.ts";

/**
 * Share of a sample's predictions that equal the truth, 0 to 1. Reads small bundled tables without quotes, nothing else.
 */
export async function measureAccuracy(sample: Sample, predictionsFile: string): Promise<number> {
  const predictions = await readTable(predictionsFile);
  const { predicted, truth } = sample.accuracy;
  const truths = new Map((await readTable(truth.file)).map((row) => [row.get(truth.key), row.get(truth.column)]));
  return share(predictions.map((row) => row.get(predicted) === truths.get(row.get(truth.key))));
}

async function readTable(file: string): Promise<readonly ReadonlyMap<string, string>[]> {
  const lines = (await fs.readFile(file, "utf8")).trimEnd().split("\n");
  const header = lines[0]?.split(",") ?? [];
  return lines.slice(1).map((line) => {
    const cells = line.split(",");
    return new Map(header.map((name, index) => [name, cells[index] ?? ""]));
  });
}

function share(hits: readonly boolean[]): number {
  return hits.length === 0 ? 0 : hits.filter((hit) => hit).length / hits.length;
}
