/** When a helper process counts as stuck: `ms` after the question was sent, or, of `silence`, after its last message. */
export type HelperTimeout = { readonly ms: number; readonly of: "answer" | "silence" };

const second = 1000;
const minute = 60 * second;

/** How long a helper process may take for one question. Work whose length nobody knows reports progress: only silence ends it. */
export const helperTimeouts = {
  /** A broken driver hangs; opening a device and measuring a model on it take seconds. */
  device: { ms: 30 * second, of: "answer" },
  /** The largest model that may be opened is read in well under a minute from a slow disk. */
  model: { ms: minute, of: "answer" },
  /** Four runs of one or two items; a model that takes longer is opened without knowing how they go together. */
  modelTrial: { ms: 20 * second, of: "answer" },
  /** A sleeping disk wakes and a share reconnects within two minutes, or will not. */
  input: { ms: 2 * minute, of: "silence" },
  /** The last page of a file of 10 GB is found by reading all of it, from a slow disk at 50 MB a second. */
  results: { ms: 4 * minute, of: "answer" },
  /** A sleeping disk wakes within half a minute; the largest picture that is decoded takes seconds. */
  picture: { ms: 40 * second, of: "answer" },
  /** What was scored of the first items is shown with them, and does not wait for a picture that takes longer. */
  seenPictures: { ms: 20 * second, of: "silence" },
  /** What Azure wrote is read whole before the first word, from a slow disk at 50 MB a second. */
  convert: { ms: 30 * minute, of: "silence" },
  /** Nothing is reported while both jobs are opened, which may read a large file once; then several times a second. */
  compare: { ms: 10 * minute, of: "silence" },
} as const satisfies Readonly<Record<string, HelperTimeout>>;
