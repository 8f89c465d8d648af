import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { parseYaml, readYamlFile } from "../../../electron/deployments/yaml/read-yaml.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

function refusal(text: string): string {
  const answer = parseYaml(text, "/x/file.yml", "deployment/invalid");
  if (answer.ok) throw new Error("It was taken.");
  expect(englishWords(answer.problem).message).toMatch(/^The file "file\.yml" [^\n]+\.$/);
  return englishWords(answer.problem).message;
}

test.each([
  ["an unfinished list", "a: 1\nb: [1, 2\nc: 3\n", "(line 3, column 1)"],
  ["a key twice", "a: 1\na: 2\n", "(line 2, column 1)"],
  ["an alias", "a: &x 1\nb: *x\n", "alias, which is not allowed (line 2, column 4)"],
  ["a tag", "a: !!js/function foo\n", "(line 1, column 4)"],
  ["two documents", "a: 1\n---\nb: 2\n", "(line 2, column 1)"],
  ["a list", "- a\n", "does not hold a map"],
  ["nothing", "", "does not hold a map"],
  ["a key that is a list", "? [a]\n: 1\n", "a key that is not a plain word"],
  ["deep brackets", `a: ${"[".repeat(60)}${"]".repeat(60)}\n`, "nested deeper than 50 levels"],
  [
    "deep blocks",
    Array.from({ length: 60 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    "nested deeper than 50 levels",
  ],
  ["many values", `a: [${"1,".repeat(12_000)}]\n`, "more than 10000 values"],
])("%s is refused in one sentence", (_what, text, expected) => {
  expect(refusal(text)).toContain(expected);
});

test("a file of very many keys is refused before they are compared with one another", () => {
  const keys = Array.from({ length: 60_000 }, (_, index) => `key${index}: 1`).join("\n");
  expect(refusal(keys)).toContain("10000 values");
});

test("a hostile nesting of brackets ends at once", () => {
  expect(refusal("[".repeat(500_000))).toContain("nested deeper");
});

test("keys may be called like what every object has", () => {
  const answer = parseYaml("__proto__: {a: 1}\nconstructor: 2\n", "/x/file.yml", "deployment/invalid");
  if (!answer.ok) throw new Error(englishWords(answer.problem).message);
  expect(Object.keys(answer.value.value)).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(answer.value.value)).toBe(Object.prototype);
});

test("a file that is missing, a folder, too large or no text is a problem", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "batchdeck-yaml-"));
  const [large, binary] = [path.join(folder, "large.yml"), path.join(folder, "binary.yml")];
  writeFileSync(large, `a: ${"x".repeat(1024 * 1024)}`);
  writeFileSync(binary, Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));
  const sentences: string[] = [];
  for (const file of [path.join(folder, "nowhere.yml"), folder, large, binary]) {
    const answer = await readYamlFile(file, "scorer/invalid");
    sentences.push(
      answer.ok ? "taken" : `${answer.problem.code} ${englishWords(answer.problem).message.replaceAll(folder, "")}`,
    );
  }
  rmSync(folder, { recursive: true });
  expect(sentences).toEqual([
    'scorer/invalid There is no file "/nowhere.yml".',
    'scorer/invalid "" is not a file.',
    'scorer/invalid The file "large.yml" is larger than 1 MiB.',
    'scorer/invalid The file "binary.yml" is not UTF-8 text.',
  ]);
});
