import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Listing } from "../../../electron/data/listing/listing.ts";
import {
  readListedFiles,
  readListingTotals,
  sumUpListing,
  writeListing,
} from "../../../electron/data/listing/listing-file.ts";
import { Damage } from "../../../electron/registry/rows/damage.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

/** A list that a disk has damaged is refused as damaged, or is the list that was written. Set DAMAGE_SEED to see a run again. */
const file = path.join(temporaryFolder("listing-damage"), "listing.jsonl");
const seed = Number(process.env["DAMAGE_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = isLong ? 5000 : 150;
const random = seededRandom(seed);

const listing: Listing = {
  files: Array.from({ length: 80 }, (_, index) => ({
    path: `folder {${index % 7}}/part-${String(index).padStart(4, "0")}.csv`,
    sizeBytes: 1000 + index,
    modifiedMs: 1700000000000.25 + index,
  })),
  bytes: 83_160,
  skipped: 2,
  skippedBy: { hidden: 2 },
  skippedNames: { hidden: [".a", ".b"] },
};

/** Null when it is refused as damaged. */
async function read(): Promise<unknown> {
  try {
    const totals = await readListingTotals(file);
    const files = [];
    for await (const one of readListedFiles(file)) files.push(one);
    return { totals, files };
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    expect(error.problem.kind).toBe("registry/damaged:listing");
    return null;
  }
}

function writeWhole(): Buffer {
  writeListing(file, listing);
  return fs.readFileSync(file);
}

const { files, ...counts } = listing;
const hash: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
const wanted = { totals: { version: 1, files: files.length, ...counts, sha256: hash }, files };

describe("a list of files", () => {
  it("is read as it was written", async () => {
    writeWhole();
    expect(await read()).toEqual(wanted);
  });

  it("with a flipped byte is refused as damaged", async () => {
    console.log(`listing damage seed: ${seed}`);
    const whole = writeWhole();
    for (let round = 0; round < rounds; round += 1) {
      const bytes = Buffer.from(whole);
      const at = Math.floor(random() * bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255));
      fs.writeFileSync(file, bytes);
      expect(await read(), `byte ${at}`).toBe(null);
    }
  });

  it("that was cut is refused as damaged, at a line's end too; without its last line alone it is whole", async () => {
    const whole = writeWhole();
    const lineEnds = [...whole.entries()].flatMap(([at, byte]) => (byte === 0x0a ? [at + 1] : []));
    for (const end of lineEnds.slice(0, -2)) {
      fs.writeFileSync(file, whole.subarray(0, end));
      expect(await read(), `cut at ${end}`).toBe(null);
    }
    for (let round = 0; round < rounds; round += 1) {
      const end = Math.floor(random() * (lineEnds.at(-2) ?? 0));
      fs.writeFileSync(file, whole.subarray(0, end));
      expect(await read(), `cut at ${end}`).toBe(null);
    }
    fs.writeFileSync(file, whole.subarray(0, lineEnds.at(-2)));
    expect(await read()).toEqual(wanted);
  });

  it("of an earlier version, which has no last line, is read, and its hash is the same", async () => {
    const whole = writeWhole();
    const { sha256 } = await sumUpListing(file);
    const lastLine = whole.toString("utf8").trimEnd().split("\n").at(-1) ?? "";
    expect(JSON.parse(lastLine)).toEqual({ sha256 });
    fs.writeFileSync(file, whole.subarray(0, whole.length - lastLine.length - 1));
    expect((await sumUpListing(file)).sha256).toBe(sha256);
    expect(await read()).toEqual(wanted);
  });
});
