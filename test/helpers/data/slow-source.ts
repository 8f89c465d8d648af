import fs from "node:fs/promises";
import path from "node:path";
import { failure, success } from "../../../electron/contract/problem.ts";
import type { InputSource, RemoteFile } from "../../../electron/jobs/submit/input-source.ts";
import { sleep } from "../sleep.ts";

/** Addresses that begin like this lie in the folder that a slow source was made of. */
export const slowAddress = "https://stand-in.example/";

/** Fetches from a local folder, piece by piece with a pause after each, and writes down in a file what it was asked. */
export function slowSource(options: {
  readonly folder: string;
  readonly logFile: string;
  readonly pieceBytes: number;
  readonly pauseMs: number;
  /** Instead of what lies there. */
  readonly names?: readonly string[];
}): InputSource {
  const { folder, logFile, pieceBytes, pauseMs } = options;
  const placeOf = (address: string) => path.join(folder, address.slice(slowAddress.length));
  const describe = async (root: string, name: string): Promise<RemoteFile> => {
    const place = path.join(root, name);
    const { size, mtimeMs } = await fs.stat(place);
    return { path: name, sizeBytes: size, version: String(mtimeMs), identity: place };
  };
  return {
    canFetch: (address) => address.startsWith(slowAddress),
    isCharged: () => false,
    async list(address, kind) {
      await fs.appendFile(logFile, "list\n");
      if (options.names !== undefined) {
        return success(options.names.map((name) => ({ path: name, sizeBytes: 1, version: "1", identity: name })));
      }
      const root = kind === "file" ? path.dirname(placeOf(address)) : placeOf(address);
      const names =
        kind === "file"
          ? [path.basename(placeOf(address))]
          : (await fs.readdir(root, { recursive: true, withFileTypes: true }))
              .filter((entry) => entry.isFile())
              .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
      return success(await Promise.all(names.map((name) => describe(root, name))));
    },
    async fetch({ address, file, target }, onBytes, signal) {
      await fs.appendFile(logFile, `fetch ${file.path}\n`);
      const place = placeOf(address);
      const from = path.basename(place) === file.path ? place : path.join(place, file.path);
      if (String((await fs.stat(from)).mtimeMs) !== file.version) {
        return failure("input/changed", `"${file.path}" has changed.`, "Invoke again.");
      }
      const content = await fs.readFile(from);
      const handle = await fs.open(target, "w");
      try {
        for (let at = 0; at < content.length; at += pieceBytes) {
          if (signal.aborted) return failure("input/unreadable", "The download was stopped.");
          const piece = content.subarray(at, at + pieceBytes);
          await handle.write(piece);
          onBytes(piece.length);
          await sleep(pauseMs);
        }
      } finally {
        await handle.close();
      }
      await fs.appendFile(logFile, `done ${file.path}\n`);
      return success(null);
    },
  };
}
