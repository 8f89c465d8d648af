import { describe, expect, it } from "vitest";
import { estimateAzureJob, type KnownOfAzure } from "../../../../electron/jobs/azure/estimate-azure-job.ts";

const nothing: KnownOfAzure = { runs: [], uploads: [], price: null };
const euro = { amount: 3, currency: "EUR" };
const margin = 1.2;
/** Ten minutes for a gigabyte on one node. */
const run = { nodes: 1, bytes: 1e9, seconds: 600 };

function job(bytes: number, nodes = 1) {
  return { nodes, input: { bytes, sentBy: null } };
}

describe("the time of a job in Azure", () => {
  it.each([
    { of: "no history", known: nothing, planned: job(1e9), time: { kind: "no-earlier" } },
    {
      of: "one job of the same size",
      known: { ...nothing, runs: [run] },
      planned: job(1e9),
      time: { kind: "from-jobs", low: 600 / margin, high: 600 * margin, jobs: 1 },
    },
    {
      of: "one job of half the size: no more of it may have been the start of the cluster, or none",
      known: { ...nothing, runs: [run] },
      planned: job(2e9),
      time: { kind: "from-jobs", low: 600 / margin, high: 1200 * margin, jobs: 1 },
    },
    {
      of: "one job that was larger",
      known: { ...nothing, runs: [run] },
      planned: job(1e8),
      time: { kind: "from-jobs", low: 60 / margin, high: 600 * margin, jobs: 1 },
    },
    {
      of: "one job on another number of nodes",
      known: { ...nothing, runs: [{ ...run, nodes: 4 }] },
      planned: job(1e9, 2),
      time: { kind: "from-jobs", low: 600 / margin, high: 1200 * margin, jobs: 1 },
    },
    {
      of: "several jobs, of which the one that is far too small tells nothing",
      known: { ...nothing, runs: [run, { ...run, seconds: 900 }, { ...run, bytes: 1e6, seconds: 300 }] },
      planned: job(1e9),
      time: { kind: "from-jobs", low: 600 / margin, high: 900 * margin, jobs: 2 },
    },
    {
      of: "a job that is huge beside all earlier ones",
      known: { ...nothing, runs: [run] },
      planned: job(1e15),
      time: { kind: "much-smaller" },
    },
    {
      of: "a job without a byte",
      known: { ...nothing, runs: [run] },
      planned: job(0),
      time: { kind: "from-jobs", low: 0, high: 600 * margin, jobs: 1 },
    },
    {
      of: "an earlier job without a byte",
      known: { ...nothing, runs: [{ ...run, bytes: 0 }] },
      planned: job(1),
      time: { kind: "much-smaller" },
    },
    {
      of: "an input that lies in Azure",
      known: { ...nothing, runs: [run] },
      planned: { nodes: 1, input: null },
      time: { kind: "unknown-size" },
    },
  ])("goes by $of", ({ known, planned, time }) => {
    const estimated = estimateAzureJob(planned, known).run;
    expect({ ...estimated, kind: estimated.kind }).toEqual(
      time.kind === "from-jobs"
        ? { ...time, low: expect.closeTo(time.low ?? 0), high: expect.closeTo(time.high ?? 0) }
        : time,
    );
  });
});

describe("its cost", () => {
  it("is the nodes, at the price of one, for that time", () => {
    const { cost, price, nodes } = estimateAzureJob(job(2e9, 2), { ...nothing, runs: [run], price: euro });
    expect({ price, nodes }).toEqual({ price: euro, nodes: 2 });
    expect(cost?.low).toBeCloseTo((2 * 3 * 600) / margin / 3600);
    expect(cost?.high).toBeCloseTo((2 * 3 * 600 * margin) / 3600);
  });

  it("is not known without a price, and not without an earlier job", () => {
    expect(estimateAzureJob(job(1e9), { ...nothing, runs: [run] }).cost).toBeNull();
    expect(estimateAzureJob(job(1e9), { ...nothing, price: euro })).toMatchObject({ cost: null, price: euro });
  });
});

describe("its upload", () => {
  it.each([
    { of: "no earlier one", uploads: [], bytes: 1e9, time: { kind: "no-earlier" } },
    {
      of: "the slowest and the fastest of the earlier ones",
      uploads: [
        { bytes: 1e9, seconds: 100 },
        { bytes: 1e9, seconds: 50 },
      ],
      bytes: 1e9,
      time: { kind: "from-jobs", low: expect.closeTo(50 / margin), high: expect.closeTo(100 * margin), jobs: 2 },
    },
    {
      of: "earlier ones that were tiny",
      uploads: [{ bytes: 1000, seconds: 1 }],
      bytes: 1e9,
      time: { kind: "much-smaller" },
    },
  ])("goes by $of", ({ uploads, bytes, time }) => {
    expect(estimateAzureJob(job(bytes), { ...nothing, uploads }).upload).toEqual({ bytes, sent_by: null, time });
  });

  it("is none when a job has sent all of it before, and when the input lies in Azure", () => {
    const known = { ...nothing, uploads: [{ bytes: 1e9, seconds: 100 }] };
    expect(estimateAzureJob({ nodes: 1, input: { bytes: 1e9, sentBy: "monday" } }, known).upload).toEqual({
      ...{ bytes: 0, sent_by: "monday" },
      time: { kind: "from-jobs", low: 0, high: 0, jobs: 1 },
    });
    expect(estimateAzureJob({ nodes: 1, input: null }, known).upload).toBeNull();
  });
});
