import type { WordTable } from "../speaker.ts";

/** What the window asks of the main process. */
export const windowProblems = {
  "usage/invalid:call": ({ call }: { call: string }) => [`The window asked for ${call} in a way that is not known.`],
  "engine/bug:call": ({ call, reason }: { call: string; reason: string }) => [
    `Something went wrong inside Batchdeck (${call}: ${reason}).`,
    "Try again.",
  ],
  "input/not-found:chosen": ({ name }: { name: string }) => [
    `${name} is not a folder or file that can be read.`,
    "Choose another one.",
  ],
  "input/not-found:not-chosen": () => ["That folder or file was not handed over to this window.", "Choose it again."],
  "input/not-found:dropped": () => ["What was dropped is not a folder or file of this computer.", "Choose it instead."],
  "input/not-found:sample": ({ endpoint }: { endpoint: string }) => [`Endpoint ${endpoint} has no sample.`],
} satisfies Partial<WordTable>;
