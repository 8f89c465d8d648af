const maxSilenceMs = 250;

/** Call it for each file that was looked at; await what it returns: null when nothing is due. */
export type ReportProgress = (looked: number, found?: number) => Promise<void> | null;

/**
 * Reports how many files were found, every `filesBetween` of them and at least four times a second: on a slow share one
 * file may take longer than hundreds elsewhere, and whoever waits takes a silent process for a dead one.
 */
export function createProgress(onProgress: (files: number) => void, filesBetween: number): ReportProgress {
  let reportedAt = performance.now();
  return (looked, found = looked) => {
    if (looked % filesBetween !== 0 && performance.now() - reportedAt < maxSilenceMs) return null;
    reportedAt = performance.now();
    onProgress(found);
    return breathe();
  };
}

/** Lets messages in and out, and the end of the parent be noticed. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
