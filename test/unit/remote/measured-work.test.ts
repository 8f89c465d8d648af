import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../electron/compute/clock.ts";
import { type AzureJournal, openAzureJournal } from "../../../electron/jobs/azure/azure-journal.ts";
import { measureWork, type RunMeasures } from "../../../electron/remote/runs/measured-work.ts";
import type { BlobStore } from "../../../electron/remote/storage/blob-store.ts";
import { azureSpec } from "../../helpers/engine/azure-specs.ts";
import { pass, useFakeClock } from "../../helpers/engine/fake-clock.ts";
import { temporaryFolder } from "../../helpers/places.ts";

useFakeClock();

const home = temporaryFolder("measured-work");
const store = { protocol: "https", accountName: "labstore", endpoint: "core.lab.test", containerName: "data" };
const spec = azureSpec({
  ...{ name: "monday", endpoint: "sums", deployment: "custom", input: path.join(home, "in") },
  output: path.join(home, "out"),
  azure: {
    cloud: "Lab",
    place: { subscription: "s", resource_group: "g", workspace: "lab" },
    datastore: { name: "workspaceblobstore", ...store },
  },
});
const listed = { files: 1, listing: "l1", bytes: 1000, skipped: 0, skippedBy: {}, skippedNames: {}, nested: 0 };
let jobs = 0;

function begin(measures: Partial<RunMeasures> = {}, before: (journal: AzureJournal) => void = () => undefined) {
  jobs += 1;
  const folder = path.join(home, `job-${jobs}`);
  fs.mkdirSync(folder);
  const [uploaded, ran] = [vi.fn<RunMeasures["uploaded"]>(), vi.fn<RunMeasures["ran"]>()];
  const all = { uploaded, ran, uploadLimit: () => null, ...measures };
  const journal = openAzureJournal(folder, "hashing");
  before(journal);
  const work = { spec, folder, journal, azureFolder: path.join(folder, "azure") };
  return { folder, journal, measured: measureWork(work, systemClock, all), uploaded, ran };
}

/** A store whose uploads take as many kilobytes as they are given, one after another, at the pace of the work. */
function storeOf(kilobytes: number, sentBytes = kilobytes * 1000): BlobStore {
  return {
    async upload({ pace }, _onProgress, signal) {
      for (let sent = 0; sent < kilobytes; sent += 1) await pace?.pass(1000, signal);
      return { ok: true, value: { files: 1, bytes: 1000 * kilobytes, sentFiles: 1, sentBytes } };
    },
  } as Partial<BlobStore> as BlobStore;
}

async function upload(store: BlobStore): Promise<void> {
  await store.upload({ folder: "/", ledgerFile: "/", prefix: "p" }, () => undefined, new AbortController().signal);
}

describe("a job that Azure completes", () => {
  function follow(
    { journal, measured }: ReturnType<typeof begin>,
    end: "completed" | "failed",
    between: () => Promise<void>,
  ) {
    journal.set({ listed });
    journal.move("submitting");
    measured.journal.set({ mayBeSent: true });
    measured.journal.move("following");
    return between().then(() => measured.journal.move("downloading", { outcome: { end, reason: "" } }));
  }

  it("tells how long it took, and its journal is the job's", async () => {
    const begun = begin();
    await follow(begun, "completed", () => pass(90_000));
    expect(begun.ran).toHaveBeenCalledExactlyOnceWith(spec, { bytes: 1000, seconds: expect.closeTo(90, 0) });
    expect(begun.journal.facts().step).toBe("downloading");
  });

  it("took its time from the request on, also when the answer was lost and it was found by its name", async () => {
    const { journal, measured, ran } = begin();
    journal.set({ listed });
    journal.move("submitting");
    measured.journal.set({ mayBeSent: true });
    await pass(60_000);
    measured.journal.move("following");
    await pass(30_000);
    measured.journal.move("downloading", { outcome: { end: "completed", reason: "" } });
    expect(ran).toHaveBeenCalledExactlyOnceWith(spec, { bytes: 1000, seconds: expect.closeTo(90, 0) });
  });

  it("tells nothing when it failed, when the computer slept, and when another engine sent it", async () => {
    const failed = begin();
    await follow(failed, "failed", () => pass(1000));
    const slept = begin();
    await follow(slept, "completed", async () => {
      await pass(1000);
      vi.setSystemTime(Date.now() + 3_600_000);
    });
    const taken = begin();
    taken.journal.set({ listed });
    taken.journal.move("submitting");
    taken.journal.move("following");
    await pass(1000);
    taken.measured.journal.move("downloading", { outcome: { end: "completed", reason: "" } });
    const found = begin({}, (its) => {
      its.set({ listed, mayBeSent: true });
      its.move("submitting");
    });
    found.measured.journal.move("following");
    await pass(1000);
    found.measured.journal.move("downloading", { outcome: { end: "completed", reason: "" } });
    for (const { ran } of [failed, slept, taken, found]) expect(ran).not.toHaveBeenCalled();
  });
});

describe("an upload", () => {
  it("tells how fast it went, and which files it was of", async () => {
    const { journal, measured, uploaded } = begin();
    journal.set({ listed });
    const slow: BlobStore = {
      ...storeOf(0, 5000),
      upload: async (...all) => {
        await pass(2000);
        return storeOf(0, 5000).upload(...all);
      },
    };
    await upload(measured.store(slow));
    expect(uploaded).toHaveBeenCalledExactlyOnceWith(spec, {
      listing: "l1",
      speed: { bytes: 5000, seconds: expect.closeTo(2, 0) },
    });
  });

  it("tells no speed when nothing had to be sent", async () => {
    const { journal, measured, uploaded } = begin();
    journal.set({ listed });
    await upload(measured.store(storeOf(0)));
    expect(uploaded).toHaveBeenCalledExactlyOnceWith(spec, expect.objectContaining({ speed: null }));
  });

  it("is held back as its user wants by now, and tells no speed then", async () => {
    let limit: number | null = 10_000;
    const { journal, measured, uploaded } = begin({ uploadLimit: () => limit });
    journal.set({ listed });
    let isDone = false;
    const began = performance.now();
    const sending = upload(measured.store(storeOf(100))).then(() => {
      isDone = true;
    });
    await pass(5000);
    expect(isDone).toBe(false);
    // What was sent in five seconds is half of it; the rest goes at ten times the rate.
    limit = 100_000;
    await pass(3000);
    await sending;
    expect(performance.now() - began).toBeLessThan(9000);
    expect(uploaded).toHaveBeenCalledExactlyOnceWith(spec, expect.objectContaining({ speed: null }));
  });

  it("goes on when nobody can tell its limit", async () => {
    const { journal, measured } = begin({
      uploadLimit: () => {
        throw new Error("database is locked");
      },
    });
    journal.set({ listed });
    await upload(measured.store(storeOf(10)));
  });
});
