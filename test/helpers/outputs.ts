import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";

/** Two output folders hold the same bytes in each of these files. */
export function expectSameFiles(
  found: string,
  wanted: string,
  names: readonly string[] = ["predictions.csv", "errors.csv"],
): void {
  for (const name of names) {
    const [one, other] = [found, wanted].map((folder) => fs.readFileSync(path.join(folder, name)));
    expect(one?.equals(other as Buffer), `${name} of ${path.basename(found)}`).toBe(true);
  }
}
