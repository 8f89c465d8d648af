import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProcessHost } from "../../../electron/compute/process-host.ts";
import { together } from "../../../electron/compute/ask-device-process.ts";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { bestBatch, chooseSpeed, sliceBytes } from "../../../electron/jobs/submit/choose-speed.ts";
import { openRegistry, type Registry } from "../../../electron/registry/open-registry.ts";
import { jobSpec, smallScorer } from "../../helpers/engine/job-specs.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { type Watch, watchedHost } from "../../helpers/engine/watched-host.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

/** Rows per run and bytes per slice, chosen when a job is submitted: with the real process that measures. */
const root = temporaryFolder("choose-speed");
const mebibyte = 1024 * 1024;
let count = 0;
let registry: Registry;
let modelFile = "";
let measuring = 0;

const scorer: TabularScorer = {
  ...smallScorer,
  outputs: [
    {
      name: "probabilities",
      type: "float32",
      width: 3,
      labels: null,
      softmax: false,
      topK: 0,
      columns: ["a", "b", "c"],
    },
  ],
};
const long = { items: 1_000_000_000, bytes: 40_000_000_000 };
const short = { items: 1000, bytes: 40_000 };

beforeEach(() => {
  count += 1;
  measuring = 0;
  const folder = path.join(root, String(count));
  modelFile = writeModel(folder, denseModel());
  const opened = openRegistry(path.join(folder, "registry.db"));
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  registry = opened.value;
});
afterEach(() => registry.close());

function specOf(changes: Partial<JobSpec> = {}): JobSpec {
  const model = { name: "m", version: "1", hash: "aa", file: modelFile, folder: "" };
  return jobSpec("job", { model, scorer, workers: 2, batch: 1024, ...changes });
}

function hostThat(watch: Watch = {}): ProcessHost {
  return watchedHost({
    ...watch,
    onStart(program, child) {
      if (program === "device-process") measuring += 1;
      watch.onStart?.(program, child);
    },
  });
}

const none = () => [];

describe("a job that is submitted", () => {
  it("measures when it is long, keeps what it chose, and every later job of the deployment uses it", async () => {
    const tools = { host: hostThat(), tunings: registry.tunings, worthTrying: none };
    const first = await chooseSpeed(tools, specOf(), long, "auto");
    expect(first.batchChosenBy).toBe("measurement");
    expect(first.device).toBe("cpu");
    // As many processes at once as the job will have workers.
    expect(measuring).toBe(2);
    const again = await chooseSpeed(tools, specOf(), long, "cpu");
    const small = await chooseSpeed(tools, specOf(), short, "auto");
    expect(measuring).toBe(2);
    expect([again.batch, small.batch]).toEqual([first.batch, first.batch]);
    expect(small.batchChosenBy).toBe("measurement");
    // Another scorer of the same model is another question.
    const other = await chooseSpeed(tools, specOf({ scorer: { ...scorer, keep: ["id"] } }), short, "auto");
    expect(other).toMatchObject({ batch: 1024, batchChosenBy: "default" });
  });

  it("measures nothing when it is short: the usual batch serves", async () => {
    const tools = { host: hostThat(), tunings: registry.tunings };
    const chosen = await chooseSpeed(tools, specOf(), short, "auto");
    expect(chosen).toMatchObject({ batch: 1024, batchChosenBy: "default", device: "cpu" });
    expect(measuring).toBe(0);
  });

  it("keeps the batch that the model fixes or scorer.yml gives", async () => {
    const tools = { host: hostThat(), tunings: registry.tunings };
    for (const fixed of [{ fixedBatch: 7 }, { batch: 7 }]) {
      const spec = specOf({ scorer: { ...scorer, ...fixed }, batch: 7, batchChosenBy: "model" });
      expect(await chooseSpeed(tools, spec, long, "auto")).toMatchObject({ batch: 7, batchChosenBy: "model" });
    }
    expect(measuring).toBe(0);
  });

  it("uses the usual batch when the process that measures dies, or the model does not run there", async () => {
    const killed = hostThat({
      onStart: (_, child) => setTimeout(() => child.kill(), 50),
    });
    const tools = { host: killed, tunings: registry.tunings, worthTrying: none };
    expect(await chooseSpeed(tools, specOf(), long, "auto")).toMatchObject({ batch: 1024, batchChosenBy: "default" });
    fs.writeFileSync(modelFile, "no model");
    const broken = { host: hostThat(), tunings: registry.tunings, worthTrying: none };
    expect(await chooseSpeed(broken, specOf(), long, "auto")).toMatchObject({ batch: 1024, batchChosenBy: "default" });
  });

  it("stays on the CPU under auto when the device that might be there does not open", async () => {
    const tools = { host: hostThat(), tunings: registry.tunings, worthTrying: () => ["directml"] as const };
    expect(await chooseSpeed(tools, specOf(), long, "auto")).toMatchObject({ device: "cpu", workers: 2 });
  });

  it("keeps the device it was told and the workers of the CPU when that device is not there", async () => {
    const tools = { host: hostThat(), tunings: registry.tunings };
    const chosen = await chooseSpeed(tools, specOf({ workers: 12 }), short, "directml");
    expect(chosen).toMatchObject({ device: "directml", workers: 12 });
  });
});

describe("the batch", () => {
  const rates = (values: Readonly<Record<number, number>>) =>
    Object.entries(values).map(([batch, rowsPerSecond]) => ({ batch: Number(batch), rowsPerSecond }));

  it("is the smallest that is nearly as fast as the fastest", () => {
    expect(bestBatch({ complete: true, rates: rates({ 64: 50, 256: 96, 512: 98, 1024: 100, 2048: 90 }) })).toBe(512);
    expect(bestBatch({ complete: false, rates: rates({ 1024: 100 }) })).toBeNull();
  });

  it("is judged by the mean over the processes, of sizes that all of them tried", () => {
    const one = { type: "measured", provider: "cpu", fallback: null, complete: true } as const;
    const found = together([
      { ...one, rates: rates({ 64: 10, 128: 30 }) },
      { ...one, rates: rates({ 64: 20 }), fallback: "why" },
    ]);
    expect(found).toMatchObject({ rates: [{ batch: 64, rowsPerSecond: 15 }], fallback: "why", complete: true });
  });
});

describe("slices", () => {
  it("are 8 MiB of a big file, a second of work of a slow model, an eighth of a worker's share of a small file", () => {
    const job = { items: 10_000_000, bytes: 1_000_000_000, batch: 1024, workers: 2, rate: null };
    expect(sliceBytes(job)).toBe(8 * mebibyte);
    expect(sliceBytes({ ...job, rate: 20_000 })).toBe(2_000_000);
    expect(sliceBytes({ ...job, items: 160_000, bytes: 16_000_000 })).toBe(1_000_000);
  });

  it("hold at least one run of rows", () => {
    const job = { items: 10_000, bytes: 1_000_000, batch: 1024, workers: 4, rate: 10 };
    expect(sliceBytes(job)).toBe(102_400);
  });
});
