import fs from "node:fs";
import { workerStatusBytes, writeWorkerStatus } from "../../electron/contract/messages/worker-status.ts";
import type { WorkerStatus } from "../../electron/contract/messages/worker-status.ts";
import { ownerOnly } from "../../electron/contract/processes/file-modes.ts";

/** The worker's status file: what it is about to do, for whoever finds it dead. */
export type StatusFile = {
  /** These items are next in what may kill: decoding, or a run of the model. */
  readonly risk: (miniBatchId: number, start: number, end: number, stage: "preprocess" | "infer") => void;
  /** The mini-batch is worked on, outside of any run. */
  readonly working: (miniBatchId: number) => void;
  /** No mini-batch is worked on. */
  readonly idle: () => void;
  readonly close: () => void;
};

/** Creates the file anew. Throws what `fs` throws. */
export function createStatusFile(file: string): StatusFile {
  const descriptor = fs.openSync(file, "w", ownerOnly.file);
  const bytes = new Uint8Array(workerStatusBytes);
  const view = new DataView(bytes.buffer);
  const write = (status: WorkerStatus) => {
    writeWorkerStatus(view, status);
    fs.writeSync(descriptor, bytes, 0, workerStatusBytes, 0);
  };
  const nothing: WorkerStatus = { miniBatchId: 0, start: 0, end: 0, stage: "idle" };
  write(nothing);
  return {
    risk: (miniBatchId, start, end, stage) => write({ miniBatchId, start, end, stage }),
    working: (miniBatchId) => write({ miniBatchId, start: 0, end: 0, stage: "working" }),
    idle: () => write(nothing),
    close: () => fs.closeSync(descriptor),
  };
}
