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
    const [one, other] = [found, wanted].map((folder) => fs.readFileSync(path.join(folder, name), "latin1"));
    expect(one === other, `${name} of ${path.basename(found)}${firstDifference(one ?? "", other ?? "")}`).toBe(true);
  }
}

/** Whole files would be too much to read. */
function firstDifference(found: string, wanted: string): string {
  const [lines, wantedLines] = [found.split("\n"), wanted.split("\n")];
  const at = lines.findIndex((line, index) => line !== wantedLines[index]);
  const counts = `${lines.length} lines instead of ${wantedLines.length}`;
  return `: ${counts}; line ${at + 1} is ${JSON.stringify(lines[at])} instead of ${JSON.stringify(wantedLines[at])}`;
}

/** Every file below a folder, by its path with `/`: its bytes as latin1 text. `job.json` is left out: it tells times. */
export function treeOf(folder: string): Readonly<Record<string, string>> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== "job.json");
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file).replaceAll(path.sep, "/"), fs.readFileSync(file, "latin1")];
    }),
  );
}
