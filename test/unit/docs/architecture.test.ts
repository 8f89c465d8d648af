import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const repository = path.join(import.meta.dirname, "../../..");
const text = readFileSync(path.join(repository, "ARCHITECTURE.md"), "utf8");
const table = text.slice(text.indexOf("## Where is"), text.indexOf("## Facts and words"));
const rows = table
  .split("\n")
  .map((line) => line.split(" | "))
  .filter(([question, answer]) => question?.startsWith("| ") === true && answer?.includes("`") === true)
  .map(([question = "", answer = ""]) => [question.slice(2).trim(), namesIn(answer)] as const);

/** What stands in backticks, but for patterns. */
function namesIn(answer: string): readonly string[] {
  return [...answer.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name).filter((name) => !name.includes("…"));
}

/** From the repository, from `electron/`, or beside the file that was named before. */
function findPlace(name: string, before: string): string | null {
  const places = [name, path.join("electron", name), path.join(path.dirname(before), name)];
  return places.find((place) => existsSync(path.join(repository, place))) ?? null;
}

describe("the table of where things are decided", () => {
  test("has rows", () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  test.each(rows)("%s: every file is there, and holds what is named of it", (_question, names) => {
    let before = "";
    for (const name of names) {
      const place = findPlace(name, before);
      if (/[./]/.test(name)) expect(place, name).not.toBeNull();
      if (place !== null) {
        before = place;
        continue;
      }
      const file = path.join(repository, before);
      expect(statSync(file).isFile(), `${name} after ${before}`).toBe(true);
      expect(readFileSync(file, "utf8"), `${name} in ${before}`).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });
});
