import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";
import { success } from "../../../electron/contract/problem.ts";
import { readScorer } from "../../../electron/deployments/scorers/resolve-scorer.ts";
import { table, facts, bert } from "../../helpers/deployments/model-signatures.ts";

describe("a scorer.yml on disk", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "batchdeck-scorer-"));
    mkdirSync(path.join(folder, "code"));
    mkdirSync(path.join(folder, "model"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = () => path.join(folder, "code/scorer.yml");
  const asked: string[] = [];
  const tokenizers = {
    get modelRoot() {
      return path.join(folder, "model");
    },
    read: async (tokenizer: string) => {
      asked.push(path.basename(tokenizer));
      return success(facts);
    },
  };
  const read = (text: string) => {
    writeFileSync(file(), text);
    return readScorer(table, file(), path.join(folder, "model"), tokenizers);
  };

  test("finds its labels beside itself or beside the model, one a line", async () => {
    writeFileSync(path.join(folder, "model/labels.txt"), "\ufeffone\r\ntwo\r\nthree four\r\n\r\n");
    const answer = await read("output: {labels: labels.txt}\n");
    expect(answer).toMatchObject({ ok: true, value: { outputs: [{ columns: ["y_one", "y_two", "y_three four"] }] } });
    writeFileSync(path.join(folder, "code/labels.txt"), "a\nb\nc");
    expect(await read("output: {labels: labels.txt}\n")).toMatchObject({
      ok: true,
      value: { outputs: [{ labels: ["a", "b", "c"] }] },
    });
  });

  test("may not name labels outside its folder, nor through a link", async () => {
    writeFileSync(path.join(folder, "secret.txt"), "a\nb\nc\n");
    expect(await read("output: {labels: ../secret.txt}\n")).toMatchObject({
      ok: false,
      problem: { code: "scorer/invalid" },
    });
    symlinkSync(path.join(folder, "secret.txt"), path.join(folder, "code/labels.txt"));
    expect(await read("output: {labels: labels.txt}\n")).toMatchObject({
      ok: false,
      problem: { code: "scorer/invalid" },
    });
    expect(await read("output: {labels: nowhere.txt}\n")).toMatchObject({
      ok: false,
      problem: { code: "scorer/invalid" },
    });
  });

  test("is refused with line and column", async () => {
    const answer = await read("input:\n  kind: tabular\n  colums: {x: a}\n");
    expect(inWords(answer)).toMatchObject({
      ok: false,
      problem: {
        code: "scorer/invalid",
        message: 'The file "scorer.yml" has a key "input.colums" that is not known (line 3, column 3).',
      },
    });
    expect(inWords(await read("output:\n  top_k: -1\n"))).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('"output.top_k" is invalid (line 2, column 10)') },
    });
  });

  test("may leave everything out", async () => {
    expect(await read("{}\n")).toMatchObject({ ok: true, value: { kind: "tabular" } });
    expect(await readScorer(table, null, folder, tokenizers)).toMatchObject({ ok: true });
  });

  test("has the tokenizer read that it names, or tokenizer.json, from the model's folder and nowhere else", async () => {
    const model = path.join(folder, "model");
    writeFileSync(path.join(folder, "outside.json"), "{}");
    symlinkSync(path.join(folder, "outside.json"), path.join(model, "linked.json"));
    for (const name of ["tokenizer.json", "own.json"]) writeFileSync(path.join(model, name), "{}");
    const scorerOf = (text: string) => {
      writeFileSync(file(), text);
      return readScorer(bert, file(), model, tokenizers);
    };
    expect(await scorerOf("{}\n")).toMatchObject({ ok: true, value: { tokenizer: { file: "tokenizer.json" } } });
    expect(await scorerOf("input: {tokenizer: own.json}\n")).toMatchObject({
      ok: true,
      value: { tokenizer: { file: "own.json" } },
    });
    expect(asked).toEqual(["tokenizer.json", "own.json"]);
    for (const name of ["none.json", "linked.json", "../outside.json"]) {
      expect(await scorerOf(`input: {tokenizer: ${name}}\n`)).toMatchObject({
        ok: false,
        problem: { code: "scorer/invalid" },
      });
    }
    expect(asked).toHaveLength(2);
  });
});
