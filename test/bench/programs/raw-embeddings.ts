import fs from "node:fs";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { wordsOfLine } from "../inputs.ts";

/**
 * One process of the raw limit of embeddings: runs a text encoder on prebuilt token ids, texts of like length together and
 * none padded, nothing else, and prints texts a second. Arguments: model file, texts, texts a run, measured milliseconds.
 * Waits for a line on stdin before it measures, so that several processes measure at the same time.
 */
const [modelFile = "", texts = "0", batch = "1", measuredMs = "0"] = process.argv.slice(2);
const session = await InferenceSession.create(modelFile, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
});
const beginAndEnd = 2;
const counts = new Map<number, number>();
for (let line = 0; line < Number(texts); line += 1) {
  const tokens = wordsOfLine(line).length + beginAndEnd;
  counts.set(tokens, (counts.get(tokens) ?? 0) + 1);
}
const runs = [...counts].flatMap(([tokens, count]) => {
  const sizes = Array.from({ length: Math.ceil(count / Number(batch)) }, (_, run) =>
    Math.min(Number(batch), count - run * Number(batch)),
  );
  return sizes.map((size) => ({ size, feeds: feedsOf(size, tokens) }));
});

function feedsOf(size: number, tokens: number): Readonly<Record<string, Tensor>> {
  const filled = (value: bigint) => new Tensor("int64", new BigInt64Array(size * tokens).fill(value), [size, tokens]);
  return { input_ids: filled(4n), attention_mask: filled(1n) };
}

for (const { feeds } of runs.slice(0, 5)) await session.run(feeds);
process.stdout.write("ready\n");
fs.readSync(0, Buffer.alloc(1));
const startedAt = performance.now();
let done = 0;
for (let run = 0; performance.now() - startedAt < Number(measuredMs); run += 1) {
  // Through all lengths alike, however long is measured.
  const next = runs[(run * 7919) % runs.length];
  if (next === undefined) break;
  await session.run(next.feeds);
  done += next.size;
}
process.stdout.write(`${(done * 1000) / (performance.now() - startedAt)}\n`);
