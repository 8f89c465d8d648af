import { powerSaveBlocker } from "electron";

/** Keeps the computer from falling asleep while jobs run; the screen may go dark. */
export function createSleepGuard(): { readonly jobsRunning: (running: boolean) => void } {
  let blocker: number | null = null;
  return {
    jobsRunning(running) {
      if (running && blocker === null) blocker = powerSaveBlocker.start("prevent-app-suspension");
      if (!running && blocker !== null) {
        powerSaveBlocker.stop(blocker);
        blocker = null;
      }
    },
  };
}
