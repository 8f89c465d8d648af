import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CsvDialect,
  createRecordScanner,
  type ReadOn,
  type RecordRest,
  recordCells,
  scanRecord,
  setScannerWindow,
  defaultDialect,
} from "../../../electron/contract/tables/csv.ts";
import { readHeader } from "../../../electron/data/table-file.ts";
import { splitText } from "../../../electron/data/cut/split-text.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { seededRandom } from "../../helpers/random.ts";
import { expectSame } from "../../helpers/expect-same.ts";
import { type Row, readSlices, readTable } from "../../helpers/data/csv-rows.ts";

const comma: CsvDialect = defaultDialect;
const noLimit = Number.POSITIVE_INFINITY;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "batchdeck-csv-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Found = { readonly text: string; readonly next: number; readonly flaw: string | null };

/** The rules of the interface once more, slowly and with other means: one pattern a cell, at every position. */
function expectedRecords(text: string): Found[] {
  const records: Found[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = at;
    let next = -1;
    let flaw: string | null = null;
    while (next === -1) {
      const quoted = /^"(?:[^"]|"")*"(?=,|\r*\n|\r*$)/.exec(text.slice(cell));
      const isBad = text[cell] === '"' && quoted === null;
      const plain = /^[^,\n]*/.exec(text.slice(cell)) as RegExpExecArray;
      const end = cell + (quoted ?? plain)[0].length;
      if (isBad) {
        flaw = "row-quote";
        const lineEnd = text.indexOf("\n", cell);
        next = lineEnd === -1 ? text.length : lineEnd + 1;
      } else if (text[end] === ",") {
        cell = end + 1;
      } else {
        const lineEnd = text.indexOf("\n", end);
        next = lineEnd === -1 ? text.length : lineEnd + 1;
      }
    }
    const line = text.slice(at, next).replace(/\n$/, "").replace(/\r+$/, "");
    if (line !== "") records.push({ text: line, next, flaw });
    at = next;
  }
  return records;
}

function scannedRecords(bytes: Buffer): Found[] {
  const scanner = createRecordScanner(comma);
  setScannerWindow(scanner, bytes, bytes.length, true);
  const records: Found[] = [];
  for (let at = 0; at < bytes.length; at = scanner.next) {
    const outcome = scanRecord(scanner, at);
    if (outcome !== "record" && outcome !== "blank") throw new Error(outcome);
    if (outcome === "record") {
      records.push({ text: bytes.toString("utf8", at, scanner.textEnd), next: scanner.next, flaw: scanner.flaw });
    }
  }
  return records;
}

/** The same, with a window that grows byte by byte and is only as long as it must be. */
function scannedInSmallWindows(bytes: Buffer): Found[] {
  const scanner = createRecordScanner(comma);
  const records: Found[] = [];
  for (let at = 0; at < bytes.length; ) {
    let end = at;
    let outcome: ReturnType<typeof scanRecord> = "incomplete";
    while (outcome === "incomplete") {
      end += 1;
      const window = Buffer.from(bytes.subarray(at, end));
      setScannerWindow(scanner, window, window.length, end === bytes.length);
      outcome = scanRecord(scanner, 0);
    }
    if (outcome === "record") {
      const text = bytes.toString("utf8", at, at + scanner.textEnd);
      records.push({ text, next: at + scanner.next, flaw: scanner.flaw });
    }
    at += scanner.next;
  }
  return records;
}

/** Where each item ends, and its flaw, when no more than `held` bytes are in the window at once. */
function itemsOf(bytes: Buffer, most: number, held: number): (readonly [next: number, flaw: string | null])[] {
  let base = 0;
  const readOn: ReadOn = (block, position) => bytes.copy(block, 0, base + position, base + position + 3);
  const scanner = createRecordScanner(comma, readOn, most);
  const items: [number, string | null][] = [];
  let rest: RecordRest | null = null;
  while (base < bytes.length) {
    const wasRest = rest !== null;
    const window = Buffer.from(bytes.subarray(base, base + held));
    setScannerWindow(scanner, window, window.length, base + held >= bytes.length);
    if (rest === "line") {
      const lineEnd = bytes.indexOf(10, base);
      base = lineEnd === -1 ? bytes.length : lineEnd + 1;
      rest = null;
    } else {
      const outcome: ReturnType<typeof scanRecord> = scanRecord(scanner, 0, rest !== null);
      if (outcome === "incomplete") throw new Error(`seen ${held} bytes, and nothing said of ${most}`);
      base += scanner.next;
      if (rest === null && outcome !== "blank") items.push([base, scanner.flaw]);
      rest = outcome === "overlong" ? scanner.rest : null;
    }
    const last = items.at(-1);
    // An item ends where its rest does.
    if (last !== undefined && wasRest) last[0] = base;
  }
  return items;
}

const pieces = [
  '"',
  '""',
  '"a"',
  ",",
  ",",
  "\n",
  "\r\n",
  "\r\r\n",
  "\r",
  "1",
  "2.5",
  "é",
  " ",
  '"x\ny"',
  '"1"',
  "\n\n",
  "-3e2",
  "",
];

function nastyText(random: () => number): string {
  const length = 1 + Math.floor(random() * 40);
  return Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join("");
}

/** What the reader must make of a record, said with `Number` and strings. */
function expectedRow(record: Found, row: number): Row {
  if (record.flaw !== null) return { row, code: record.flaw };
  const bytes = Buffer.from(record.text);
  const cells = recordCells(bytes, 0, bytes.length, comma);
  if (cells.length !== 3) return { row, code: "row-ragged" };
  const [a = "", b = "", c = ""] = cells;
  for (const cell of [a, b]) {
    const trimmed = cell.replace(/^[ \t]+|[ \t]+$/g, "");
    if (trimmed === "") return { row, code: "cell-empty" };
    if (!/^-?[0-9.]+(e[0-9]+)?$/.test(trimmed) || Number.isNaN(Number(trimmed)))
      return { row, code: "cell-not-a-number" };
  }
  return { row, a: Math.fround(Number(a)), b: Math.fround(Number(b)), c };
}

describe("where a record ends", () => {
  test("is what the rules say, in a whole file and in windows that end anywhere", () => {
    for (let seed = 1; seed <= (isLong ? 1500 : 300); seed++) {
      const text = nastyText(seededRandom(seed));
      const bytes = Buffer.from(text);
      const expected = expectedRecords(bytes.toString("latin1")).map((record) => ({
        ...record,
        text: Buffer.from(record.text, "latin1").toString("utf8"),
      }));
      expectSame(scannedRecords(bytes), expected, `seed ${seed}`);
      expectSame(scannedInSmallWindows(bytes), expected, `seed ${seed}`);
    }
  });

  test("is the same for the splitter and the reader, wherever the file is cut", async () => {
    const path = join(folder, "nasty.csv");
    const seeds = isLong ? 200 : 40;
    let failed = 0;
    let converted = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const random = seededRandom(seed * 31);
      const rows = Array.from({ length: 12 }, () =>
        random() < 0.5 ? nastyText(random) : `${random()},"${seed}","k ""é"""`,
      );
      const text = rows.join(random() < 0.5 ? "\n" : "\r\n");
      const mark = random() < 0.5 ? "\ufeff" : "";
      writeFileSync(path, `${mark}\n"a",b,c\r\n${text}`);
      const file = openSync(path, "r");
      const size = Buffer.byteLength(text);
      const header = readHeader(file, 1e6, Buffer.byteLength(mark), comma);
      if (!header.ok) throw new Error(header.problem.message);
      const from = header.value.dataStart;
      const to = from + size;
      const expected = expectedRecords(Buffer.from(text).toString("latin1")).map((record, index) =>
        expectedRow({ ...record, text: Buffer.from(record.text, "latin1").toString("utf8") }, index + 1),
      );
      for (const bytes of [noLimit, 1, 7, 30]) {
        const slices = [...splitText(file, from, to, 1, comma, { bytes, rows: noLimit, rowMultiple: 1 })];
        expect(slices.reduce((sum, slice) => sum + slice.items, 0)).toBe(expected.length);
        expectSame(await readSlices(file, slices, false), expected, `seed ${seed}, slices of ${bytes}`);
        expectSame(await readSlices(file, slices, true), expected, `seed ${seed}, tiny windows`);
      }
      closeSync(file);
      failed += expected.filter((row) => row.code !== undefined).length;
      converted += expected.filter((row) => row.code === undefined).length;
    }
    // The texts were neither all broken nor all good.
    expect(failed).toBeGreaterThan(2.5 * seeds);
    expect(converted).toBeGreaterThan(2.5 * seeds);
  });

  test("does not depend on the splitter's window in a file larger than it", async () => {
    const path = join(folder, "large.csv");
    const random = seededRandom(5);
    const lines: string[] = [];
    for (let bytes = 0; bytes < 9_000_000; ) {
      const line =
        random() < 0.1 ? nastyText(random) : `${random()},"${random()}","long ${"x".repeat(random() * 300)}"`;
      lines.push(line);
      bytes += line.length;
    }
    const text = lines.join("\n");
    writeFileSync(path, `a,b,c\n${text}`);
    const file = openSync(path, "r");
    const to = 6 + Buffer.byteLength(text);
    const whole = scannedRecords(Buffer.from(text));
    const slices = [...splitText(file, 6, to, 1, comma, { bytes: 500_000, rows: noLimit, rowMultiple: 1 })];
    expect(slices.length).toBeGreaterThan(10);
    expect(slices.reduce((sum, slice) => sum + slice.items, 0)).toBe(whole.length);
    expect(slices.at(-1)?.end).toBe(to);
    const rows = await readSlices(file, slices, false);
    expectSame(
      rows.map((row) => row.row),
      whole.map((_, index) => index + 1),
    );
    closeSync(file);
  });

  test("is the same for a record that is too long, however little of it is held at once", () => {
    let long = 0;
    for (let seed = 1; seed <= 3000; seed++) {
      const random = seededRandom(seed * 7);
      const bytes = Buffer.from(nastyText(random));
      const most = 6 + Math.floor(random() * 20);
      // A line of returns alone is blank, unless it is too long.
      if (/\r{6}/.test(bytes.toString())) continue;
      const whole = itemsOf(bytes, most, bytes.length);
      for (const held of [most + 1, most + 2, most + 7]) {
        expectSame(itemsOf(bytes, most, held), whole, `seed ${seed}, ${held} bytes held, ${most} allowed`);
      }
      const all = itemsOf(bytes, noLimit, bytes.length);
      // Being too long changes what a record is called, not where it ends.
      expect(whole.map(([next]) => next)).toEqual(all.map(([next]) => next));
      long += whole.filter(([, flaw]) => flaw === "row-too-long").length;
    }
    expect(long).toBeGreaterThan(1000);
  });

  test("a quoted cell may be as large as a record", async () => {
    const text = 'a line of "the" document,\r\n'.repeat(400_000);
    const [rows] = await readTable(join(folder, "large-cell.csv"), [
      `1,2,"${text.replaceAll('"', '""')}"\n`,
      "3,4,short\n",
    ]);
    expect(rows.map(({ row, a, b, code }) => [row, a, b, code])).toEqual([
      [1, 1, 2, undefined],
      [2, 3, 4, undefined],
    ]);
    expect(rows[0]?.c === text).toBe(true);
  });

  test("a file of nothing but quotes that are never closed is read in linear time", () => {
    const bytes = Buffer.from('"a\nb,"c\n'.repeat(200_000));
    expect(scannedRecords(bytes).length).toBeGreaterThan(100_000);
  });
});
