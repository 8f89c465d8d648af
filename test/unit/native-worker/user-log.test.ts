import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { createUserLog } from "../../../native-worker/scripts/user-log.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const folder = temporaryFolder("user-log");
let logs = 0;

/** The lines that are logged of a text, whether it comes in one piece or byte by byte. */
function logged(text: string): readonly string[] {
  const [whole, inBytes] = [[Buffer.from(text)], [...Buffer.from(text)].map((byte) => Buffer.of(byte))].map(
    (pieces) => {
      const name = `worker-${++logs}`;
      const log = createUserLog(folder, name);
      for (const piece of pieces) log.stdout(piece);
      log.close();
      const file = path.join(folder, "user", "stdout", `${name}.txt`);
      return fs.existsSync(file)
        ? fs
            .readFileSync(file, "utf8")
            .replaceAll(/^\S+ init: /gm, "")
            .split("\n")
            .slice(0, -1)
        : [];
    },
  ) as [string[], string[]];
  expect(inBytes).toEqual(whole);
  return whole;
}

describe("what a script prints", () => {
  test("is logged line by line, whatever ends them", () => {
    expect(logged("one\ntwo\r\nthree\r\r\n\nlast")).toEqual(["one", "two", "three", "", "last"]);
  });

  test("is its last state where it draws over its line, as a progress bar does", () => {
    const bar = Array.from({ length: 1000 }, (_, step) => `\r${Math.floor(step / 10)}%|████ | ${step}`).join("");
    expect(logged(`begin\n${bar}\r100%|████|\nend\n`)).toEqual(["begin", "100%|████|", "end"]);
    expect(logged(bar)).toEqual(["99%|████ | 999"]);
  });

  test("is nothing where a progress bar has cleared its line", () => {
    expect(logged("\r50%\r   \rend\n")).toEqual(["end"]);
    expect(logged("\r50%\r   \r\nend\n")).toEqual(["end"]);
  });

  test("is a line for each new state of a bar with another one below it", () => {
    const inner = Array.from({ length: 100 }, (_, step) => `\n\rinner ${step}\u001b[A`).join("");
    const outer = Array.from({ length: 3 }, (_, step) => `\router ${step}${inner}`).join("");
    expect(logged(`${outer}\router 3\n\nend\n`)).toEqual(["outer 0", "outer 1", "outer 2", "outer 3", "", "end"]);
  });

  test("is cut where a line has no end", () => {
    const log = createUserLog(folder, "endless");
    for (let block = 0; block < 10; block++) log.stdout(Buffer.alloc(4000, "x"));
    log.close();
    const text = fs.readFileSync(path.join(folder, "user", "stdout", "endless.txt"), "utf8");
    const lines = text.replaceAll(/^\S+ init: /gm, "").split("\n");
    expect(lines.join("")).toBe("x".repeat(40_000));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(20_000);
  });
});
