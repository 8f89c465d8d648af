import fs from "node:fs/promises";
import path from "node:path";
import type { ProcessHost } from "../../../compute/process-host.ts";
import { systemErrno } from "../../../contract/errno.ts";
import { failure, type Result, success } from "../../../contract/problem.ts";
import { startContentChecks } from "../../../data/content/ask-content-address.ts";
import { remove, removeFolder } from "../../../files/patient.ts";
import { blockedBy } from "../../../jobs/folder/blocked.ts";
import { filePathOf } from "./blob-names.ts";
import type { Download, Downloaded, OnTransfer } from "../transfers.ts";
import type { Container } from "../container.ts";
import { type DownloadLedger, type ListedBlob, openDownloadLedger } from "./download-ledger.ts";
import { type Fetching, startFetching } from "./fetch-blob.ts";
import { createFlight } from "../flight.ts";
import { listBlobs } from "../list-blobs.ts";
import { createPace } from "../pace.ts";
import { createPartFiles, partsFolderName } from "./part-files.ts";
import { createTransferMeter } from "../transfer-meter.ts";
import type { TransferSizes } from "../transfer-sizes.ts";

/** So many blobs are asked of the ledger at once. */
const groupBlobs = 500;
/** What changes again and again while it is fetched is not fetched. */
const mostListings = 3;

type Ways = { readonly container: Container; readonly host: ProcessHost; readonly sizes: TransferSizes };

/** `BlobStore.download`. */
export async function download(
  ways: Ways,
  what: Download,
  onProgress: OnTransfer,
  signal: AbortSignal,
): Promise<Result<Downloaded>> {
  const opened = openDownloadLedger(what.ledgerFile);
  if (!opened.ok) return opened;
  const ledger = opened.value;
  try {
    for (let listings = 1; ; listings += 1) {
      if (!ledger.isListed()) {
        const listed = await listInto(ledger, ways.container, what.prefix, signal);
        if (!listed.ok) return listed;
      }
      const fetched = await fetchAll(ways, what, ledger, onProgress, signal);
      // Something else lies there than was listed: files of two states would belong to none.
      if (fetched.ok || fetched.problem.kind !== "input/changed:blob" || listings === mostListings) return fetched;
      await removeFinished(ledger, what.folder);
    }
  } catch (error) {
    const blocked = blockedBy(systemErrno(error), what.folder);
    if (blocked === null) throw error;
    return { ok: false, problem: blocked };
  } finally {
    ledger.close();
  }
}

async function fetchAll(
  { container, host, sizes }: Ways,
  { folder: named, pace = createPace() }: Download,
  ledger: DownloadLedger,
  onProgress: OnTransfer,
  signal: AbortSignal,
): Promise<Result<Downloaded>> {
  const totals = ledger.totals();
  const done = ledger.done();
  const folder = await fs.realpath(named);
  const space = await checkSpace(folder, totals.bytes - done.bytes);
  if (!space.ok) return space;
  const meter = createTransferMeter(onProgress);
  meter.setTotal(totals.files, totals.bytes);
  meter.found(done.files, done.bytes);
  const flight = createFlight(sizes.flight, signal);
  const checks = startContentChecks(host);
  try {
    const parts = await createPartFiles({ folder, container: container.url, ledger, checks, signal: flight.signal });
    const open: Fetching["open"] = new Set();
    const fetching: Fetching = { container, ledger, parts, rangeBytes: sizes.blockBytes, pace, meter, flight, open };
    const landed = await flight
      .land(() => startAll(fetching))
      .finally(() => Promise.all([...open].map((part) => part.close())));
    if (!landed.ok) return landed;
    await parts.remove();
    meter.end();
    return success(totals);
  } finally {
    checks.end();
  }
}

async function startAll(fetching: Fetching): Promise<void> {
  let after = 0;
  for (;;) {
    const blobs = fetching.ledger.wanted(after, groupBlobs);
    for (const blob of blobs) {
      if (!(await startFetching(fetching, blob))) return;
      after = blob.id;
    }
    if (blobs.length < groupBlobs) return;
  }
}

/** What was fetched of a list that is no longer true. */
async function removeFinished(ledger: DownloadLedger, folder: string): Promise<void> {
  for (let after = ""; ; ) {
    const paths = ledger.finished(after, groupBlobs);
    for (const file of paths) await remove(path.join(folder, file));
    after = paths.at(-1) ?? "";
    if (paths.length < groupBlobs) break;
  }
  await removeFolder(path.join(folder, partsFolderName));
  ledger.beginList();
}

/** Asked once, so that whoever goes on fetches the same blobs. No name is trusted, and nothing is fetched before all are known. */
async function listInto(
  ledger: DownloadLedger,
  container: Container,
  prefix: string,
  signal: AbortSignal,
): Promise<Result<null>> {
  ledger.beginList();
  for await (const page of listBlobs(container, prefix, signal)) {
    if (!page.ok) return page;
    const files: ListedBlob[] = [];
    for (const blob of page.value) {
      // Of a single blob the last part of its name.
      const name = blob.path === "" ? prefix.slice(prefix.lastIndexOf("/") + 1) : blob.path;
      const file = filePathOf(name);
      if (file === null || file.split("/")[0] === partsFolderName) {
        return failure("input/unsupported:blob-name", { container: container.url, name });
      }
      files.push({ ...blob, name: joined(prefix, blob.path), path: file });
    }
    ledger.addBlobs(files);
  }
  const twice = ledger.endList();
  return twice === null
    ? success(null)
    : failure("input/unsupported:blob-twice", { container: container.url, name: twice });
}

async function checkSpace(folder: string, needed: number): Promise<Result<null>> {
  const { bavail, bsize } = await fs.statfs(folder);
  const free = bavail * bsize;
  return free >= needed ? success(null) : failure("output/no-space:fetching", { folder, needed, free });
}

function joined(prefix: string, path: string): string {
  return prefix === "" || path === "" ? `${prefix}${path}` : `${prefix}/${path}`;
}
