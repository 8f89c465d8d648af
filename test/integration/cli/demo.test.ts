import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { batchdeck } from "../../helpers/batchdeck.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const home = path.join(temporaryFolder("demo"), "home");

describe("the demo", () => {
  it("scores both samples, twice in a row, and ends with a line each that says how right they are", async () => {
    for (const time of ["first", "second"]) {
      const ran = await batchdeck(home, "demo");
      expect(ran.code, `${time}: ${ran.stderr}`).toBe(0);
      const lines = ran.stdout.trimEnd().split("\n");
      expect(lines).toHaveLength(2);
      for (const [index, [name, items]] of (
        [
          ["iris", "30 rows"],
          ["text-orientation", "48 files"],
        ] as const
      ).entries()) {
        const found = /^([\w-]+): accuracy (\d\.\d{3}), (\d+ \w+), \d+ \w+\/s, (.+)$/.exec(lines[index] ?? "");
        expect(found?.slice(1, 2), lines[index]).toEqual([name]);
        expect(Number(found?.[2])).toBeGreaterThanOrEqual(0.9);
        expect(found?.[3]).toBe(items);
        expect(fs.existsSync(path.join(found?.[4] ?? "", "predictions.csv"))).toBe(true);
      }
    }
  });
});
