import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { _electron, type ElectronApplication, type Locator, type Page } from "playwright-core";
import { type ElectronRuntime, prepareElectronRuntime } from "../../electron-runtime/prepare.ts";

/** A place of its own for one test: a workspace, what Electron keeps of a user, and room for inputs. */
export type DesktopPlace = {
  readonly folder: string;
  readonly home: string;
  readonly remove: () => void;
};

export function makeDesktopPlace(): DesktopPlace {
  const folder = mkdtempSync(path.join(os.tmpdir(), "batchdeck-desktop-"));
  const home = path.join(folder, "workspace");
  return {
    folder,
    home,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

/** A running Batchdeck with its window. */
export type RunningDesktop = {
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** Drops files or folders (absolute paths) on an element, as a file manager does. */
  readonly drop: (target: Locator, paths: readonly string[]) => Promise<void>;
  /** Resolves when the program has ended, whoever ended it. */
  readonly ended: Promise<unknown>;
  /** Ends the program as a user does who has no jobs running. */
  readonly close: () => Promise<void>;
  /** SIGKILL, as a power cut would. */
  readonly kill: () => Promise<void>;
};

/** What a program needs to start on a test machine; nothing that would lead it to the user's own files. */
export function desktopEnvironment(place: DesktopPlace, runtime: ElectronRuntime): Record<string, string> {
  const passedOn = ["PATH", "HOME", "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "LD_LIBRARY_PATH", "BATCHDECK_DEBUG"];
  const inherited = passedOn.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    LANG: "en_US.UTF-8",
    XDG_CONFIG_HOME: path.join(place.folder, "config"),
    BATCHDECK_HOME: place.home,
    ...runtime.environment,
  };
}

const repository = path.join(import.meta.dirname, "../../..");

/** Starts the built app and waits until its window shows the page: with switches of Chromium's, and other variables. */
export async function launchDesktop(
  place: DesktopPlace,
  switches: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningDesktop> {
  if (process.platform === "linux" && process.env["DISPLAY"] === undefined) {
    throw new Error("There is no display; run this with: xvfb-run -a -s '-screen 0 1600x1000x24' …");
  }
  mkdirSync(path.join(place.folder, "config"), { recursive: true });
  const runtime = await prepareElectronRuntime();
  // Playwright starts Chromium without its outer sandbox on Linux, which root could not use anyway.
  const electron = await _electron.launch({
    executablePath: runtime.executable,
    args: [repository, ...switches],
    env: { ...desktopEnvironment(place, runtime), ...environment },
    timeout: 60_000,
  });
  const child = electron.process();
  const page = await electron.firstWindow();
  await page.waitForLoadState("load");
  const ended = once(child, "exit");
  return {
    electron,
    page,
    ended,
    drop: (target, paths) => drop(page, target, paths),
    async close() {
      await electron.close();
      await ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function drop(page: Page, target: Locator, paths: readonly string[]): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (box === null) throw new Error("The element to drop on is not visible.");
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, ...place, data });
  }
  await session.detach();
}
