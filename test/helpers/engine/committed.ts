import type { CommittedMiniBatch } from "../../../electron/contract/messages/worker-messages.ts";

/** What a worker says of a mini-batch of ten items that it has scored and written. */
export function committedMiniBatch(miniBatchId: number, changes: Partial<CommittedMiniBatch> = {}): CommittedMiniBatch {
  return {
    miniBatchId,
    attempt: 1,
    offset: miniBatchId * 60,
    rowsBytes: 50,
    errorsBytes: 10,
    checksum: "0123456789abcdef",
    itemFiles: null,
    succeeded: 10,
    failed: 0,
    notANumber: 0,
    rows: 10,
    columns: null,
    failedParts: [],
    smallestRun: null,
    times: { read: 1, preprocess: 1, infer: 1, postprocess: 1, write: 1 },
    startedAt: 1,
    durationMs: 5,
    processMs: 5,
    ...changes,
  };
}
