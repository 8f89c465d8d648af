import fs from "node:fs";
import { InferenceSession, Tensor } from "onnxruntime-node";

/**
 * One process of the raw limit: runs a model on one prebuilt tensor over and over, nothing else, and prints items a
 * second. Arguments: model file, intra-op threads, warm-up and measured milliseconds, input name, dims of the tensor.
 * Waits for a line on stdin before it measures, so that several processes measure at the same time.
 */
const [modelFile = "", threads = "1", warmUpMs = "0", measuredMs = "0", inputName = "", ...dims] =
  process.argv.slice(2);
const shape = dims.map(Number);
const [batch = 1] = shape;
const session = await InferenceSession.create(modelFile, {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
});
const values = Float32Array.from(
  { length: shape.reduce((product, size) => product * size, 1) },
  (_, index) => (index % 97) / 97,
);
const feeds = { [inputName]: new Tensor("float32", values, shape) };

async function runFor(milliseconds: number): Promise<number> {
  const startedAt = performance.now();
  let runs = 0;
  while (performance.now() - startedAt < milliseconds) {
    await session.run(feeds);
    runs += 1;
  }
  return (runs * batch * 1000) / (performance.now() - startedAt);
}

await session.run(feeds);
process.stdout.write("ready\n");
fs.readSync(0, Buffer.alloc(1));
await runFor(Number(warmUpMs));
process.stdout.write(`${await runFor(Number(measuredMs))}\n`);
