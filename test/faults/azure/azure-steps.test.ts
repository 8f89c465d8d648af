import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Clock } from "../../../electron/compute/clock.ts";
import { systemClock } from "../../../electron/compute/clock.ts";
import type { AzureJobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import { type AzureJournal, openAzureJournal } from "../../../electron/jobs/azure/azure-journal.ts";
import { createAccountStore } from "../../../electron/remote/identity/account-store.ts";
import { noSafeStorage } from "../../../electron/remote/identity/safe-storage.ts";
import { openSession } from "../../../electron/remote/identity/session.ts";
import { openBatchJobs } from "../../../electron/remote/runs/batch-jobs.ts";
import type { WorkTools } from "../../../electron/remote/runs/at-work.ts";
import { startWork } from "../../../electron/remote/runs/work.ts";
import { contentAddress } from "../../../electron/data/content/ask-content-address.ts";
import { noSkips } from "../../../electron/data/listing/skips.ts";
import { openBlobStore } from "../../../electron/remote/storage/blob-store.ts";
import { endpointHost } from "../../azure/jobs/jobs.ts";
import { echo, type JobsLab, startJobsLab } from "../../azure/jobs/sample.ts";
import { programs } from "../../azure/storage/open-store.ts";
import { azureSpec } from "../../helpers/engine/azure-specs.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { sleep } from "../../helpers/sleep.ts";
import { valueOf } from "../../helpers/value-of.ts";

/** What sends a job to Azure and follows it there: with the real services and the real blob client. */
const folder = temporaryFolder("azure-steps");
const times = {
  ...{ firstWaitMs: 5, mostWaitMs: 50, firstPollMs: 5, mostPollMs: 20 },
  transfers: { retries: 0, firstWaitMs: 1, mostWaitMs: 1 },
};
let at: JobsLab;
let tools: WorkTools;
/** What every job of the sequences sends: hashed once. */
let input: string;
let ledger: string;
let address: string;

beforeAll(async () => {
  at = await startJobsLab(folder);
  input = path.join(folder, "in");
  fs.mkdirSync(input);
  for (const name of ["a.txt", "b.txt", "c.txt"]) fs.writeFileSync(path.join(input, name), name);
  ledger = path.join(folder, "content.db");
  const files = fs.readdirSync(input).map((name) => {
    const { size, mtimeMs } = fs.statSync(path.join(input, name));
    return { path: name, sizeBytes: size, modifiedMs: mtimeMs };
  });
  const request = { folder: input, files: { kind: "files", files }, ledgerFile: ledger } as const;
  const content = await contentAddress(programs, request, () => undefined, new AbortController().signal);
  address = valueOf(content).address;
  const store = createAccountStore(path.join(folder, "home"), noSafeStorage);
  const session = valueOf(openSession(store, { environment: at.environment, systemProxy: null }));
  tools = {
    ...{ clock: systemClock, times },
    session: () => ({ ok: true, value: session }),
    mustSignIn: () => undefined,
    openJobs: openBatchJobs,
    openStore: (own, place) => openBlobStore({ ...own, host: programs, patience: times.transfers }, place),
    openLogs: () => () => Promise.resolve({ ok: true, value: null }),
    listInput: () => Promise.resolve({ ok: true, value: { files: 3, listing: "l", bytes: 15, ...noSkips, nested: 0 } }),
    contentAddress: (asked) => {
      fs.copyFileSync(ledger, asked.ledgerFile);
      return Promise.resolve({ ok: true, value: { address, files: 3, bytes: 15 } });
    },
  };
});
afterAll(() => at.close());

type Job = { readonly spec: AzureJobSpec; readonly own: string; readonly journal: () => AzureJournal };

function newJob(name: string): Job {
  const own = path.join(folder, name);
  fs.mkdirSync(path.join(own, "out"), { recursive: true });
  const { name: datastore, ...place } = { name: "workspaceblobstore", ...at.storage.place };
  const spec = azureSpec({
    ...{ name, endpoint: "sums", deployment: "echo", input, output: path.join(own, "out") },
    azure: { cloud: "Lab", place: at.azure.place, datastore: { name: datastore, ...place }, requestId: randomUUID() },
  });
  return { spec, own, journal: () => openAzureJournal(own, "hashing") };
}

function start({ spec, own, journal }: Job, more: Partial<WorkTools> = {}) {
  const work = { spec, folder: own, journal: journal(), azureFolder: path.join(own, "out", "azure") };
  return startWork(work, { ...tools, ...more });
}

const madeOf = ({ spec }: Job) => at.jobs.made().filter(({ name }) => name === spec.azure.jobName);
const resultOf = ({ own }: Job) => fs.readFileSync(path.join(own, "out", "azure", "predictions.csv"), "utf8");
const expected = echo(["a.txt", "b.txt", "c.txt"])["predictions.csv"];

describe("Azure that cannot be reached", () => {
  it("for three days is waited for, and the job is followed to its end", async () => {
    const job = newJob("offline");
    const clock = hurriedClock();
    at.jobs.holdAt("NotStarted");
    const inHand = start(job, { clock });
    const closed = { status: 503, headers: { "retry-after": "3600" }, body: {} };
    at.lab.server.disturb(endpointHost("sums"), ...Array.from({ length: 72 }, () => closed));
    at.jobs.holdAt(null);
    expect(await inHand.ended).toEqual({ kind: "arrived" });
    expect(clock.now()).toBeGreaterThan(71 * 3_600_000);
    expect(resultOf(job)).toBe(expected);
    expect(madeOf(job).length).toBe(1);
  });
});

describe("a request that makes the job", () => {
  it("is sent again with the same id when its answer was lost on the way there, and never without a look", async () => {
    const job = newJob("refused");
    at.jobs.loseAnswers("refused", "refused", "lost");
    expect(await start(job).ended).toEqual({ kind: "arrived" });
    const posts = at.lab.server.requests().filter((line) => line.startsWith("POST sums."));
    expect(posts.length).toBeGreaterThan(2);
    expect(madeOf(job).length).toBe(1);
  });

  it("that Azure refuses ends the work, with Azure's words", async () => {
    const job = newJob("wrong");
    const error = { error: { code: "UserError", message: "The deployment is broken." } };
    // The first question is whether the job is there.
    at.lab.server.disturb(endpointHost("sums"), { status: 404, body: {} }, { status: 400, body: error });
    const end = await start(job).ended;
    expect(end).toMatchObject({ kind: "problem", problem: { code: "azure/refused" } });
    expect(JSON.stringify(end)).toContain("The deployment is broken.");
    expect(madeOf(job).length).toBe(0);
  });
});

describe("a job that Azure has forgotten", () => {
  it("is given up after several looks", async () => {
    const job = newJob("forgotten");
    at.jobs.holdAt("NotStarted");
    const inHand = start(job);
    while (madeOf(job).length === 0) await sleep(5);
    at.jobs.forget(job.spec.azure.jobName);
    expect(await inHand.ended).toMatchObject({ kind: "problem", problem: { code: "azure/job-lost" } });
    at.jobs.holdAt(null);
  });
});

/** Waits take no time, and pass all the same. */
function hurriedClock(): Clock {
  let now = 0;
  return {
    ...systemClock,
    now: () => now,
    setTimeout(work, ms) {
      now += ms;
      const handle = setImmediate(work);
      return { cancel: () => clearImmediate(handle) };
    },
  };
}
