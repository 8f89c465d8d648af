import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { batchdeck, batchdeckJson, deploy } from "../helpers/batchdeck.ts";
import { writeImageFolder } from "../helpers/data-fixtures.ts";
import { bigDenseModel, imageModel, writeModel } from "../helpers/model-fixtures.ts";
import { seededRandom } from "../helpers/random.ts";
import type { JobView } from "../../electron/contract/job.ts";

/**
 * `npm run bench [-- --rows N] [-- --images N] [-- --rounds N]`: items a second from folder to file, as a share of raw
 * ONNX Runtime on the same cores in the same run. Raw is the better of one process with a thread a core, and a process
 * a core with one thread each, on prebuilt tensors. Pipeline and raw take turns; medians with the smallest and largest.
 */
const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};
const rows = option("rows", 1_000_000);
const images = option("images", 600);
const rounds = option("rounds", 5);
const cores = os.availableParallelism();
const warmUpMs = 1000;
const measuredMs = 3000;

const root = fs.mkdtempSync(path.join(os.tmpdir(), "batchdeck-bench-"));
process.on("exit", () => fs.rmSync(root, { recursive: true, force: true }));
const home = path.join(root, "home");

type Subject = {
  readonly name: string;
  readonly unit: string;
  readonly endpoint: string;
  readonly model: Uint8Array;
  readonly scorer: string;
  readonly input: string;
  readonly items: number;
  readonly tensor: { readonly input: string; readonly dims: readonly number[] };
};

type Spread = { readonly median: number; readonly least: number; readonly most: number };

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}

async function rawRate(modelFile: string, subject: Subject, processes: number, threads: number): Promise<number> {
  const children = Array.from({ length: processes }, () => {
    const args = [modelFile, threads, warmUpMs, measuredMs, subject.tensor.input, ...subject.tensor.dims].map(String);
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "raw-onnx-runtime.ts"), ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    return { child, lines: readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of children) await lines.next();
  for (const { child } of children) child.stdin.write("\n");
  const rates = await Promise.all(children.map(async ({ lines }) => Number((await lines.next()).value)));
  for (const { child } of children) child.stdin.end();
  return rates.reduce((sum, rate) => sum + rate, 0);
}

let jobs = 0;

type Run = { readonly wholeSeconds: number; readonly activeSeconds: number; readonly stageMs: Record<string, number> };

async function pipeline(subject: Subject, workers: number): Promise<Run> {
  jobs += 1;
  const job = `bench-${jobs}`;
  const out = path.join(root, job);
  const startedAt = performance.now();
  const ran = await batchdeck(
    home,
    "invoke",
    "-n",
    subject.endpoint,
    "--input",
    subject.input,
    "--output-path",
    out,
    "--job-name",
    job,
    "--instance-count",
    String(workers),
  );
  const wholeSeconds = (performance.now() - startedAt) / 1000;
  if (ran.code !== 0) throw new Error(ran.stderr);
  const shown = await batchdeckJson<JobView>(home, "job", "show", "-n", job);
  const record = JSON.parse(fs.readFileSync(path.join(out, "job.json"), "utf8")) as {
    run: { stage_ms: Record<string, number> };
  };
  fs.rmSync(out, { recursive: true });
  await batchdeck(home, "job", "delete", "-n", job, "--yes");
  return { wholeSeconds, activeSeconds: shown.active_seconds, stageMs: record.run.stage_ms };
}

function writeBigCsv(file: string): void {
  const random = seededRandom(7);
  const handle = fs.openSync(file, "w");
  fs.writeSync(handle, `id,${Array.from({ length: 20 }, (_, index) => `f${index}`).join(",")}\n`);
  // A thousand different rows, many times over: the reader does not know, and making them stays quick.
  const bodies = Array.from({ length: 1000 }, () =>
    Array.from({ length: 20 }, () => (random() * 2 - 1).toFixed(5)).join(","),
  );
  let block: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    block.push(`row${String(row).padStart(10, "0")},${bodies[row % 1000]}\n`);
    if (block.length === 10_000) {
      fs.writeSync(handle, block.join(""));
      block = [];
    }
  }
  fs.writeSync(handle, block.join(""));
  fs.closeSync(handle);
}

function describeRate({ median, least, most }: Spread): string {
  const text = (value: number) =>
    value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : value >= 1e3 ? `${(value / 1e3).toFixed(1)} k` : value.toFixed(1);
  return `${text(median)} (${text(least)} to ${text(most)})`;
}

const share = ({ median, least, most }: Spread) => `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;

async function measure(subject: Subject): Promise<readonly string[]> {
  await deploy(home, subject.endpoint, subject.model, { scorer: subject.scorer });
  const modelFile = writeModel(path.join(root, `${subject.endpoint}-raw`), subject.model);
  await pipeline(subject, cores);
  const piped: Run[] = [];
  const alone: Run[] = [];
  const raw: { together: number; apart: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    piped.push(await pipeline(subject, cores));
    raw.push({
      together: await rawRate(modelFile, subject, 1, cores),
      apart: await rawRate(modelFile, subject, cores, 1),
    });
    alone.push(await pipeline(subject, 1));
  }
  const limits = raw.map(({ together, apart }) => Math.max(together, apart));
  const rates = piped.map((run) => subject.items / run.activeSeconds);
  const oneWorker = alone.map((run) => subject.items / run.activeSeconds);
  const stageBound = piped.map((run) => {
    const busyMs = Object.values(run.stageMs).reduce((sum, ms) => sum + ms, 0);
    return (subject.items * 1000 * cores) / busyMs;
  });
  const stages = piped[0]?.stageMs ?? {};
  const total = Object.values(stages).reduce((sum, ms) => sum + ms, 0);
  return [
    `### ${subject.name}`,
    "",
    `| figure | ${subject.unit} a second, median (least to most) of ${rounds} |`,
    "|---|---|",
    `| from folder to file, ${cores} workers | ${describeRate(spread(rates))} |`,
    `| the same, with the start of the command | ${describeRate(spread(piped.map((run) => subject.items / run.wholeSeconds)))} |`,
    `| from folder to file, 1 worker | ${describeRate(spread(oneWorker))} |`,
    `| raw ONNX Runtime, 1 process × ${cores} threads | ${describeRate(spread(raw.map(({ together }) => together)))} |`,
    `| raw ONNX Runtime, ${cores} processes × 1 thread | ${describeRate(spread(raw.map(({ apart }) => apart)))} |`,
    `| **pipeline ÷ raw ONNX Runtime** | **${share(spread(rates.map((rate, index) => rate / (limits[index] ?? 1))))}** |`,
    `| pipeline ÷ what its workers' stages allow when always busy | ${share(spread(rates.map((rate, index) => rate / (stageBound[index] ?? 1))))} |`,
    `| ${cores} workers ÷ 1 worker | ${share(spread(rates.map((rate, index) => rate / (oneWorker[index] ?? 1))))} |`,
    `| where workers' time goes | ${Object.entries(stages)
      .map(([stage, ms]) => `${stage} ${Math.round((100 * ms) / total)} %`)
      .join(", ")} |`,
    "",
  ];
}

console.error(`Load before the start: ${os.loadavg()[0]?.toFixed(2)}`);
const csv = path.join(root, "csv");
fs.mkdirSync(csv);
writeBigCsv(path.join(csv, "big.csv"));
const pictures = path.join(root, "pictures");
writeImageFolder(pictures, { count: images, width: 1024, height: 768, endings: ["jpg"], seed: 5 });
const tableScorer = `input:\n  columns: {features: [${Array.from({ length: 20 }, (_, index) => `f${index}`).join(", ")}]}\noutput:\n  keep: [id]\n  outputs: [probabilities, label]\nbatch: 1024\n`;
const subjects: readonly Subject[] = [
  {
    name: "Rows, small model (20-64-64-3)",
    endpoint: "tiny",
    model: bigDenseModel(64),
    items: rows,
    input: csv,
    unit: "rows",
    scorer: tableScorer,
    tensor: { input: "features", dims: [1024, 20] },
  },
  {
    name: "Rows, large model (20-512-512-3)",
    endpoint: "heavy",
    model: bigDenseModel(512),
    items: rows,
    input: csv,
    unit: "rows",
    scorer: tableScorer,
    tensor: { input: "features", dims: [1024, 20] },
  },
  {
    name: "Pictures, JPEG 1024×768 to 224×224",
    endpoint: "pictures",
    model: imageModel({ height: 224, width: 224 }),
    items: images,
    input: pictures,
    unit: "pictures",
    scorer: "batch: 16\n",
    tensor: { input: "image", dims: [16, 3, 224, 224] },
  },
];
console.log(
  `${os.cpus()[0]?.model.trim()}, ${cores} cores, Node ${process.versions.node}, ${rows} rows, ${images} pictures\n`,
);
for (const subject of subjects) for (const line of await measure(subject)) console.log(line);
