/** Something that is done every so often, by a clock that never goes back. */
export type Pacer = {
  /** Asking when it is due counts as doing it. */
  readonly isDue: (nowMs: number) => boolean;
  /** It is due at once. */
  readonly hurry: () => void;
};

export function createPacer(intervalMs: number): Pacer {
  let doneAt = Number.NEGATIVE_INFINITY;
  return {
    isDue(nowMs) {
      if (nowMs - doneAt < intervalMs) return false;
      doneAt = nowMs;
      return true;
    },
    hurry() {
      doneAt = Number.NEGATIVE_INFINITY;
    },
  };
}
