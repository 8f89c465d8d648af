import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock, type Clock } from "../../../../electron/compute/clock.ts";
import { failure, type Result, success } from "../../../../electron/contract/problem.ts";
import { type AzureJournal, openAzureJournal } from "../../../../electron/jobs/azure/azure-journal.ts";
import type { AzureSession } from "../../../../electron/remote/identity/session.ts";
import type { BatchJobs, SeenJob, Submitted } from "../../../../electron/remote/runs/batch-jobs.ts";
import { usualTimes } from "../../../../electron/remote/runs/patience.ts";
import { startWork } from "../../../../electron/remote/runs/work.ts";
import type { BlobStore } from "../../../../electron/remote/storage/blob-store.ts";
import { azureSpec } from "../../../helpers/engine/azure-specs.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

/** What is done about each of Azure's answers, whatever the network does. */
const folder = temporaryFolder("azure-work");
const place = { subscription: "s", resource_group: "g", workspace: "w" };
const datastore = {
  ...{ name: "d", protocol: "https", accountName: "labstore", endpoint: "lab.test", containerName: "data" },
};

/** Waits take no time. */
const hurried: Clock = {
  ...systemClock,
  setTimeout(work) {
    const handle = setImmediate(work);
    return { cancel: () => clearImmediate(handle) };
  },
};

const seen = (status: string): Result<SeenJob> =>
  success({ name: "n", status, studioUrl: null, reason: "", outputPath: null, secondsToWait: null });
const unknown: Result<null> = success(null);
const refused = failure("azure/refused", { status: 400, code: "UserError", reason: "No." });
/** Ends the work at its next step. */
const noStore = failure("input/unreadable:timeout");

type Answers = {
  readonly find: (look: number) => Result<SeenJob | null>;
  readonly submit?: () => Result<Submitted>;
  readonly store?: Result<BlobStore>;
};

function begin(name: string, arrange: (journal: AzureJournal) => void, answers: Answers) {
  const own = path.join(folder, name);
  fs.mkdirSync(path.join(own, "out"), { recursive: true });
  const journal = openAzureJournal(own, "submitting");
  arrange(journal);
  const count = { looks: 0, posts: 0 };
  const jobs: BatchJobs = {
    find: () => Promise.resolve(answers.find((count.looks += 1))),
    submit: () => Promise.resolve(((count.posts += 1), answers.submit?.() ?? refused)),
    cancel: () => Promise.resolve(success(true)),
  };
  const spec = azureSpec({
    ...{ name, endpoint: "sums", deployment: "echo", input: own, output: path.join(own, "out") },
    azure: { cloud: "Lab", place, datastore },
  });
  const inHand = startWork(
    { spec, folder: own, journal, azureFolder: path.join(own, "out", "azure") },
    {
      ...{ clock: hurried, times: usualTimes, mustSignIn: () => undefined, openJobs: () => jobs },
      session: () => success({} as AzureSession),
      openStore: () => answers.store ?? noStore,
      openLogs: () => () => Promise.resolve(success(null)),
      listInput: () => Promise.resolve(noStore),
      contentAddress: () => Promise.resolve(noStore),
    },
  );
  return { inHand, journal, count };
}

describe("a request that makes the job", () => {
  it("and is refused when it is repeated, may have been taken the first time: the job is looked for once more", async () => {
    const { inHand, journal, count } = begin("taken-before", (its) => its.set({ mayBeSent: true }), {
      // The first request arrives after the second one.
      find: (look) => (look <= 5 ? unknown : seen("Running")),
    });
    while (journal.facts().step === "submitting") await new Promise(setImmediate);
    inHand.stop();
    await inHand.ended;
    expect(count.posts).toBe(1);
    expect(journal.facts()).toMatchObject({ step: "following", name: "n", mayBeSent: true });
  });

  it("and is refused, was not taken: that ends the job, which may have been made all the same if it was repeated", async () => {
    const first = begin("first", () => undefined, { find: () => unknown });
    expect(await first.inHand.ended).toMatchObject({ kind: "problem", problem: { code: "azure/refused" } });
    expect(first.journal.facts().mayBeSent).toBe(false);
    const second = begin("second", (its) => its.set({ mayBeSent: true }), { find: () => unknown });
    expect(await second.inHand.ended).toMatchObject({ kind: "problem", problem: { code: "azure/refused" } });
    expect(second.count).toEqual({ looks: 8, posts: 1 });
    expect(second.journal.facts().mayBeSent).toBe(true);
  });
});

describe("a job that Azure does not know", () => {
  const following = (its: AzureJournal) => its.move("following", { mayBeSent: true, name: "n" });

  it("is looked for sixty times before it is given up", async () => {
    const { inHand, count } = begin("lost", following, { find: () => unknown });
    expect(await inHand.ended).toMatchObject({ kind: "problem", problem: { code: "azure/job-lost" } });
    expect(count.looks).toBe(60);
  });

  it("and then does again, is looked for sixty times more", async () => {
    const { inHand, count } = begin("found", following, { find: (look) => (look === 59 ? seen("Running") : unknown) });
    expect(await inHand.ended).toMatchObject({ kind: "problem", problem: { code: "azure/job-lost" } });
    expect(count.looks).toBe(59 + 60);
  });
});

describe("results that cannot be fetched", () => {
  it("are tried for again and again, until the job is cancelled", async () => {
    const wrong = failure("azure/unexpected-answer:blob", { container: "c", name: "a" });
    let lists = 0;
    const store = { hasAny: () => Promise.resolve(((lists += 1), wrong)) } as unknown as BlobStore;
    const arrange = (its: AzureJournal) => {
      its.move("following", { mayBeSent: true, name: "n" });
      its.move("downloading", { outcome: { end: "completed", reason: "" } });
    };
    const { inHand } = begin("damaged", arrange, { find: () => seen("Completed"), store: success(store) });
    while (lists < 30) await new Promise(setImmediate);
    inHand.cancel();
    expect(await inHand.ended).toEqual({ kind: "canceled" });
  });
});
