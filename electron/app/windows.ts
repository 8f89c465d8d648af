import path from "node:path";
import { BrowserWindow } from "electron";
import { startPage } from "./scheme.ts";
import { backgroundColor, followSystemTheme } from "./theme.ts";

export type WindowHooks = {
  readonly log: (line: string) => void;
  /** The page is (being) gone: what it was told is forgotten. */
  readonly onPageGone: () => void;
  /** The user asked to close the window; true lets it close. */
  readonly mayClose: () => boolean;
};

/** Crashes of the page after which it is loaded again; more within five minutes and it stays as it is. */
const reloadsAllowed = 3;
const crashWindowMs = 5 * 60_000;

export type WindowFiles = {
  /** The folder of the bundles; the preload script is one of them. */
  readonly programsFolder: string;
  readonly icon: string;
};

/** Makes the one window: sandboxed, isolated, without Node, shown when its first frame is drawn. */
export function openMainWindow({ programsFolder, icon }: WindowFiles, hooks: WindowHooks): BrowserWindow {
  const window = new BrowserWindow({
    title: "Batchdeck",
    icon,
    width: 1280,
    height: 800,
    minWidth: 960,
    minHeight: 600,
    show: false,
    backgroundColor: backgroundColor(),
    webPreferences: {
      preload: path.join(programsFolder, "preload.cjs"),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  followSystemTheme(window);
  window.once("ready-to-show", () => window.show());
  window.on("close", (event) => {
    if (!hooks.mayClose()) event.preventDefault();
  });

  const contents = window.webContents;
  contents.on("did-start-navigation", (details) => {
    if (details.isMainFrame && !details.isSameDocument) hooks.onPageGone();
  });
  contents.on("did-fail-load", (_event, code, description, address, isMainFrame) => {
    hooks.log(`The page ${address} was not loaded: ${description} (${code}).`);
    // A window that never becomes ready to show would be a program that seems not to start.
    if (isMainFrame && !window.isDestroyed()) window.show();
  });
  const crashes: number[] = [];
  contents.on("render-process-gone", (_event, details) => {
    hooks.log(`The page's process went: ${details.reason} (${details.exitCode}).`);
    hooks.onPageGone();
    if (details.reason === "clean-exit" || window.isDestroyed()) return;
    const now = Date.now();
    crashes.push(now);
    if (crashes.filter((at) => now - at < crashWindowMs).length <= reloadsAllowed) contents.reload();
  });
  void window.loadURL(startPage).catch(() => {
    // did-fail-load has told.
  });
  return window;
}

/** Brings a window to the front, wherever it was. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
