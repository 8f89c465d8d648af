import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openDownloadLedger } from "../../../../electron/remote/storage/fetching/download-ledger.ts";
import { createPace } from "../../../../electron/remote/storage/pace.ts";
import { readFiles } from "../../../azure/storage/contents.ts";
import { openTestStore } from "../../../azure/storage/open-store.ts";
import type { StorageFault } from "../../../azure/storage/storage.ts";
import { said, storageLab, testPatience, testSizes, uncancelled, unheard } from "../../../azure/storage/storage-lab.ts";
import { until } from "../../../helpers/until.ts";
import { valueOf } from "../../../helpers/value-of.ts";

/** Downloads of blobs, whose names and contents are not trusted. */
const { folder, opened, target, fetch: fetched } = storageLab("downloads");
const kibibyte = 1024;

const put = (name: string, content: string | Buffer) => opened().storage.put(name, content);
const bytes = (count: number, fill = 7) => Buffer.alloc(count, fill);
const rangesOf = (blob: string) =>
  opened()
    .storage.seen()
    .filter((asked) => asked.id === "Get Blob" && asked.blob === blob && asked.isDone);

describe("a look", () => {
  it("finds whether there is anything below a prefix, and marks of folders are nothing", async () => {
    const { storage, store } = opened();
    for (let at = 0; at < 12; at += 1) await storage.putFolder(`looked/f${String(at).padStart(2, "0")}`);
    expect(await store.hasAny("looked", uncancelled)).toEqual({ ok: true, value: false });
    await put("looked/z.csv", "a");
    await put("looked-not.csv", "a");
    const before = storage.seen().length;
    expect(await store.hasAny("looked", uncancelled)).toEqual({ ok: true, value: true });
    expect(
      new Set(
        storage
          .seen()
          .slice(before)
          .map(({ id }) => id),
      ),
    ).toEqual(new Set(["List Blobs"]));
    expect(await store.hasAny("looked/z.csv", uncancelled)).toEqual({ ok: true, value: false });
  });

  it("reads as much of a blob as there is", async () => {
    await put("read/log.txt", "0123456789");
    const read = async (name: string, start: number, length: number) =>
      valueOf(await opened().store.read({ name, start, length }, uncancelled)).toString();
    expect(await read("read/log.txt", 2, 3)).toBe("234");
    expect(await read("read/log.txt", 8, 100)).toBe("89");
    expect(await read("read/log.txt", 10, 5)).toBe("");
    expect(await read("read/none.txt", 0, 5)).toBe("");
  });
});

describe("a download", () => {
  it("takes what lies below the prefix, and not what only begins like it", async () => {
    await put("one/a.csv", "a");
    await put("one/b/c.csv", "");
    await put("one-more/d.csv", "d");
    await put("one.csv", "e");
    expect(await fetched("below", "one")).toEqual({ "a.csv": btoa("a"), "b/c.csv": "" });
  });

  it("takes a single blob that is named", async () => {
    await put("single/deep/rows.csv", "x,y\n");
    expect(await fetched("single", "single/deep/rows.csv")).toEqual({ "rows.csv": btoa("x,y\n") });
  });

  it("of nothing is nothing", async () => {
    expect(await fetched("nothing", "there/is/none")).toEqual({});
    expect(valueOf(await opened().store.list("there/is/none", uncancelled))).toEqual([]);
  });

  it("leaves out the folders that some accounts keep beside their blobs", async () => {
    await put("marked/a/x.csv", "1");
    await put("marked/a/", "");
    await opened().storage.putFolder("marked/a");
    await opened().storage.putFolder("marked/b");
    expect(await fetched("marked", "marked")).toEqual({ "a/x.csv": btoa("1") });
  });

  const faults: readonly (readonly [string, StorageFault])[] = [
    ["is told to wait", { status: 429, code: "ServerBusy", retryAfter: 0 }],
    ["meets a server's fault", { status: 500, code: "InternalError" }],
    ["is cut off", "cut-request"],
    ["is cut off in the answer", "cut-answer"],
    ["loses the answer", "lost-answer"],
  ];
  it.each(faults)("goes on when every third request %s", async (name, fault) => {
    const prefix = `faults ${name}`;
    await put(`${prefix}/a.bin`, bytes(1700 * kibibyte));
    await put(`${prefix}/b.bin`, bytes(10));
    opened().storage.disturb((_asked, index) => (index % 3 === 1 ? fault : null));
    const files = await fetched(prefix, prefix);
    expect(files).toEqual({
      "a.bin": bytes(1700 * kibibyte).toString("base64"),
      "b.bin": bytes(10).toString("base64"),
    });
  });

  it("goes on where it was cut off, without a range again that was on the disk", async () => {
    await put("resumed/a.bin", bytes(4000 * kibibyte));
    await put("resumed/b.bin", bytes(100));
    const what = target("resumed", "resumed");
    const cut = new AbortController();
    opened().storage.disturb(({ id }) => {
      if (id === "Get Blob" && rangesOf("resumed/a.bin").length >= 4) cut.abort();
      return null;
    });
    expect(said(await opened().store.download(what, unheard, cut.signal))).toBe("The request to Azure was cancelled.");
    opened().storage.disturb(null);
    await opened().storage.idle();
    const ledger = valueOf(openDownloadLedger(what.ledgerFile));
    const here = ledger.ranges(1).size;
    ledger.close();
    expect(here).toBeGreaterThan(0);
    const before = opened().storage.seen().length;
    valueOf(await opened().store.download(what, unheard, uncancelled));
    const again = opened().storage.seen().slice(before);
    expect(again.filter(({ id }) => id === "List Blobs")).toEqual([]);
    expect(again.filter(({ blob }) => blob === "resumed/a.bin").length).toBe(8 - here);
    expect(readFiles(what.folder)["a.bin"]).toBe(bytes(4000 * kibibyte).toString("base64"));
  });

  it("does not mix a blob with the one that has taken its place", async () => {
    await put("replaced/a.bin", bytes(4000 * kibibyte, 1));
    let isReplaced = false;
    const what = target("replaced", "replaced");
    const pace = createPace();
    opened().storage.disturb(({ id }) => {
      if (id === "Get Blob" && !isReplaced) {
        isReplaced = true;
        pace.pause();
      }
      return null;
    });
    const fetching = opened().store.download({ ...what, pace }, unheard, uncancelled);
    await until(() => isReplaced);
    await put("replaced/a.bin", bytes(4000 * kibibyte, 2));
    pace.resume();
    expect(valueOf(await fetching)).toEqual({ files: 1, bytes: 4000 * kibibyte });
    expect(readFiles(what.folder)).toEqual({ "a.bin": bytes(4000 * kibibyte, 2).toString("base64") });
  });

  it("gives up a blob that is another one each time", async () => {
    const what = target("restless", "restless");
    await put("restless/a.bin", bytes(10, 1));
    await put("restless/b.bin", bytes(10, 1));
    opened().storage.disturb(({ id, blob }) =>
      id === "Get Blob" && blob.endsWith("a.bin") ? { status: 412, code: "ConditionNotMet" } : null,
    );
    expect(said(await opened().store.download(what, unheard, uncancelled))).toMatch(
      /^The blob "a\.bin" in https:.* is another one by now\./,
    );
    expect(fs.existsSync(path.join(what.folder, "a.bin"))).toBe(false);
  });

  it("takes no range for another one, and goes on once the answers are right", async () => {
    const content = Buffer.from(Array.from({ length: 1700 * kibibyte }, (_none, index) => index % 251));
    await opened().storage.putInBlocks("shifted/a.bin", content);
    const what = target("shifted", "shifted");
    opened().storage.disturb(({ id }) => (id === "Get Blob" ? "other-range" : null));
    expect(said(await opened().store.download(what, unheard, uncancelled))).toMatch(
      /did not come as Azure describes it/,
    );
    opened().storage.disturb(null);
    valueOf(await opened().store.download(what, unheard, uncancelled));
    expect(readFiles(what.folder)).toEqual({ "a.bin": content.toString("base64") });
  });

  it.each([
    ["is longer than the blob", 600 * kibibyte, false],
    ["is longer than the small blob", 10, false],
    ["is gone, though the ledger has it: its program was killed after it had got its name", 600 * kibibyte, true],
  ])("begins a blob anew whose part file %s", async (name, length, isGone) => {
    const prefix = `part ${name}`;
    await put(`${prefix}/a.bin`, bytes(length, 3));
    const what = target(prefix, prefix);
    const cut = new AbortController();
    opened().storage.disturb(({ id }) => {
      if (id === "Get Blob") cut.abort();
      return null;
    });
    await opened().store.download(what, unheard, cut.signal);
    opened().storage.disturb(null);
    const ledger = valueOf(openDownloadLedger(what.ledgerFile));
    const [blob] = ledger.wanted(0, 1);
    const part = path.join(what.folder, ".batchdeck-download", String(blob?.id));
    if (isGone) {
      fs.rmSync(part, { force: true });
      ledger.addRanges([0, 512 * kibibyte].map((start) => ({ id: blob?.id ?? 0, start })));
    } else {
      fs.mkdirSync(path.dirname(part), { recursive: true });
      fs.writeFileSync(part, Buffer.alloc(length + 1));
    }
    ledger.close();
    valueOf(await opened().store.download(what, unheard, uncancelled));
    expect(readFiles(what.folder)).toEqual({ "a.bin": bytes(length, 3).toString("base64") });
  });

  it("gives no name to a blob whose bytes are not those of its MD5", async () => {
    await opened().storage.putDamaged("damaged/a.bin", bytes(10));
    const what = target("damaged", "damaged");
    expect(said(await opened().store.download(what, unheard, uncancelled))).toMatch(
      /^The blob "a\.bin" of https:.* did not come as Azure describes it/,
    );
    expect(fs.existsSync(path.join(what.folder, "a.bin"))).toBe(false);
  });

  it("writes through no link that lies in its folder", async () => {
    await put("linked/inner/a.bin", "a");
    const what = target("linked", "linked");
    const elsewhere = path.join(folder, "elsewhere");
    fs.mkdirSync(elsewhere);
    fs.symlinkSync(elsewhere, path.join(what.folder, "inner"));
    expect(said(await opened().store.download(what, unheard, uncancelled))).toContain("nothing is written through it");
    expect(fs.readdirSync(elsewhere)).toEqual([]);
  });

  it("stays within its limits", async () => {
    for (let index = 0; index < 12; index += 1) await put(`limits/${index}.bin`, bytes(600 * kibibyte));
    const open = opened().storage.watch();
    await fetched("limits", "limits");
    expect(open.mostRequests()).toBeLessThanOrEqual(testSizes.flight.requests);
  });

  it("is listed page by page", async () => {
    for (let index = 0; index < 7; index += 1) await put(`pages/${index}`, "x");
    const listed = valueOf(await opened().store.list("pages", uncancelled));
    expect(listed.map(({ path: name }) => name)).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    expect(listed[0]).toMatchObject({ sizeBytes: 1, md5: "9dd4e461268c8034f5c8564e155c67a6" });
  });
});

describe("a name that cannot be a file here", () => {
  it.each([
    ["leads upwards", "../out.csv"],
    ["leads upwards further in", "a/../../out.csv"],
    ["is the folder itself", "a/./b.csv"],
    ["has an empty part", "a//b.csv"],
    ["begins at the root", "/etc/passwd"],
    ["is too long", `${"x".repeat(256)}.csv`],
    ["is that of our own folder", ".batchdeck-download/1"],
  ])("is refused before anything is fetched: it %s", async (why, name) => {
    const prefix = `names ${why}`;
    await put(`${prefix}/good.csv`, "good");
    await put(`${prefix}/${name}`, "bad");
    const what = target(prefix, prefix);
    expect(said(await opened().store.download(what, unheard, uncancelled))).toMatch(/, which cannot be a file here\. /);
    expect(fs.readdirSync(what.folder)).toEqual([]);
  });

  it.each([
    ["differs from another in capitals alone", ["a.csv", "A.csv"]],
    ["differs in how its accents are written", ["é.csv", "e\u0301.csv"]],
    ["is a file and a folder", ["a", "A/b.csv"]],
  ])("is refused when it %s", async (why, names) => {
    for (const name of names) await put(`twice ${why}/${name}`, name);
    const what = target(`twice ${why}`, `twice ${why}`);
    expect(said(await opened().store.download(what, unheard, uncancelled))).toMatch(/ twice: in other capitals, /);
    expect(fs.readdirSync(what.folder)).toEqual([]);
  });
});

describe("a record of a datastore", () => {
  it.each([
    ["http", { protocol: "http" }],
    ["another protocol", { protocol: "https://evil.test/?" }],
    ["an account with a host in it", { accountName: "evil.test/x" }],
    ["an account with a user in it", { accountName: "a@evil" }],
    ["a container with a path in it", { containerName: "a/../b" }],
    ["an endpoint with a path in it", { endpoint: "evil.test/" }],
    ["an endpoint with a user in it", { endpoint: "x@evil.test" }],
    ["an endpoint that is not the cloud's", { endpoint: "evil.test" }],
    ["another port", { endpoint: "lab.test:1" }],
  ])("opens nothing when it holds %s", (_why, part) => {
    const { storage, principal } = opened();
    const place = { ...storage.place, ...part };
    expect(() => openTestStore(storage.cloud, principal, place, { patience: testPatience })).toThrow(
      /^(datastore\/invalid:blobs|azure\/host-refused)/,
    );
  });
});
