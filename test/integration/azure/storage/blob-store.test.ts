import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { TransferProgress } from "../../../../electron/remote/storage/blob-store.ts";
import { createPace } from "../../../../electron/remote/storage/pace.ts";
import { addressOfFolder, readFiles } from "../../../azure/storage/contents.ts";
import { openTestStore } from "../../../azure/storage/open-store.ts";
import type { StorageFault } from "../../../azure/storage/storage.ts";
import { said, storageLab, testPatience, testSizes, uncancelled, unheard } from "../../../azure/storage/storage-lab.ts";
import { isLong } from "../../../helpers/engine/fault-shim.ts";
import { until } from "../../../helpers/until.ts";
import { valueOf } from "../../../helpers/value-of.ts";

/** Blobs by the real client and the real MSAL, over TLS, against Azurite behind a stand-in that checks and counts every request. */
const { folder, opened, prepare, fetch: fetched } = storageLab("uploads");
const kibibyte = 1024;

function seenSince(start: number): readonly string[] {
  return opened()
    .storage.seen()
    .slice(start)
    .map(({ id, blob }) => `${id} ${blob.replace(/^.*-[0-9a-f]{64}/, "…")}`);
}

const someFiles = {
  "a.csv": 100,
  "empty.csv": 0,
  "deeper/b.csv": 300 * kibibyte,
  "deeper/blöb 日本 #1 %41 & + ?.csv": 17,
  "exactly.bin": 512 * kibibyte,
  "large.bin": 6000 * kibibyte + 3,
};

describe("an upload", () => {
  it("is fetched again byte for byte, with its empty files and whatever names it has", async () => {
    const heard: TransferProgress[] = [];
    const what = await prepare("whole", someFiles);
    const sent = valueOf(await opened().store.upload(what, (progress) => heard.push(progress), uncancelled));
    expect(sent).toMatchObject({ files: 6, sentFiles: 6, bytes: sent.sentBytes });
    expect(heard.at(-1)).toMatchObject({ doneFiles: 6, totalFiles: 6, doneBytes: sent.bytes, totalBytes: sent.bytes });
    expect(await fetched("whole", what.prefix)).toEqual(readFiles(what.folder));
  });

  it("sends nothing of a content that is there, once it has listed it", async () => {
    const what = await prepare("twice", someFiles, 2);
    valueOf(await opened().store.upload(what, unheard, uncancelled));
    const start = opened().storage.seen().length;
    const again = valueOf(await opened().store.upload(what, unheard, uncancelled));
    expect(again).toMatchObject({ files: 6, sentFiles: 0, sentBytes: 0 });
    expect(seenSince(start)).toEqual(["List Blobs "]);
  });

  it("sends again what somebody has removed or cut short since, and only that", async () => {
    const what = await prepare("removed", someFiles, 2);
    valueOf(await opened().store.upload(what, unheard, uncancelled));
    const [gone = "", short = ""] = Object.keys(readFiles(what.folder)).sort();
    await opened().storage.remove(`${what.prefix}/${gone}`);
    await opened().storage.put(`${what.prefix}/${short}`, "?");
    expect(valueOf(await opened().store.upload(what, unheard, uncancelled))).toMatchObject({ files: 6, sentFiles: 2 });
    expect(await fetched("removed", what.prefix)).toEqual(readFiles(what.folder));
  });

  it("completes what another job has sent half of, without sending a finished block or file again", async () => {
    const what = await prepare("half", someFiles, 3);
    const cut = new AbortController();
    opened().storage.disturb((asked) => {
      if (
        asked.id === "Put Block" &&
        opened()
          .storage.seen()
          .filter(({ blob }) => blob === asked.blob).length >= 3
      )
        cut.abort();
      return null;
    });
    expect(said(await opened().store.upload(what, unheard, cut.signal))).toBe("The request to Azure was cancelled.");
    await opened().storage.idle();
    const done = opened()
      .storage.seen()
      .filter(({ blob, isDone }) => isDone && blob.startsWith(what.prefix));
    const otherLedger = path.join(folder, "half", "other.db");
    await addressOfFolder(what.folder, otherLedger);
    const rest = valueOf(await opened().store.upload({ ...what, ledgerFile: otherLedger }, unheard, uncancelled));
    expect(rest.sentFiles).toBe(6 - done.filter(({ id }) => id === "Put Blob").length);
    // The stand-in would have failed the test for a block that came again.
    expect(done.filter(({ id }) => id === "Put Block").length).toBeGreaterThan(0);
    expect(await fetched("half", what.prefix)).toEqual(readFiles(what.folder));
  });

  const faults: readonly (readonly [string, StorageFault])[] = [
    ["is told to wait", { status: 429, code: "ServerBusy", retryAfter: 0 }],
    ["meets a busy server", { status: 503, code: "ServerBusy" }],
    ["meets a server's fault", { status: 500, code: "InternalError" }],
    ["is cut off", "cut-request"],
    ["is cut off in the answer", "cut-answer"],
    ["loses the answer", "lost-answer"],
    ["arrives twice", "twice"],
  ];
  it.each(faults)("goes on when every third request %s", async (name, fault) => {
    const what = await prepare(`faults-${name}`, { "a.bin": 1, "b.bin": 600 * kibibyte, "c.bin": 1400 * kibibyte });
    opened().storage.disturb((_asked, index) => (index % 3 === 1 ? fault : null));
    valueOf(await opened().store.upload(what, unheard, uncancelled));
    expect(await fetched(`faults-${name}`, what.prefix)).toEqual(readFiles(what.folder));
  });

  it("gives up on a server that stays busy, and says how long to wait", async () => {
    const what = await prepare("busy", { "a.bin": 1 });
    opened().storage.disturb(() => ({ status: 503, code: "ServerBusy", retryAfter: 3600 }));
    expect(said(await opened().store.upload(what, unheard, uncancelled))).toMatch(
      /^labstore\.blob\.lab\.test:\d+ is busy or out of order \(status 503\)\. Try again in 3600 seconds\.$/,
    );
  });

  it("renews a token that is refused in the middle, once for all requests that it was refused for", async () => {
    const what = await prepare("renewed", { "a.bin": 4000 * kibibyte });
    let grants = 0;
    opened().storage.disturb(({ id }) => {
      if (id === "Put Block" && grants === 0) {
        grants = opened().lab.entra.grants().length;
        opened().storage.refuseTokens();
      }
      return null;
    });
    valueOf(await opened().store.upload(what, unheard, uncancelled));
    expect(opened().lab.entra.grants().length).toBe(grants + 1);
    expect(await fetched("renewed", what.prefix)).toEqual(readFiles(what.folder));
  });

  it.each([
    ["small", 1000],
    ["large", 3000 * kibibyte],
  ])("stops at a %s file that has changed since it was read", async (name, bytes) => {
    const what = await prepare(`changed-${name}`, { "a.bin": bytes });
    fs.appendFileSync(path.join(what.folder, "a.bin"), "x");
    expect(said(await opened().store.upload(what, unheard, uncancelled))).toBe(
      '"a.bin" is not the file that was listed any more. Start again with the files as they are now.',
    );
    expect(await opened().storage.names()).not.toContainEqual(expect.stringContaining(what.prefix));
  });

  it("makes no blob of a file that changes while it is sent", async () => {
    const what = await prepare("changing", { "a.bin": 3000 * kibibyte });
    opened().storage.disturb(({ id }) => {
      if (id === "Put Block") fs.utimesSync(path.join(what.folder, "a.bin"), 1, 1);
      return null;
    });
    expect(said(await opened().store.upload(what, unheard, uncancelled))).toContain(
      "is not the file that was listed any more",
    );
    expect(await opened().storage.names()).not.toContainEqual(expect.stringContaining(what.prefix));
  });

  it("follows no link that has taken the place of a file", async () => {
    const what = await prepare("link", { "a.bin": 10 });
    fs.writeFileSync(path.join(folder, "secret"), "0123456789");
    fs.rmSync(path.join(what.folder, "a.bin"));
    fs.symlinkSync(path.join(folder, "secret"), path.join(what.folder, "a.bin"));
    expect(said(await opened().store.upload(what, unheard, uncancelled))).toContain(
      "is not the file that was listed any more",
    );
  });

  it("has no more under way than its limits, however many files there are", async () => {
    const small = Object.fromEntries(Array.from({ length: 60 }, (_none, index) => [`${index}.bin`, 100]));
    const what = await prepare("limits", { ...small, "large.bin": 6000 * kibibyte, "larger.bin": 7000 * kibibyte });
    const open = opened().storage.watch();
    const { waiting, release } = opened().storage.hold();
    const sent = opened().store.upload(what, unheard, uncancelled);
    await until(() => waiting() === 8);
    release();
    valueOf(await sent);
    // What is there of a large file is asked besides.
    expect([8, 9]).toContain(open.mostRequests());
    expect(open.mostBytes()).toBeLessThanOrEqual(testSizes.flight.bytes);
  });

  it("begins nothing while it is paused, and goes on", async () => {
    const what = await prepare("paused", { "a.bin": 600 * kibibyte, "b.bin": 10 });
    const pace = createPace();
    pace.pause();
    const sent = opened().store.upload({ ...what, pace }, unheard, uncancelled);
    // It is asked what is there; that sends nothing of it.
    await until(() =>
      opened()
        .storage.seen()
        .some(({ id, blob }) => id === "Get Block List" && blob.startsWith(what.prefix)),
    );
    await opened().storage.idle();
    const sending = () =>
      opened()
        .storage.seen()
        .filter(({ id, blob }) => id.startsWith("Put") && blob.startsWith(what.prefix));
    expect(sending()).toEqual([]);
    pace.resume();
    valueOf(await sent);
    expect(sending().length).toBe(4);
  });

  it("sends many small files", async () => {
    const count = isLong ? 5000 : 200;
    const small = Object.fromEntries(
      Array.from({ length: count }, (_none, index) => [`${index % 7}/${index}.csv`, 50]),
    );
    const what = await prepare("many", small);
    const many = openTestStore(opened().storage.cloud, opened().principal, opened().storage.place);
    expect(valueOf(await many.upload(what, unheard, uncancelled))).toMatchObject({ sentFiles: count });
    expect(await fetched("many", what.prefix)).toEqual(readFiles(what.folder));
    many.close();
  });
});

describe("what an account may not do", () => {
  it.each([
    [
      "reading",
      /^Your account may not write the blobs of https:.*\. Ask .* for the role "Storage Blob Data Contributor"\./,
    ],
    [
      "no-network",
      /^The storage account of https:.* is closed to this network\. .* If the account has a private endpoint, ask who runs the DNS of this network to lead labstore\.blob\.lab\.test:\d+ to its private address\.$/,
    ],
  ] as const)("is told with the role that is missing: %s", async (rights, words) => {
    const what = await prepare(`rights-${rights}`, { "a.bin": 10 });
    opened().storage.allow(rights);
    expect(said(await opened().store.upload(what, unheard, uncancelled))).toMatch(words);
  });

  it("is told for reading, too", async () => {
    opened().storage.allow("nothing");
    expect(said(await opened().store.list("batchdeck", uncancelled))).toMatch(
      /for the role "Storage Blob Data Reader"\./,
    );
  });

  it("is read without a token where it may be, and written nowhere", async () => {
    const { storage, principal } = opened();
    await storage.put("open/a.csv", "a,b\n");
    storage.allow("nobody-but-everybody");
    const closed = openTestStore(storage.cloud, principal, storage.place, { patience: testPatience });
    expect(said(await closed.list("open", uncancelled))).toContain("does not accept the account's sign-in");
    closed.close();
    const open = openTestStore(storage.cloud, principal, storage.place, { patience: testPatience, mayBeOpen: true });
    const [blob] = valueOf(await open.list("open", uncancelled));
    const target = path.join(folder, "open.csv");
    const { sizeBytes = 0, etag = "" } = blob ?? {};
    valueOf(await open.fetch({ name: "open/a.csv", sizeBytes, etag, target }, unheard, uncancelled));
    expect(fs.readFileSync(target, "utf8")).toBe("a,b\n");
    open.close();
  });

  it("is told apart from a container that is not there", async () => {
    const place = { ...opened().storage.place, containerName: "nowhere" };
    const nowhere = openTestStore(opened().storage.cloud, opened().principal, place, { patience: testPatience });
    expect(said(await nowhere.list("", uncancelled))).toMatch(/^There is no container https:.*\/nowhere\./);
    nowhere.close();
  });
});
