import fs from "node:fs";
import path from "node:path";
import { openContentLedger } from "../../../electron/data/content/content-ledger.ts";
import { addressOf } from "../../../electron/data/content/hash-files.ts";
import { compareCodePoints } from "../../../electron/data/listing/code-points.ts";
import type { ListedFile } from "../../../electron/data/listing/listing.ts";
import { seededRandom } from "../../helpers/random.ts";
import { valueOf } from "../../helpers/value-of.ts";

/** Writes files of random bytes below a folder, by their names and sizes; the same seed gives the same bytes. */
export function writeFiles(folder: string, sizes: Readonly<Record<string, number>>, seed = 1): void {
  const random = seededRandom(seed);
  for (const [name, bytes] of Object.entries(sizes)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(
      file,
      Buffer.from(Uint32Array.from({ length: Math.ceil(bytes / 4) }, () => random() * 2 ** 32).buffer).subarray(
        0,
        bytes,
      ),
    );
  }
}

/** Every file below a folder, as a listing has it. */
export function listFiles(folder: string): readonly ListedFile[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const { size, mtimeMs, ino } = fs.statSync(file);
      return { path: path.relative(folder, file), sizeBytes: size, modifiedMs: mtimeMs, inode: ino };
    });
}

/** What the files of a folder hold, by their names. */
export function readFiles(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listFiles(folder)
      .filter(({ path: name }) => !name.startsWith("."))
      .map(({ path: name }) => [name, fs.readFileSync(path.join(folder, name)).toString("base64")])
      .sort(([left = ""], [right = ""]) => (left < right ? -1 : 1)),
  );
}

/** The content address of all files of a folder, found in this process; what is known of them is in the ledger then. */
export async function addressOfFolder(folder: string, ledgerFile: string): Promise<string> {
  const ledger = valueOf(openContentLedger(ledgerFile));
  const files = [...listFiles(folder)].sort((left, right) => compareCodePoints(left.path, right.path));
  const { address } = valueOf(await addressOf(folder, files, ledger, () => Promise.resolve()));
  ledger.close();
  return address;
}
