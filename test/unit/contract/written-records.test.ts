import { afterEach, describe, expect, it, vi } from "vitest";
import {
  cellText,
  createRecordCutter,
  nextRecordEnd,
  rawCells,
  recordEnds,
  recordTexts,
  searchRecords,
} from "../../../electron/contract/tables/written-records.ts";
import { csvTextCell } from "../../../electron/contract/tables/csv-cell.ts";
import { csvCells } from "../../../electron/outputs/csv-cells.ts";
import { seededRandom } from "../../helpers/random.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("records of written text", () => {
  it("end at line feeds outside quotes; what is not finished is none", () => {
    expect(recordEnds(bytesOf('a,"b\nc"\n"""\n",d\nrest'), "quoted")).toEqual([8, 16]);
    expect([...recordTexts(bytesOf('a,"b\nc"\n"""\n",d\nrest'), "quoted")]).toEqual(['a,"b\nc"', '"""\n",d']);
    expect([...recordTexts(bytesOf(""), "quoted")]).toEqual([]);
  });

  it("end at every line feed where a quote means nothing", () => {
    expect([...recordTexts(bytesOf('{"a":1}\n"\n\nrest'), "lines")]).toEqual(['{"a":1}', '"', ""]);
  });

  it("are found over blocks, whatever they are cut at", () => {
    const text = 'é,"b\nc"\n"""\n",d\n1,2\n';
    const bytes = bytesOf(text);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const search = searchRecords("quoted");
      const ends: number[] = [];
      for (const [from, block] of [[0, bytes.subarray(0, cut)] as const, [cut, bytes.subarray(cut)] as const]) {
        for (let at = nextRecordEnd(search, block, 0); at !== -1; at = nextRecordEnd(search, block, at)) {
          ends.push(from + at);
        }
      }
      expect(ends).toEqual(recordEnds(bytes, "quoted"));
    }
  });

  it("come whole out of a cutter, however small the blocks are, and the block may be used again", () => {
    const text = 'é,"b\nc"\n"""\n",d\n1,2\n';
    const bytes = bytesOf(text);
    for (const size of [1, 2, 3, 7, 100]) {
      const cut = createRecordCutter("quoted");
      const block = new Uint8Array(size);
      const records: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const piece = bytes.subarray(at, at + size);
        block.set(piece);
        records.push(...recordTexts(cut(block.subarray(0, piece.length)), "quoted"));
        block.fill(0x22);
      }
      expect(records).toEqual(['é,"b\nc"', '"""\n",d', "1,2"]);
      expect(textOf(bytes)).toBe(text);
    }
  });
});

describe("a record over many blocks", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is copied twice at most, however many blocks it takes", () => {
    const set = vi.spyOn(Uint8Array.prototype, "set");
    const blocks = 500;
    const block = bytesOf("x".repeat(1000));
    const cut = createRecordCutter("quoted");
    let given = cut(bytesOf('"')).length;
    for (let count = 0; count < blocks; count += 1) given += cut(block).length;
    given += cut(bytesOf('"\n')).length;
    expect(given).toBe(blocks * block.length + 3);
    const copied = set.mock.calls.reduce((bytes, [source]) => bytes + source.length, 0);
    expect(copied).toBeLessThanOrEqual(2 * given);
  });
});

describe("cells of a written record", () => {
  it.each([
    ["", [""]],
    ["a,b", ["a", "b"]],
    [",", ["", ""]],
    ['a,"b, ""c""","d\ne",', ["a", '"b, ""c"""', '"d\ne"', ""]],
    ['"",x', ['""', "x"]],
    ['""""', ['""""']],
  ])("%j stand there with their quotes", (record, cells) => {
    expect(rawCells(record)).toEqual(cells);
  });

  it("are cut at blanks in a file without commas", () => {
    expect(rawCells('a "b c" 1.5', " ")).toEqual(["a", '"b c"', "1.5"]);
  });

  it.each([
    ["a", "a"],
    ['""', ""],
    ['""""', '"'],
    ['"b, ""c"""', 'b, "c"'],
    ['"cut off', "cut off"],
    ['"', ""],
  ])("%j stands for a text", (raw, text) => {
    expect(cellText(raw)).toBe(text);
  });

  it("are read as they were written, whatever they hold", () => {
    const random = seededRandom(7);
    const characters = ["a", '"', ",", "\n", "é", " ", "'", ""];
    for (let times = 0; times < 2000; times += 1) {
      const cells = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
        Array.from({ length: Math.floor(random() * 6) }, () => characters[Math.floor(random() * 8)] ?? "").join(""),
      );
      const line = `${cells.map((cell) => csvTextCell(cell, "keep")).join(",")}\n`;
      const [record = "", ...others] = recordTexts(bytesOf(line), "quoted");
      expect([csvCells(record), others]).toEqual([cells, []]);
    }
  });
});
