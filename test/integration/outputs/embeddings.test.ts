import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob } from "../../helpers/batchdeck.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";
import { hiddenVector, tokenModel, type TokenModelOptions } from "../../helpers/models/text-models.ts";
import { wordPieceTokenizer, wordPieceVocabulary } from "../../helpers/models/tokenizers.ts";

/** Vectors of texts out of vectors of tokens. */
const { root, home } = temporaryPlaces("embeddings");
const words = { the: 4, cat: 5, dog: 13, sat: 14 } as const;
const [start, end, deadly] = [2, 3, words.dog];

async function deployEncoder(
  endpoint: string,
  output: string,
  input = "items: line",
  model: Partial<TokenModelOptions> = {},
  tokenizer: unknown = wordPieceTokenizer(),
): Promise<void> {
  const folder = path.join(home, "..", `${path.basename(home)}-${endpoint}`, "model");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  const encoder = tokenModel({ vocabulary: wordPieceVocabulary.length, hidden: "float", ...model });
  await deploy(home, endpoint, encoder, { scorer: `input: {kind: text, ${input}}\noutput: {${output}}\nbatch: 8\n` });
}

function writeTexts(name: string, texts: readonly string[]): string {
  const input = path.join(root, name);
  fs.mkdirSync(input);
  fs.writeFileSync(path.join(input, "texts.txt"), texts.map((text) => `${text}\n`).join(""));
  return input;
}

async function invoke(endpoint: string, input: string, job: string, ...more: readonly string[]) {
  const out = path.join(root, job);
  const args = ["invoke", "-n", endpoint, "--input", input, "--output-path", out, "--job-name", job, ...more];
  const ran = await batchdeck(home, ...args);
  expect([0, 3], ran.stderr).toContain(ran.code);
  const read = (file: string) => parse<Record<string, string>>(textOf(job, file), { columns: true });
  return { ran, rows: read("predictions.csv"), errors: read("errors.csv") };
}

const textOf = (job: string, file = "predictions.csv") => fs.readFileSync(path.join(root, job, file), "utf8");

const texts = ["the cat", "sat", "the cat sat the cat sat", "", "dog dog"].filter((text) => text !== "");

function vectorsOf(text: string): (readonly number[])[] {
  const ids = text.split(" ").map((word) => words[word as keyof typeof words]);
  return [start, ...ids, end].map(hiddenVector);
}

const pooled: Readonly<Record<string, (vectors: readonly (readonly number[])[], axis: number) => number>> = {
  mean: (vectors, axis) => vectors.reduce((sum, vector) => sum + (vector[axis] ?? 0), 0) / vectors.length,
  cls: (vectors, axis) => vectors[0]?.[axis] ?? 0,
  max: (vectors, axis) => Math.max(...vectors.map((vector) => vector[axis] ?? 0)),
};

function expectVector(row: Record<string, string> | undefined, wanted: readonly number[], digits = 6): void {
  const found = wanted.map((_, axis) => Number(row?.[`hidden_${axis}`]));
  for (const [axis, value] of wanted.entries()) expect(found[axis]).toBeCloseTo(value, digits);
}

describe.each(Object.keys(pooled))("pool: %s", (pool) => {
  const wanted = (text: string) => [0, 1, 2].map((axis) => pooled[pool]?.(vectorsOf(text), axis) ?? 0);

  it("makes one vector of those of a text's own tokens, padding left out", async () => {
    const input = writeTexts(`texts-${pool}`, texts);
    await deployEncoder(pool, `pool: ${pool}, outputs: [hidden]`);
    const { rows } = await invoke(pool, input, pool);
    expect(Object.keys(rows[0] ?? {})).toEqual(["file", "row", "hidden_0", "hidden_1", "hidden_2"]);
    for (const [index, text] of texts.entries()) expectVector(rows[index], wanted(text));
  });

  it("does so where padding comes first, of halves, and of length 1 when normalized", async () => {
    const input = writeTexts(`halves-${pool}`, texts);
    const left = { direction: "Left", strategy: "BatchLongest", pad_id: 0, pad_type_id: 0, pad_token: "[PAD]" };
    const tokenizer = wordPieceTokenizer({ padding: { ...left, pad_to_multiple_of: null } });
    const output = `pool: ${pool}, normalize: true, outputs: [hidden]`;
    await deployEncoder(`left-${pool}`, output, "items: line", { hidden: "float16" }, tokenizer);
    const { rows } = await invoke(`left-${pool}`, input, `left-${pool}`);
    for (const [index, text] of texts.entries()) {
      const length = Math.hypot(...wanted(text));
      expectVector(
        rows[index],
        wanted(text).map((value) => value / length),
        3,
      );
    }
  });
});

describe("normalize", () => {
  it("makes vectors of a row as long as 1", async () => {
    const input = writeTexts("normalized", texts);
    await deployEncoder("normalized", "normalize: true, outputs: [mean]");
    const { rows } = await invoke("normalized", input, "normalized");
    for (const row of rows)
      expect(Math.hypot(...[0, 1, 2].map((axis) => Number(row[`mean_${axis}`])))).toBeCloseTo(1, 6);
  });
});

describe("texts of which vectors are made", () => {
  const random = seededRandom(5);
  const many = Array.from({ length: 3000 }, () => {
    const count = random() < 0.9 ? 1 + Math.floor(random() * 8) : 40 + Math.floor(random() * 40);
    const known = ["the", "cat", "sat"];
    return Array.from({ length: count }, () => known[Math.floor(random() * 3)]).join(" ");
  });

  it("run beside others of their length, stand in their own order, and are the same bytes with two workers", async () => {
    const input = writeTexts("many", many);
    await deployEncoder("many", "pool: mean, outputs: [hidden, length, padded]");
    const one = await invoke("many", input, "many-one", "--instance-count", "1");
    expect(one.rows.map(({ row }) => Number(row))).toEqual(many.map((_, index) => index + 1));
    for (const [index, text] of many.entries()) {
      expectVector(
        one.rows[index],
        [0, 1, 2].map((axis) => pooled["mean"]?.(vectorsOf(text), axis) ?? 0),
        5,
      );
    }
    const sum = (column: string) => one.rows.reduce((total, row) => total + Number(row[column]), 0);
    // As they come, nearly three times as many tokens would run.
    expect(sum("padded") / sum("length")).toBeLessThan(1.1);
    await invoke("many", input, "many-two", "--instance-count", "2");
    expect(textOf("many-two")).toBe(textOf("many-one"));
  });

  it("are taken over by whole cuts, and what is new is what a fresh job makes", async () => {
    const input = writeTexts("more", many);
    await deployEncoder("more", "pool: mean, outputs: [hidden, padded]");
    await invoke("more", input, "more-first");
    fs.writeFileSync(path.join(input, "zz.txt"), many.slice(0, 500).join("\n"));
    const second = await invoke("more", input, "more-second", "--incremental");
    expect(second.ran.stderr).toContain("Reused 3,000 of 3,500 rows from more-first; 500 are scored.");
    await invoke("more", input, "more-fresh");
    expect(textOf("more-second")).toBe(textOf("more-fresh"));
  });

  it("fail alone where they do, in their order: without a value, and where one ends the process", async () => {
    await deployEncoder("deadly", "pool: mean, keep: [id], outputs: [hidden]", "columns: {input_ids: text}", {
      deadly,
    });
    const input = path.join(root, "deadly");
    fs.mkdirSync(input);
    const lines = many.slice(0, 1500).map((text, index) => {
      const bad = index === 70 ? "" : index === 1200 ? "cat dog" : text;
      return `${index + 1},${bad}`;
    });
    fs.writeFileSync(path.join(input, "rows.csv"), `id,text\n${lines.join("\n")}\n`);
    const { rows, errors } = await invoke("deadly", input, "deadly-job");
    expect(errors.map(({ row, code }) => [row, code])).toEqual([
      ["71", "cell-empty"],
      ["1201", "worker-died"],
    ]);
    expect(rows.map(({ id }) => Number(id))).toEqual(
      many.slice(0, 1500).flatMap((_, index) => {
        return index === 70 || index === 1200 ? [] : [index + 1];
      }),
    );
    expect(await showJob(home, "deadly-job")).toMatchObject({ succeeded: 1498, failed: 2 });
  });
});
