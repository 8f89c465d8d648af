import { performance } from "node:perf_hooks";
import type { BatchRate, MeasureModel } from "../../electron/contract/messages/device-messages.ts";
import { modelOutputs } from "../../electron/contract/nouns/scorer.ts";
import { inventedRows, valuesPerRow } from "./invented-rows.ts";
import type { Feeds, ModelSession } from "./model-session.ts";

/** Rows per run that are tried. */
export const triedBatches = {
  tabular: [64, 128, 256, 512, 1024, 2048, 4096, 8192],
  image: [1, 2, 4, 8, 16, 32, 64],
  text: [1, 2, 4, 8, 16, 32, 64],
  tensor: [1, 2, 4, 8, 16, 32, 64],
  audio: [1, 2, 4, 8, 16, 32, 64],
  script: [],
} as const;
/** What a job runs without a measurement: the first look is taken with it. */
export const firstLookAt = { tabular: 1024, image: 16, text: 16, tensor: 16, audio: 16, script: 1 } as const;

const rounds = 5;
const fewestRounds = 2;
/** Longer would tell no more. */
const maxMs = 4000;
/** One look at one size: long enough for the clock, short enough that all sizes see the same weather. */
const minWindowMs = 4;
const maxWindowMs = 60;
const minTimeMs = 0.001;
/** Inputs of one run: 64 MiB of floats. What a model makes of them inside may be many times as much. */
const maxRunValues = 16 * 1024 * 1024;

export type Measured = { readonly rates: readonly BatchRate[]; readonly complete: boolean };

/**
 * Runs the model over and over with different numbers of rows, in rounds over all sizes, so that whatever else the
 * machine does meets each of them alike; the rate of a size is the second best of its rounds, little disturbed and no fluke. `spentMs`: what went by before.
 */
export async function measureBatches(
  model: ModelSession,
  request: Pick<MeasureModel, "scorer" | "items" | "workers" | "share">,
  spentMs: number,
): Promise<Measured> {
  const { scorer } = request;
  const startedAt = performance.now() - spentMs;
  const clock = clockOf(model);
  const names = modelOutputs(scorer);
  const fits = (batch: number) => batch * valuesPerRow(scorer) <= maxRunValues;
  const run = async (feeds: Feeds, batch: number, windowMs: number): Promise<number> => {
    const from = clock();
    let runs = 0;
    do {
      await model.run(feeds, names);
      runs += 1;
    } while (clock() - from < windowMs);
    return (runs * batch * 1000) / Math.max(clock() - from, minTimeMs);
  };

  const sizesThatFit: readonly number[] = triedBatches[scorer.kind].filter(fits);
  const defaultSize = firstLookAt[scorer.kind];
  const first = scorer.fixedBatch ?? (sizesThatFit.includes(defaultSize) ? defaultSize : 1);
  const firstRows = inventedRows(scorer, first);
  // The first run of a session also plans its memory.
  await model.run(firstRows, names);
  const firstRate = await run(firstRows, first, minWindowMs);
  const jobMs = (request.items * 1000) / (firstRate * request.workers);
  const endAt = startedAt + Math.min(maxMs + spentMs, jobMs * request.share);
  if (scorer.fixedBatch !== null) {
    return { rates: [{ batch: first, rowsPerSecond: firstRate }], complete: true };
  }

  const samples = new Map<number, number[]>();
  let doneRounds = 0;
  let sizes = sizesThatFit;
  const windowMs = Math.max(minWindowMs, Math.min(maxWindowMs, (endAt - performance.now()) / (sizes.length * rounds)));
  // A size of which not even three runs fit is left out: runs that long cost nothing to start, so more rows gain nothing.
  sizes = sizes.filter((batch) => (batch * 1000 * 3) / firstRate < (endAt - performance.now()) / sizes.length);
  const inputs = new Map(sizes.map((batch) => [batch, inventedRows(scorer, batch)]));
  for (; doneRounds < rounds && sizes.length > 1; doneRounds++) {
    const roundMs = sizes.reduce((sum, batch) => sum + Math.max(windowMs, (batch * 1000) / firstRate), 0);
    if (performance.now() + roundMs > endAt) break;
    for (const batch of sizes) {
      const rate = await run(inputs.get(batch) as Feeds, batch, windowMs);
      samples.set(batch, [...(samples.get(batch) ?? []), rate]);
    }
  }
  if (doneRounds < fewestRounds) {
    return { rates: [{ batch: first, rowsPerSecond: firstRate }], complete: false };
  }
  return {
    rates: [...samples].map(([batch, rates]) => ({ batch, rowsPerSecond: secondBest(rates) })),
    complete: true,
  };
}

/**
 * Milliseconds of this process's own work where that is what a run takes, so that other work on the machine does not
 * count; else of the wall. Windows counts a process's time in steps too long for this.
 */
function clockOf(model: ModelSession): () => number {
  if (model.provider !== "cpu" || process.platform === "win32") return () => performance.now();
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
}

function secondBest(rates: readonly number[]): number {
  const sorted = [...rates].sort((one, other) => other - one);
  return sorted[1] ?? sorted[0] ?? 0;
}
