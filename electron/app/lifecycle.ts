import { type App, type BrowserWindow, dialog, powerMonitor } from "electron";
import type { QuitAnswer, QuitControl } from "./quit.ts";

/** False when Batchdeck runs already for this user: that one was asked to show its window, and this one must end. */
export function claimSingleInstance(app: App, onSecondStart: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on("second-instance", onSecondStart);
  return true;
}

/** An exception that nothing caught is a bug: it is logged and told, and the program ends. Jobs go on next time. */
export function endOnBugs(app: App, log: (line: string) => void): void {
  const end = (error: unknown) => {
    log(`A bug ended the program: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    dialog.showErrorBox(
      "Batchdeck has to close",
      "Something went wrong inside Batchdeck. Jobs that were running go on when you start it again.",
    );
    app.exit(1);
  };
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
}

/** The question when the program is to end while jobs run. */
export async function askBeforeQuit(window: BrowserWindow | null): Promise<QuitAnswer> {
  const answers: readonly QuitAnswer[] = ["background", "stop", "stay"];
  const options = {
    type: "question" as const,
    title: "Batchdeck",
    message: "Jobs are still running.",
    detail:
      "They can go on without a window; Batchdeck then ends when they are done. Stopped jobs go on from where they were when you start Batchdeck again.",
    buttons: ["Keep running in the background", "Stop after the current batch", "Cancel"],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  };
  const { response } =
    window === null ? await dialog.showMessageBox(options) : await dialog.showMessageBox(window, options);
  return answers[response] ?? "stay";
}

/** Connects the ways in which a program ends to the quit control. */
export function connectQuit(app: App, quit: QuitControl): void {
  app.on("before-quit", (event) => {
    if (quit.isEnding()) return;
    event.preventDefault();
    quit.request();
  });
  // The window only closes while ending, and ending ends the process itself.
  app.on("window-all-closed", () => undefined);
  powerMonitor.on("shutdown", quit.endNow);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, quit.endNow);
}
