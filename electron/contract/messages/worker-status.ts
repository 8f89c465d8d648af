import type { ItemStage } from "../item-error.ts";

/**
 * What a worker is doing: 16 bytes that it overwrites at the start of its status file before anything that may kill it
 * (decoding a picture, `session.run`), and when it takes up a mini-batch. A message could be lost with the process; a page written is not.
 * Little-endian: mini-batch id, first item, end item (exclusive), stage (0: no mini-batch is worked on).
 */
export type WorkerStatus = {
  readonly miniBatchId: number;
  readonly start: number;
  readonly end: number;
  /** `idle`: between mini-batches. `working`: in a mini-batch, but in none of its runs: start and end are 0. */
  readonly stage: "idle" | "working" | Extract<ItemStage, "preprocess" | "infer">;
};

export const workerStatusBytes = 16;
const stages = ["idle", "working", "preprocess", "infer"] as const;

export function writeWorkerStatus(target: DataView, status: WorkerStatus): void {
  target.setUint32(0, status.miniBatchId, true);
  target.setUint32(4, status.start, true);
  target.setUint32(8, status.end, true);
  target.setUint32(12, stages.indexOf(status.stage), true);
}

/** Null when the file was never written whole, or no mini-batch was worked on. */
export function readWorkerStatus(bytes: Uint8Array): WorkerStatus | null {
  if (bytes.byteLength < workerStatusBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, workerStatusBytes);
  const stage = stages[view.getUint32(12, true)];
  if (stage === undefined || stage === "idle") return null;
  return { miniBatchId: view.getUint32(0, true), start: view.getUint32(4, true), end: view.getUint32(8, true), stage };
}
