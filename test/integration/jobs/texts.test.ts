import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob } from "../../helpers/batchdeck.ts";
import { stringModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { echoModel, tokenModel, type TokenModelOptions, tokenVector } from "../../helpers/models/text-models.ts";
import { byteLevelTokenizer, wordPieceTokenizer, wordPieceVocabulary } from "../../helpers/models/tokenizers.ts";

/** Texts, one a file, a line or a row: as the model takes them, or as its tokenizer.json makes tokens of them. */
const root = temporaryFolder("texts");
let places = 0;

type Row = Readonly<Record<string, string>>;
type Files = Readonly<Record<string, string | Buffer>>;

type Wish = {
  readonly model: Uint8Array;
  readonly files: Files;
  readonly scorer?: string;
  readonly tokenizer?: unknown;
  readonly settings?: readonly string[];
};

function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
}

async function score({ model, files, scorer, tokenizer, settings }: Wish, ...more: readonly string[]) {
  places += 1;
  const place = path.join(root, String(places));
  const [home, input, out] = [path.join(place, "home"), path.join(place, "input"), path.join(place, "out")];
  writeFiles(input, files);
  writeFiles(path.join(place, "home-texts", "model"), {
    ...(tokenizer === undefined ? {} : { "tokenizer.json": JSON.stringify(tokenizer) }),
  });
  await deploy(home, "texts", model, {
    ...(scorer === undefined ? {} : { scorer }),
    ...(settings === undefined ? {} : { settings }),
  });
  const invoke = ["invoke", "-n", "texts", "--input", input, "--output-path", out, "--job-name", "job", ...more];
  const ran = await batchdeck(home, ...invoke);
  const read = (name: string): readonly Row[] =>
    fs.existsSync(path.join(out, name)) ? parse<Row>(fs.readFileSync(path.join(out, name)), { columns: true }) : [];
  const job = await showJob(home, "job");
  expect(job.succeeded + job.failed + job.skipped).toBe(job.total);
  return { ran, job, rows: read("predictions.csv"), errors: read("errors.csv") };
}

const tokens: TokenModelOptions = { vocabulary: wordPieceVocabulary.length };

/** What the model of tokens gives for ids, computed without it. */
function meanOf(ids: readonly number[]): readonly number[] {
  return [0, 1, 2].map((axis) => ids.reduce((sum, id) => sum + (tokenVector(id)[axis] ?? 0), 0) / ids.length);
}

function expectMean(row: Row | undefined, ids: readonly number[]): void {
  expect(Number(row?.["length"])).toBe(ids.length);
  for (const [axis, value] of meanOf(ids).entries()) expect(Number(row?.[`mean_${axis}`])).toBeCloseTo(value, 5);
}

describe("texts as the model takes them", () => {
  it("one a file: whole, without a byte order mark, in subfolders, other files skipped", async () => {
    const texts = {
      "a.txt": "S\u00e3o Paulo",
      "b/c.md": "\ufeffLyon",
      "d.TEXT": "Lyon\r\n",
      "e.txt": "\ud83d\ude00 \u05e9\u05dc\u05d5\u05dd \u4e2d\u6587 e\u0301",
    };
    const files = { ...texts, "no.csv": "x\n1\n" };
    const { ran, job, rows } = await score({ model: echoModel(), files, scorer: "input: {kind: text}\n" });
    expect(ran.code, ran.stderr).toBe(0);
    expect(job).toMatchObject({ total: 5, succeeded: 4, skipped: 1 });
    expect(rows.map(({ file }) => file)).toEqual(Object.keys(texts));
    expect(rows.map(({ same }) => same)).toEqual(Object.values(texts).map((text) => text.replace("\ufeff", "")));
  });

  it("one a line: LF, CRLF, a last line without an end; an empty line is no row", async () => {
    const long = `${"long ".repeat(20_000)}end`;
    const files = {
      "one.txt": '\ufefffirst\r\n\r\n  second \nthird, "quoted" = not\n\n\n=1+1',
      "two.txt": `${long}\nnot a table\tat all\n`,
    };
    const { ran, job, rows } = await score({
      model: echoModel(),
      files,
      scorer: "input: {kind: text, items: line}\n",
    });
    expect(ran.code, ran.stderr).toBe(0);
    expect(job.total).toBe(6);
    expect(rows.map(({ file, row }) => `${file} ${row}`)).toEqual([
      "one.txt 1",
      "one.txt 2",
      "one.txt 3",
      "one.txt 4",
      "two.txt 1",
      "two.txt 2",
    ]);
    expect(rows.map(({ same }) => same)).toEqual([
      "first",
      "  second ",
      'third, "quoted" = not',
      "'=1+1",
      long,
      "not a table\tat all",
    ]);
  });

  it("one a row: a named column of tables, with columns kept and empty cells failed", async () => {
    const files = {
      "a.csv": 'id,words,city\n001,"x, y",Lyon\n2,,\n3,null,Atlantis\n',
      "b.jsonl": '{"id":4,"city":"Amsterdam"}\n{"id":5}\n',
    };
    const { ran, rows, errors } = await score({
      model: stringModel(),
      files,
      scorer: "input: {kind: text, columns: {city: city}}\noutput: {keep: [id]}\n",
    });
    expect(ran.code, ran.stderr).toBe(3);
    expect(rows).toEqual([
      { id: "001", country: "France", code: "33" },
      { id: "3", country: "unknown", code: "-1" },
      { id: "4", country: "Netherlands", code: "31" },
    ]);
    expect(errors.map(({ file, row, code }) => [file, row, code])).toEqual([
      ["a.csv", "2", "cell-empty"],
      ["b.jsonl", "2", "column-missing"],
    ]);
  });

  it("takes the column of the input's own name, and refuses tables without it", async () => {
    const scorer = "input: {kind: text, items: row}\n";
    const { ran, rows } = await score({ model: stringModel(), files: { "a.csv": "city\nLyon\n" }, scorer });
    expect(ran.code, ran.stderr).toBe(0);
    expect(rows).toEqual([{ file: "a.csv", row: "1", country: "France", code: "33" }]);
    const place = path.join(root, String(places));
    writeFiles(path.join(place, "other"), { "a.csv": "town\nLyon\n" });
    const refused = await batchdeck(
      path.join(place, "home"),
      "invoke",
      "-n",
      "texts",
      "--input",
      path.join(place, "other"),
    );
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('no column "city"');
  });
});

describe("texts as tokens", () => {
  it("need no scorer.yml where a tokenizer.json lies beside a model of input_ids", async () => {
    const files = { "a.txt": "The cat, unaffable!", "b.txt": "dog", "c.txt": "Z\u00fcrich \u4e2d sat the the the" };
    const model = tokenModel({ ...tokens, tokenTypes: true });
    const { ran, rows } = await score({ model, files, tokenizer: wordPieceTokenizer() });
    expect(ran.code, ran.stderr).toBe(0);
    expectMean(rows[0], [2, 4, 5, 9, 6, 7, 8, 10, 3]);
    expectMean(rows[1], [2, 13, 3]);
    expectMean(rows[2], [2, 11, 12, 14, 4, 4, 4, 3]);
    expect(rows.map(({ types }) => types)).toEqual(["0", "0", "0"]);
  });

  it("are cut to max_length with their special tokens, and padded to what the model fixes", async () => {
    const files = { "a.txt": "the cat sat the dog\nthe\n" };
    for (const model of [tokenModel({ ...tokens, type: "int32" }), tokenModel({ ...tokens, length: 5, batch: 4 })]) {
      const scorer = "input: {kind: text, items: line, max_length: 5}\n";
      const { ran, rows } = await score({ model, files, scorer, tokenizer: wordPieceTokenizer() });
      expect(ran.code, ran.stderr).toBe(0);
      expectMean(rows[0], [2, 4, 5, 14, 3]);
      expectMean(rows[1], [2, 4, 3]);
    }
  });

  it("of a model without attention_mask do not count padding, whatever they run with", async () => {
    const lines = ["hello", "a", "b", "hello hello you", "ab"];
    const { ran, rows } = await score({
      model: tokenModel({ vocabulary: 303, mask: false }),
      files: { "a.txt": lines.join("\n") },
      scorer: "input: {items: line}\n",
      tokenizer: byteLevelTokenizer(),
    });
    expect(ran.code, ran.stderr).toBe(0);
    const bytes = (text: string) => [...Buffer.from(text)];
    const wanted = [[260], bytes("a"), bytes("b"), [260, 261, ...bytes(" you")], bytes("ab")];
    for (const [index, ids] of wanted.entries()) expectMean(rows[index], [300, ...ids, 301]);
  });

  it("fail alone when the model cannot take them, with its reason", async () => {
    const { ran, rows, errors } = await score({
      // It knows no token beyond 259, so `hello` is too much, and so are the special ones unless there are none.
      model: tokenModel({ vocabulary: 260 }),
      files: { "a.csv": "text\nabc\nhello\nxyz\n" },
      scorer: "input: {columns: {input_ids: text}}\n",
      tokenizer: byteLevelTokenizer({ post_processor: null }),
    });
    expect(ran.code, ran.stderr).toBe(3);
    expect(rows.map(({ row }) => row)).toEqual(["1", "3"]);
    expectMean(rows[0], [...Buffer.from("abc")]);
    expect(errors).toMatchObject([{ file: "a.csv", row: "2", stage: "infer", code: "model-error" }]);
  });
});

describe("a tokenizer.json", () => {
  const place = path.join(root, "lone");
  const create = async (tokenizer: string) => {
    fs.writeFileSync(path.join(place, "tokenizer.json"), tokenizer);
    return batchdeck(
      path.join(place, "home"),
      "deployment",
      "create",
      "-f",
      path.join(place, "one.yml"),
      "--set-default",
    );
  };

  it("comes along with a model that is a single file; one that cannot be used is refused in a sentence", async () => {
    writeFiles(place, {
      "model.onnx": Buffer.from(tokenModel(tokens)),
      "one.yml": "name: one\nendpoint_name: lone\ntype: model\nmodel: {path: model.onnx}\n",
      "input/a.txt": "the cat",
    });
    const home = path.join(place, "home");
    await batchdeck(home, "endpoint", "create", "-n", "lone");
    const refused = await create('{"model": {"type": "Oracle", "vocab": {}}}');
    expect(refused.code).toBe(2);
    expect(refused.stderr.trim()).toMatch(/^The tokenizer "tokenizer.json" cannot be used: "model\.type" .*\..*\.$/);
    const created = await create(JSON.stringify(wordPieceTokenizer()));
    expect(created.code, created.stderr).toBe(0);
    const out = path.join(place, "out");
    const ran = await batchdeck(
      home,
      "invoke",
      "-n",
      "lone",
      "--input",
      path.join(place, "input"),
      "--output-path",
      out,
    );
    expect(ran.code, ran.stderr).toBe(0);
    const [row] = parse<Row>(fs.readFileSync(path.join(out, "predictions.csv")), { columns: true });
    expectMean(row, [2, 4, 5, 3]);
  });
});

describe("texts that are none", () => {
  const bad = {
    "a.txt": "good",
    "b.txt": "",
    "c.txt": Buffer.from("\ufeffwide", "utf16le"),
    "d.txt": Buffer.from("nul\0nul"),
    "e.txt": Buffer.from([0x67, 0xff, 0x81, 0x20, 0xc3]),
    "f.txt": "caf\u00e9",
    "g.txt": Buffer.from("\ufeff"),
  };

  it("fail as files", async () => {
    const { ran, rows, errors } = await score({
      model: echoModel(),
      files: { ...bad, "z.txt": Buffer.alloc(16 * 1024 * 1024 + 1, "x") },
      scorer: "input: {kind: text}\n",
    });
    expect(ran.code, ran.stderr).toBe(3);
    expect(rows.map(({ same }) => same)).toEqual(["good", "wide", "caf\u00e9"]);
    expect(errors.map(({ file, row, code }) => [file, row, code])).toEqual([
      ["b.txt", "", "file-empty"],
      ["d.txt", "", "text-encoding"],
      ["e.txt", "", "text-encoding"],
      ["g.txt", "", "file-empty"],
      ["z.txt", "", "text-too-long"],
    ]);
  });

  it("fail as lines, one by one where the file is text", async () => {
    const files = { ...bad, "e.txt": Buffer.concat([Buffer.from("caf\u00e9\n"), bad["e.txt"], Buffer.from("\nend")]) };
    const { ran, rows, errors } = await score({
      model: echoModel(),
      files,
      scorer: "input: {kind: text, items: line}\n",
    });
    expect(ran.code, ran.stderr).toBe(3);
    expect(rows.map(({ file, row }) => `${file} ${row}`)).toEqual([
      "a.txt 1",
      "c.txt 1",
      "e.txt 1",
      "e.txt 3",
      "f.txt 1",
    ]);
    expect(errors.map(({ file, row, code }) => [file, row, code])).toEqual([
      ["b.txt", "", "file-empty"],
      ["d.txt", "1", "text-encoding"],
      ["e.txt", "2", "text-encoding"],
      ["g.txt", "", "file-empty"],
    ]);
  });

  it("are Windows-1252 when the first that is not ASCII is", async () => {
    const files = { "a.txt": "plain", "b.txt": Buffer.from("caf\u00e9 \x80", "latin1"), "c.txt": "caf\u00e9" };
    for (const items of ["file", "line"]) {
      const { ran, rows, errors } = await score({
        model: echoModel(),
        files,
        scorer: `input: {kind: text, items: ${items}}\n`,
      });
      expect(ran.code, ran.stderr).toBe(3);
      expect(rows.map(({ same }) => same)).toEqual(["plain", "caf\u00e9 \u20ac"]);
      expect(errors).toMatchObject([{ file: "c.txt", code: "text-encoding" }]);
    }
  });
});
