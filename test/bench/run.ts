import os from "node:os";
import { startBench } from "./bench.ts";
import { batches } from "./figures/batches.ts";
import { control } from "./figures/control.ts";
import { memory, skew } from "./figures/memory-and-skew.ts";
import { firstRow } from "./figures/first-row.ts";
import { books, overhead } from "./figures/queue.ts";
import { reading } from "./figures/reading.ts";
import { outputs } from "./figures/outputs.ts";
import { sameBytes } from "./figures/same-bytes.ts";
import { storage } from "./figures/storage.ts";
import { largeModels, pictures, smallModel } from "./figures/throughput.ts";
import type { Figure } from "./report.ts";
import { table } from "./report.ts";

/**
 * `npm run bench [-- --only NAME,NAME] [--rounds N] [--long]`: how fast and how lean the program is, against what the
 * machine could do and against a user's own script, in the same run, in turns; medians with the smallest and largest.
 * Run it on a machine that does nothing else. Linux only (memory is read from /proc).
 */
const parts = {
  small: { title: "Rows, small model (20-64-64-3), 1 GB of CSV", measure: smallModel },
  large: { title: "Rows, large models", measure: largeModels },
  pictures: { title: "Pictures, JPEG 1024×768 of 120 KB to 224×224, a small net", measure: pictures },
  outputs: { title: "Boxes, arrays, pictures and vectors", measure: outputs },
  reading: { title: "Reading CSV", measure: reading },
  batches: { title: "Rows a run, measured", measure: batches },
  overhead: { title: "Small mini-batches", measure: overhead },
  books: { title: "Large folders, long queues", measure: books },
  "first-row": { title: "From a drop to the first row", measure: firstRow },
  memory: { title: "Memory", measure: memory },
  skew: { title: "Skewed files", measure: skew },
  storage: { title: "Uploads to blob storage, through Azurite", measure: storage },
  same: { title: "The same bytes", measure: sameBytes },
  control: { title: "Pause, cancel, resume, scale to zero", measure: control },
} as const;

const at = process.argv.indexOf("--only");
const wanted = at === -1 ? null : (process.argv[at + 1] ?? "").split(",");
const bench = startBench();
const missed: Figure[] = [];
console.log(
  `${os.cpus()[0]?.model.trim()}, ${bench.cores} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.platform()} ${os.release()}, ` +
    `Node ${process.versions.node}, ${bench.rounds} rounds, load before the start ${os.loadavg()[0]?.toFixed(2)}\n`,
);
for (const [name, part] of Object.entries(parts)) {
  if (wanted !== null && !wanted.includes(name)) continue;
  const from = performance.now();
  const figures = await part.measure(bench);
  missed.push(...figures.filter(({ met }) => met === false));
  console.log(table(part.title, figures));
  console.error(`${name}: ${((performance.now() - from) / 1000).toFixed(0)} s`);
}
console.log(missed.length === 0 ? "Every goal is met." : `Not met: ${missed.map(({ name }) => name).join("; ")}.`);
