import { describe, expect, it } from "vitest";
import { isItemFilePath } from "../../../electron/contract/nouns/scorers/item-files.ts";
import { itemFilePath } from "../../../native-worker/writers/item-files/names.ts";
import { npyHeader } from "../../../native-worker/writers/item-files/npy.ts";

function arrayPath(output: string, file: string, row: number | null): string {
  return itemFilePath("arrays", output, { file, row }, ".npy");
}

describe("the path of an item file", () => {
  it("is that of its item, with the row behind it", () => {
    expect(itemFilePath("images", "mask", { file: "a b.jpg", row: null }, ".png")).toBe("images/mask/a b.jpg.png");
    expect(arrayPath("mask", "2024/März/a b.png", null)).toBe("arrays/mask/2024/März/a b.png.npy");
    expect(arrayPath("mask", "t.csv", 12)).toBe("arrays/mask/t.csv#12.npy");
  });

  it("writes what some file system does not take in another way", () => {
    expect(arrayPath("model/out:0", "a", null)).toBe("arrays/model%2Fout%3A0/a.npy");
    expect(arrayPath("o", "nul.png", null)).toBe("arrays/o/%6Eul.png.npy");
    expect(arrayPath("o", "COM1", null)).toBe("arrays/o/%43OM1.npy");
    expect(arrayPath("o", "company.png", null)).toBe("arrays/o/company.png.npy");
    expect(arrayPath("..", ".x/y. ", null)).toBe("arrays/%2E./%2Ex/y.%20.npy".replace("%2E./", "%2E%2E/"));
    expect(arrayPath("", 'a\\b<c>"|?*\n', null)).toBe("arrays/%/a%5Cb%3Cc%3E%22%7C%3F%2A%0A.npy");
  });

  it("stays in its folder, short, and different for different names", () => {
    const long = "x".repeat(300);
    const parts = [
      "..",
      ".",
      "",
      "a",
      "A%",
      "a%25",
      "%41",
      "a~",
      `${long}1`,
      `${long}2`,
      "C:",
      "con",
      "%63on",
      "😀".repeat(80),
    ];
    const names = parts.flatMap((one) => parts.map((other) => `${one}/${other}`));
    names.push(
      Array.from({ length: 500 }, (_, depth) => `d${depth}`).join("/"),
      `${long}/${long}/${long}/${long}/${long}`,
    );
    // What a shortened name looks like is no name of another item.
    names.push(...names.map((name) => arrayPath("o", name, null).slice("arrays/o/".length, -".npy".length)));
    const distinct = new Set(names);
    const paths = [...distinct].map((name) => arrayPath("o", name, 7));
    expect(new Set(paths).size).toBe(distinct.size);
    for (const path of paths) {
      expect(isItemFilePath(path), path).toBe(true);
      expect(Buffer.byteLength(path)).toBeLessThan(900);
      for (const part of path.split("/")) expect(Buffer.byteLength(part)).toBeLessThan(250);
    }
  });

  it("is none where it leads out of its folder", () => {
    expect(isItemFilePath("images/o/a")).toBe(true);
    for (const path of [
      "arrays/o",
      "arrays/../a",
      "arrays/o//a",
      "/arrays/o/a",
      "images",
      "others/o/a",
      "images/../arrays",
      "arrays/o/..",
      "arrays/o/a\\b",
    ])
      expect(isItemFilePath(path), path).toBe(false);
  });
});

describe("the header of an .npy file", () => {
  it("is that of version 1.0, in little-endian C order, and ends at a multiple of 64 bytes", () => {
    const header = npyHeader("float32", [3, 58, 58]);
    const text = header.toString("latin1");
    expect(text.slice(0, 8)).toBe("\x93NUMPY\x01\x00");
    expect(header.readUInt16LE(8)).toBe(118);
    expect(header.length).toBe(128);
    expect(text.slice(10)).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 58, 58), }".padEnd(117) + "\n");
  });

  it("writes shapes as Python does", () => {
    const shapeOf = (shape: number[]) => /'shape': (\(.*?\))/.exec(npyHeader("bool", shape).toString("latin1"))?.[1];
    expect([shapeOf([]), shapeOf([5]), shapeOf([5, 0])]).toEqual(["()", "(5,)", "(5, 0)"]);
    expect(npyHeader("int64", [1]).toString("latin1")).toContain("'descr': '<i8'");
  });
});
