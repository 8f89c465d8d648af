import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Result } from "../../../electron/contract/problem.ts";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import type { BlobStore, Download, Upload } from "../../../electron/remote/storage/blob-store.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { valueOf } from "../../helpers/value-of.ts";
import { type Lab, startLab } from "../lab.ts";
import { addressOfFolder, readFiles, writeFiles } from "./contents.ts";
import { openTestStore, type Principal } from "./open-store.ts";
import { startStorage, type Storage } from "./storage.ts";

const kibibyte = 1024;
/** So small that files of some megabytes have many blocks. */
export const testSizes = { blockBytes: 512 * kibibyte, flight: { requests: 8, bytes: 2048 * kibibyte } };
export const testPatience = { retries: 4, firstWaitMs: 10, mostWaitMs: 2000 };
export const uncancelled = new AbortController().signal;
export const unheard = (): void => undefined;

/** A storage account for the tests of a file, with what sends to it and fetches from it. To be called outside of tests. */
export function storageLab(label: string) {
  const folder = temporaryFolder(label);
  const application = { clientId: randomUUID(), secret: "Secret~of-the-application" };
  let opened: {
    readonly lab: Lab;
    readonly storage: Storage;
    readonly principal: Principal;
    readonly store: BlobStore & { readonly close: () => void };
  };

  beforeAll(async () => {
    const lab = await startLab(folder, { applications: [application] });
    const storage = await startStorage(lab, folder);
    const principal = { tenant: lab.tenant, ...application };
    const store = openTestStore(storage.cloud, principal, storage.place, { sizes: testSizes, patience: testPatience });
    opened = { lab, storage, principal, store };
  });
  afterEach(() => {
    opened.storage.disturb(null);
    opened.storage.allow("everything");
  });
  afterAll(async () => {
    opened.store.close();
    await opened.storage.close();
    await opened.lab.close();
  });

  /** What a download takes. */
  function target(name: string, prefix: string): Download {
    const place = path.join(folder, name, "target");
    fs.mkdirSync(place, { recursive: true });
    return { prefix, folder: place, ledgerFile: path.join(folder, name, "download.db") };
  }

  return {
    folder,
    opened: () => opened,
    /** A folder that is to be sent, and what an upload of it takes. */
    prepare: async (name: string, files: Readonly<Record<string, number>>, seed = 1): Promise<Upload> => {
      const source = path.join(folder, name, "source");
      writeFiles(source, files, seed);
      const ledgerFile = path.join(folder, name, "content.db");
      const address = await addressOfFolder(source, ledgerFile);
      return { folder: source, ledgerFile, prefix: `batchdeck/${name}-${address}` };
    },
    target,
    /** Downloads it, and what the files hold then. */
    fetch: async (name: string, prefix: string): Promise<ReturnType<typeof readFiles>> => {
      const what = target(name, prefix);
      valueOf(await opened.store.download(what, unheard, uncancelled));
      expect(fs.readdirSync(what.folder).filter((entry) => entry.startsWith("."))).toEqual([]);
      return readFiles(what.folder);
    },
  };
}

/** What a user is told. */
export function said(result: Result<unknown>): string {
  return result.ok ? "nothing went wrong" : problemSentence(result.problem);
}
