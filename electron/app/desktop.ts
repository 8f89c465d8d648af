import { statSync } from "node:fs";
import { type App, type BrowserWindow, dialog, type OpenDialogOptions, shell } from "electron";
import type { Desktop } from "../ipc/desktop.ts";
import { openSignInPage } from "./open-external.ts";

/** Dialogs over the window and the system's file manager. */
export function electronDesktop(app: App, currentWindow: () => BrowserWindow | null): Desktop {
  let lastFolder = app.getPath("home");

  async function choose(options: OpenDialogOptions): Promise<string | null> {
    const window = currentWindow();
    const all = { ...options, defaultPath: lastFolder };
    const answer = window === null ? await dialog.showOpenDialog(all) : await dialog.showOpenDialog(window, all);
    const [chosen] = answer.filePaths;
    if (answer.canceled || chosen === undefined) return null;
    lastFolder = chosen;
    return chosen;
  }

  return {
    version: app.getVersion(),
    chooseInput: (kind) =>
      choose(
        kind === "folder"
          ? { title: "Choose a folder to score", properties: ["openDirectory"] }
          : { title: "Choose a file to score", properties: ["openFile"] },
      ),
    chooseOutputFolder: () =>
      choose({ title: "Choose a folder for the results", properties: ["openDirectory", "createDirectory"] }),
    openSignInPage,
    async openFolder(folder) {
      // Opening a file would run a program of its choice.
      const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
      return isFolder && (await shell.openPath(folder)) === "";
    },
  };
}
