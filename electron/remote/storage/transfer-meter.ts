import { createRateMeter } from "../../jobs/run/rate.ts";
import type { OnTransfer } from "./transfers.ts";

/** Counts a transfer, and reports it a few times a second. */
export type TransferMeter = {
  readonly setTotal: (files: number, bytes: number) => void;
  /** There without being moved. */
  readonly found: (files: number, bytes: number) => void;
  /** On their way; of a try that failed they are taken back. */
  readonly moved: (bytes: number) => void;
  readonly finished: (files: number) => void;
  /** The last word. */
  readonly end: () => void;
};

const reportMs = 250;

export function createTransferMeter(onProgress: OnTransfer): TransferMeter {
  const rate = createRateMeter();
  let [doneBytes, totalBytes, doneFiles, totalFiles, movedBytes] = [0, 0, 0, 0, 0];
  let reportedAt = -Infinity;

  function report(isDue = false): void {
    const now = performance.now();
    if (!isDue && now - reportedAt < reportMs) return;
    reportedAt = now;
    rate.add(now, movedBytes);
    onProgress({ doneBytes, totalBytes, doneFiles, totalFiles, bytesPerSecond: rate.rate() });
  }

  return {
    setTotal(files, bytes) {
      [totalFiles, totalBytes] = [files, bytes];
      report(true);
    },
    found(files, bytes) {
      doneFiles += files;
      doneBytes += bytes;
      report();
    },
    moved(bytes) {
      doneBytes += bytes;
      movedBytes += bytes;
      report();
    },
    finished(files) {
      doneFiles += files;
      report();
    },
    end: () => report(true),
  };
}
