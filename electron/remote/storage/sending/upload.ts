import { type Result, success } from "../../../contract/problem.ts";
import {
  type ContentFacts,
  type ContentLedger,
  type HashedFile,
  openContentLedger,
} from "../../../data/content/content-ledger.ts";
import type { OnTransfer, Upload, Uploaded } from "../transfers.ts";
import type { Container } from "../container.ts";
import { createFlight } from "../flight.ts";
import { listBelow } from "../list-blobs.ts";
import { createPace } from "../pace.ts";
import { type Sending, startSending } from "./send-file.ts";
import type { TransferSizes } from "../transfer-sizes.ts";
import { createTransferMeter } from "../transfer-meter.ts";

/** Files that are read from the ledger at once, and that are written to it at once when they were sent. */
const groupFiles = 500;

/** `BlobStore.upload`. */
export async function upload(
  container: Container,
  { folder, ledgerFile, prefix, pace = createPace() }: Upload,
  sizes: TransferSizes,
  onProgress: OnTransfer,
  signal: AbortSignal,
): Promise<Result<Uploaded>> {
  const opened = openContentLedger(ledgerFile);
  if (!opened.ok) return opened;
  const ledger = opened.value;
  try {
    const facts = ledger.facts();
    if (facts === null) throw new Error("Nothing is sent before its content address is known.");
    const meter = createTransferMeter(onProgress);
    meter.setTotal(facts.files, facts.bytes);
    const there = await findSent(container, prefix, ledger, signal);
    if (!there.ok) return there;
    meter.found(there.value.files, there.value.bytes);
    const flight = createFlight(sizes.flight, signal);
    const sent = { files: 0, bytes: 0 };
    const sending: Sending = {
      container,
      folder,
      prefix,
      blockBytes: sizes.blockBytes,
      pace,
      meter,
      flight,
      sources: new Set(),
      onSent({ sizeBytes }) {
        sent.files += 1;
        sent.bytes += sizeBytes;
        meter.finished(1);
      },
    };
    const landed = await flight
      .land(() => sendAll(sending, ledger))
      .finally(() => Promise.all([...sending.sources].map((source) => source.close())));
    if (!landed.ok) return landed;
    meter.end();
    return success({ ...countsOf(facts), sentFiles: sent.files, sentBytes: sent.bytes });
  } finally {
    ledger.close();
  }
}

function countsOf({ files, bytes }: ContentFacts): Pick<Uploaded, "files" | "bytes"> {
  return { files, bytes };
}

async function sendAll(sending: Sending, ledger: ContentLedger): Promise<void> {
  let after = "";
  for (;;) {
    const files: readonly HashedFile[] = ledger.unsent(after, groupFiles);
    for (const file of files) {
      if (!(await startSending(sending, file))) return;
      after = file.path;
    }
    if (files.length < groupFiles) return;
  }
}

/** Asks the service what of it there is, by name and length: what lies below the prefix is of this content alone. */
async function findSent(
  container: Container,
  prefix: string,
  ledger: ContentLedger,
  signal: AbortSignal,
): Promise<Result<{ readonly files: number; readonly bytes: number }>> {
  ledger.forgetSent();
  let [files, bytes] = [0, 0];
  for await (const page of listBelow(container, prefix, signal)) {
    if (!page.ok) return page;
    const marked = ledger.markSent(page.value);
    files += marked.files;
    bytes += marked.bytes;
  }
  return success({ files, bytes });
}
