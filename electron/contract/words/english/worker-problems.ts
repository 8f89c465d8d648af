import type { WordTable, WrittenWords } from "../speaker.ts";

const mended = "batchdeck deployment update -f FILE --trust";

function initFailed(message: string, traces: string): WrittenWords {
  return [message, `What it said is in ${traces}; mend the script, then: ${mended}`];
}

/** The processes that run models and scripts. */
export const workerProblems = {
  "worker/cannot-start": ({ times }: { times: number }) => [
    `Worker processes ended ${times} times in a row before they were ready.`,
    "Check that the model still opens (batchdeck model show), then resume the job.",
  ],
  "worker/cannot-start:model": ({ reason }: { reason: string }) => [
    `A worker could not open the model: ${reason}`,
    "Create the deployment again from a model that opens.",
  ],
  "worker/crash-loop": ({ items }: { items: number }) => [
    `The model ended its worker process on ${items} different items in a row, and no item in between succeeded.`,
    "Try the model on one item, or create the deployment from another version of it.",
  ],
  "worker/crash-loop:between": ({ times }: { times: number }) => [
    `Worker processes ended ${times} times in a row, between mini-batches.`,
    "Look into the log of the job, then resume it.",
  ],
  /** `reason` is a whole sentence: what the script's process said. */
  "script/failed:init": ({ reason, traces }: { reason: string; traces: string }) => initFailed(reason, traces),
  "script/failed:init-timeout": ({ seconds, times, traces }: { seconds: number; times: number; traces: string }) =>
    initFailed(`init() of the script did not end within ${seconds} seconds, ${times} times in a row.`, traces),
  "script/invalid:start": ({ reason }: { reason: string }) => [reason, `Mend the script, then: ${mended}`],
  "script/not-trusted:start": ({ reason }: { reason: string }) => [
    reason,
    `Look at the original of the code, then: ${mended}`,
  ],
  "environment/invalid:start": ({ reason }: { reason: string }) => [
    reason,
    "Create the environment again with an interpreter that is there: batchdeck environment create -n NAME --python PATH",
  ],
  "model/unreadable:measuring": ({ reason }: { reason: string }) => [`The model could not be measured: ${reason}`],
  "scorer/invalid:tokenizer": ({ file, reason }: { file: string; reason: string }) => [
    `The tokenizer "${file}" cannot be used: ${reason}.`,
    "Use the tokenizer.json that was published with the model.",
  ],
} satisfies Partial<WordTable>;
