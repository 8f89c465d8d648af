import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const repository = path.join(import.meta.dirname, "../../..");
const text = readFileSync(path.join(repository, "docs/azureml.md"), "utf8");
const rows = text
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter((cells) => /^\d+$/.test(cells[1] ?? ""))
  .map(([, number, feature, state, what, tests]) => ({ number, feature, state, what, tests: testsIn(tests ?? "") }));

/** `file` › title, any number of them with <br> between. */
function testsIn(cell: string): { file: string; title: string }[] {
  return cell
    .split("<br>")
    .filter((reference) => reference !== "")
    .map((reference) => {
      const [, file = "", title = ""] = /^`(test\/[-a-z0-9/]+\.test\.ts)` › (.+)$/.exec(reference.trim()) ?? [];
      return { file, title };
    });
}

describe("the table of Azure ML's features", () => {
  test("has all 65 rows, each with what it is here", () => {
    expect(rows.map(({ number }) => Number(number))).toEqual(Array.from({ length: 65 }, (_, index) => index + 1));
    for (const row of rows) {
      expect(["Same", "Differs", "Planned"], `row ${row.number}`).toContain(row.state);
      expect(row.feature, `row ${row.number}`).not.toBe("");
      expect(row.what, `row ${row.number}`).not.toBe("");
    }
  });

  test("names a test for all that is here", () => {
    expect(rows.filter(({ state, tests }) => state !== "Planned" && tests.length === 0)).toEqual([]);
  });

  test.each(rows.flatMap(({ number, tests }) => tests.map(({ file, title }) => [number, file, title] as const)))(
    "names in row %s a test that there is: %s › %s",
    (_number, file, title) => {
      const place = path.join(repository, file);
      expect(existsSync(place), `"${file}"`).toBe(true);
      // A title begins with a quote in the source; Markdown's table and a template's ${} leave it as it is.
      const starts = ['"', "`"].some((quote) => readFileSync(place, "utf8").includes(quote + title));
      expect(starts, `${file} has no test "${title}"`).toBe(true);
      expect(title.length).toBeGreaterThan(10);
    },
  );
});
