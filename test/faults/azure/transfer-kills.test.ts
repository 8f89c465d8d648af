import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readFiles } from "../../azure/storage/contents.ts";
import type { BlobRequest } from "../../azure/storage/operations.ts";
import { storageLab, testSizes } from "../../azure/storage/storage-lab.ts";
import type { TransferTask } from "../../azure/storage/transferring-program.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { seededRandom } from "../../helpers/random.ts";
import { sourceProgram } from "../../helpers/source-program.ts";

/** Programs that send and fetch are killed after any number of requests, and the next one goes on. */
const { opened, prepare, target } = storageLab("transfer-kills");
const program = path.join(import.meta.dirname, "../../azure/storage/transferring-program.ts");
const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const kills = isLong ? 150 : 10;
const kibibyte = 1024;

beforeAll(() => console.log(`seed: ${seed}`));

const files = {
  ...Object.fromEntries(Array.from({ length: 30 }, (_none, index) => [`small/${index}.csv`, 10 + index])),
  "empty.csv": 0,
  ...Object.fromEntries(Array.from({ length: 5 }, (_none, index) => [`large/${index}.bin`, 4000 * kibibyte + index])),
};

function start(task: TransferTask): ChildProcess {
  const { lab, principal } = opened();
  return spawn(process.execPath, sourceProgram(program, JSON.stringify(task)), {
    env: {
      ...process.env,
      BATCHDECK_CLOUD: lab.cloudFile,
      AZURE_TENANT_ID: principal.tenant,
      AZURE_CLIENT_ID: principal.clientId,
      AZURE_CLIENT_SECRET: principal.secret,
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

const endOf = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once("exit", resolve));

/** Kills it after some of the requests that move bytes, over and over; at last one may come to its end. */
async function killAndGoOn(task: TransferTask, counts: (asked: BlobRequest) => boolean): Promise<void> {
  const { storage } = opened();
  const random = seededRandom(seed);
  for (let kill = 0; kill < kills; kill += 1) {
    let left = 1 + Math.floor(random() * 6);
    const child = start(task);
    storage.disturb((asked) => {
      if (counts(asked)) left -= 1;
      if (left === 0) child.kill("SIGKILL");
      return null;
    });
    await endOf(child);
    await storage.idle();
  }
  storage.disturb(null);
  expect(await endOf(start(task))).toBe(0);
}

describe("a program that is killed over and over", () => {
  it("sends every file and block once, and all of them in the end", async () => {
    const upload = await prepare("sent", files);
    await killAndGoOn({ place: opened().storage.place, sizes: testSizes, upload }, ({ id }) => id.startsWith("Put"));
    const done = opened()
      .storage.seen()
      .filter(({ isDone, id }) => isDone && id === "Put Blob")
      .map(({ blob }) => blob);
    expect(new Set(done).size).toBe(done.length);
    for (const [name, content] of Object.entries(readFiles(upload.folder))) {
      expect((await opened().storage.read(`${upload.prefix}/${name}`))?.toString("base64"), name).toBe(content);
    }
  });

  it("fetches every file whole, and of a large one only what is not on the disk", async () => {
    const upload = await prepare("to-fetch", files, 2);
    const { store, storage } = opened();
    await store.upload(upload, () => undefined, new AbortController().signal);
    const download = target("to-fetch", upload.prefix);
    const before = storage.seen().length;
    await killAndGoOn({ place: storage.place, sizes: testSizes, download }, ({ id }) => id === "Get Blob");
    expect(readFiles(download.folder)).toEqual(readFiles(upload.folder));
    const asked = storage
      .seen()
      .slice(before)
      .filter(({ id }) => id === "Get Blob").length;
    // What was under way when a program was killed comes again, and nothing else.
    expect(asked).toBeLessThanOrEqual(30 + 5 * 8 + kills * testSizes.flight.requests);
  });
});
