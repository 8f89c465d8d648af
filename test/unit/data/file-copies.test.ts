import fs from "node:fs";
import path from "node:path";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type FileCopies, createFileCopies } from "../../../electron/data/copies/file-copies.ts";
import type { ListedFile } from "../../../electron/data/listing/listing.ts";
import { openListed } from "../../../electron/data/table-file.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

const root = temporaryFolder("file-copies");
const whole = Number.POSITIVE_INFINITY;
let made = 0;

function write(name: string, content: Buffer): { readonly place: string; readonly file: ListedFile } {
  made += 1;
  const folder = path.join(fs.realpathSync(root), String(made));
  fs.mkdirSync(folder);
  const place = path.join(folder, name);
  fs.writeFileSync(place, content);
  const { size, mtimeMs } = fs.statSync(place);
  return { place, file: { path: name, sizeBytes: size, modifiedMs: mtimeMs } };
}

async function copyOf(name: string, content: Buffer, settings: { encoding?: string; mostBytes?: number } = {}) {
  const { place, file } = write(name, content);
  const folder = path.join(root, `copies-${made}`);
  const copies = createFileCopies({ folder, encoding: null, mostBytes: whole, ...settings });
  return { ...(await make(copies, place, file)), folder };
}

async function make(copies: FileCopies, place: string, file: ListedFile) {
  const opened = openListed(place, file);
  if (!opened.ok) throw new Error(opened.problem.message);
  try {
    const needed = copies.needs(opened.value, file);
    const found = await copies.make(opened.value, file);
    if (!found.ok) return { needed, problem: found.problem, content: null, value: null };
    return { needed, problem: null, content: fs.readFileSync(found.value.copy.path), value: found.value };
  } finally {
    fs.closeSync(opened.value);
  }
}

const table = Buffer.from(Array.from({ length: 20_000 }, (_, row) => `${row},é${Math.sin(row)}\n`).join(""));
const zstd = (bytes: Buffer) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

describe("the copy of a compressed file", () => {
  it.each([
    ["a.csv.gz", gzipSync(table), table],
    ["a.csv.gz", Buffer.concat([gzipSync(table), gzipSync(table)]), Buffer.concat([table, table])],
    ["a.csv.zst", zstd(table), table],
    // As pzstd and a shell's `cat` write them.
    ["a.csv.zst", Buffer.concat([zstd(table), zstd(table)]), Buffer.concat([table, table])],
    ["a.csv.zst", Buffer.concat([Buffer.from("502a4d1804000000ffffffff", "hex"), zstd(table)]), table],
  ])("is what was compressed, of one member or several: %s", async (name, packed, expected) => {
    const { needed, content, value } = await copyOf(name, packed);
    expect(needed).toBe(true);
    expect(content?.equals(expected)).toBe(true);
    expect(value).toMatchObject({ readBytes: packed.length, isWhole: true });
  });

  it("is made once, is whole under its name, and nothing else is left", async () => {
    const { place, file } = write("a.csv.gz", gzipSync(table));
    const folder = path.join(root, `copies-${made}`);
    const copies = createFileCopies({ folder, encoding: null, mostBytes: whole });
    const first = await make(copies, place, file);
    const names = fs.readdirSync(folder);
    expect(names).toEqual([path.basename(first.value?.copy.path ?? "")]);
    const before = fs.statSync(path.join(folder, names[0] ?? ""));
    expect(before.mtimeMs).toBe(first.value?.copy.modifiedMs);
    const second = await make(copies, place, file);
    expect(second.value?.copy).toEqual(first.value?.copy);
    expect(fs.statSync(path.join(folder, names[0] ?? "")).ino).toBe(before.ino);
    // One that is gone is made again, and is the same in all that is known of it.
    fs.rmSync(path.join(folder, names[0] ?? ""));
    expect((await make(copies, place, file)).value?.copy).toEqual(first.value?.copy);
    // What was written there is nobody's but the user's.
    expect(fs.statSync(folder).mode & 0o077).toBe(0);
    expect(fs.statSync(path.join(folder, names[0] ?? "")).mode & 0o077).toBe(0);
  });

  it("of a beginning ends with a line, and says how much of the file it stands for", async () => {
    for (const packed of [gzipSync(table), zstd(table)]) {
      const name = packed[0] === 0x1f ? "a.csv.gz" : "a.csv.zst";
      const { content, value } = await copyOf(name, packed, { mostBytes: 5000 });
      expect(value?.isWhole).toBe(false);
      expect(value?.readBytes).toBeLessThanOrEqual(packed.length);
      expect(content?.at(-1)).toBe(10);
      expect(content?.equals(table.subarray(0, content.length))).toBe(true);
    }
  });

  it.each([
    ["a.csv.gz", gzipSync(table).subarray(0, 20_000), "The gzip data of the file ends too early"],
    ["a.csv.gz", gzipSync(table).subarray(0, -1), "The gzip data of the file ends too early"],
    ["a.csv.gz", flipped(gzipSync(table), 30_000), "The gzip data of the file is damaged"],
    ["a.csv.gz", table, "The name of the file ends in .gz, but it holds no gzip data."],
    ["a.csv.gz", zstd(table), "The name of the file ends in .gz, but it holds no gzip data."],
    ["a.csv.zst", zstd(table).subarray(0, 20_000), "The Zstandard data of the file ends too early"],
    ["a.csv.zst", zstd(table).subarray(0, -1), "The Zstandard data of the file ends too early"],
    ["a.csv.zst", flipped(zstd(table), 30_000), "The Zstandard data of the file is damaged"],
    ["a.csv.zst", table, "The name of the file ends in .zst, but it holds no Zstandard data."],
    ["a.csv.zst", Buffer.concat([zstd(table), table]), "The Zstandard data of the file is damaged"],
    ["empty.csv.gz", gzipSync(""), "The file is empty."],
  ])("is not made of what cannot be trusted, and the true reason is told: %s", async (name, packed, reason) => {
    const { problem, folder } = await copyOf(name, packed);
    expect(problem?.message).toContain(reason);
    expect(problem?.message).toMatch(/^[A-Z].*\.$/);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("is the table or none, whatever byte is flipped", async () => {
    const random = seededRandom(11);
    const small = table.subarray(0, 3000);
    for (const [name, packed] of [
      ["a.csv.gz", gzipSync(small)],
      ["a.csv.zst", zstd(small)],
    ] as const) {
      for (let round = 0; round < 30; round++) {
        const { content, problem } = await copyOf(name, flipped(packed, Math.floor(random() * packed.length)));
        if (content === null) expect(problem?.code).toBe("file-unreadable");
        else expect(content.equals(small)).toBe(true);
      }
    }
  });

  it("that would fill the disk is given up soon, and not kept", async () => {
    const bombs = {
      "a.csv.gz": gzipSync(Buffer.alloc(80 * 1024 * 1024, "1,2\n")),
      "a.csv.zst": zstd(Buffer.alloc(80 * 1024 * 1024, "1,2\n")),
    };
    for (const [name, packed] of Object.entries(bombs)) {
      const { problem, folder } = await copyOf(name, packed);
      expect(problem?.message).toMatch(/^The file unpacks to more than 250 times its size/);
      expect(fs.readdirSync(folder)).toEqual([]);
    }
  });

  it("is not made of a file that was changed meanwhile", async () => {
    const { place, file } = write("a.csv.gz", gzipSync(table));
    const opened = fs.openSync(place, "r");
    fs.appendFileSync(place, "more");
    const copies = createFileCopies({ folder: path.join(root, `copies-${made}`), encoding: null, mostBytes: whole });
    const found = await copies.make(opened, file);
    fs.closeSync(opened);
    expect(found).toMatchObject({ ok: false, problem: { code: "input-changed" } });
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other[at] = (other[at] ?? 0) ^ 0x10;
  return other;
}
