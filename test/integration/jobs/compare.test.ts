import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Comparison } from "../../../electron/contract/messages/compare-messages.ts";
import { batchdeck, batchdeckJson, deploy, startBatchdeck } from "../../helpers/batchdeck.ts";
import { writeImageFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel, everyTypeModel, stringModel } from "../../helpers/models/model-fixtures.ts";
import { helpersOf, isAlive } from "../../helpers/processes.ts";
import { deployScript } from "../../helpers/scripts/script-deployments.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";
import { imageModel } from "../../helpers/models/image-models.ts";

/** `job compare` on small jobs of every format and kind, and what it refuses. */
const { root, home } = temporaryPlaces("compare");

async function invoke(endpoint: string, input: string, job: string, ...settings: readonly string[]): Promise<void> {
  const args = ["invoke", "-n", endpoint, "--input", path.join(root, input), "--job-name", job];
  const ran = await batchdeck(home, ...args, ...settings.flatMap((setting) => ["--set", setting]));
  expect([0, 3], ran.stderr).toContain(ran.code);
}

function compare(a: string, b: string, ...more: readonly string[]): Promise<Comparison> {
  return batchdeckJson<Comparison>(home, "job", "compare", a, b, ...more);
}

const linesOf = (compared: Comparison): readonly string[] =>
  fs
    .readFileSync(compared.differences_file ?? "", "utf8")
    .split("\n")
    .slice(1, -1);

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

type Cells = Readonly<Record<string, string | null>>;

/** Values that formats write differently, and texts that they stumble over. */
const texts = [
  "",
  null,
  "two words",
  "a,b",
  'say "hi"',
  "two\nlines",
  "cr\rhere",
  "=1+1",
  "'=1+1",
  "-2+3",
  "-4",
  "null",
  "NaN",
];
const records: readonly Cells[] = texts.map((text, index) => ({
  id: text,
  in_single: ["0.1", "1e-7", "16777217", "NaN", "-inf", "-0", "3.4e38"][index % 7] as string,
  in_half: ["0.1", "6e-8", "65504", "NaN", "inf", "0.333"][index % 6] as string,
  in_double: ["0.1", "1e21", "1e16", "NaN", "-inf", "5e-324"][index % 6] as string,
  in_signed: ["9007199254740993", "-9223372036854775808", "7"][index % 3] as string,
  in_unsigned: ["18446744073709551615", "0"][index % 2] as string,
  in_flag: index % 2 === 0 ? "true" : "false",
  in_word: text ?? "none",
}));
const writeRecords = (file: string, some: readonly Cells[]) =>
  write(file, some.map((record) => `${JSON.stringify(record)}\n`).join(""));
const changed = (place: number, cells: Cells) =>
  records.map((record, index) => (index === place ? { ...record, ...cells } : record));

beforeAll(async () => {
  await deploy(home, "types", everyTypeModel(), { scorer: "input: {missing: nan}\noutput: {keep: [id]}\n" });
  writeRecords("in/a b.jsonl", records);
  writeRecords("in/c.jsonl", records.slice(0, 5));
  await invoke("types", "in", "csv");
});

describe("the same job in another format", () => {
  it.each([
    ["parquet", ["batchdeck.output_format=parquet"]],
    ["jsonl", ["batchdeck.output_format=jsonl"]],
    ["azureml", ["batchdeck.output_format=azureml"]],
    ["kept", ["batchdeck.csv_formulas=keep"]],
  ])("has no differences (%s), either way round", async (name, settings) => {
    await invoke("types", "in", name, ...settings);
    for (const [a, b] of [
      ["csv", name],
      [name, "csv"],
    ] as const) {
      const compared = await compare(a, b);
      expect(linesOf(compared)).toEqual([]);
      expect(compared).toMatchObject({ same: 18, changed: 0, only_in_a: 0, only_in_b: 0, columns_only_in_a: [] });
      expect(compared.columns.map((column) => column.name)).toEqual(
        "id single half double signed unsigned flag word".split(" "),
      );
    }
  });

  it("has none as an MLflow folder either, whose file has other columns", async () => {
    const model = "{path: net, type: mlflow_model}";
    const tensor = JSON.stringify([{ type: "tensor", "tensor-spec": { dtype: "float32", shape: [-1, 4] } }]);
    write("mlflow/net/model.onnx", "");
    fs.writeFileSync(path.join(root, "mlflow/net/model.onnx"), denseModel({ features: 4, classes: 2 }));
    write(
      "mlflow/net/MLmodel",
      `flavors:\n  onnx:\n    data: model.onnx\n    onnx_version: 1.16.0\nsignature:\n  inputs: '${tensor}'\n`,
    );
    write("mlflow/deployment.yml", `name: one\nendpoint_name: hearts\ntype: model\nmodel: ${model}\n`);
    write(
      "hearts/x.csv",
      `a,b,c,d\n${Array.from({ length: 40 }, (_, row) => `${row},1,bad,2`.replace("bad", row === 7 ? "bad" : "3")).join("\n")}\n`,
    );
    await batchdeck(home, "endpoint", "create", "-n", "hearts");
    const file = path.join(root, "mlflow/deployment.yml");
    const created = await batchdeck(home, "deployment", "create", "-f", file, "--set-default");
    expect(created.code, created.stderr).toBe(0);
    await invoke("hearts", "hearts", "hearts-csv");
    await invoke("hearts", "hearts", "hearts-azure", "batchdeck.output_format=azureml");
    expect(await compare("hearts-csv", "hearts-azure")).toMatchObject({
      same: 39,
      changed: 0,
      only_in_a: 0,
      only_in_b: 0,
    });
  });
});

describe("differences", () => {
  it("are told by column: numbers by how much, whole ones exactly, labels from what to what", async () => {
    writeRecords("other/a b.jsonl", changed(0, { in_signed: "9007199254740995", in_word: "=2+2", in_single: "0.5" }));
    writeRecords("other/c.jsonl", records.slice(0, 4));
    await invoke("types", "other", "other", "batchdeck.output_format=jsonl");
    const compared = await compare("csv", "other");
    expect(compared).toMatchObject({
      same: 16,
      changed: 1,
      changed_input: 0,
      only_in_a: 1,
      failed_in_b: 0,
      only_in_b: 0,
    });
    expect(linesOf(compared)).toEqual([
      `a b.jsonl,1,changed,single,0.1,0.5,${0.5 - Math.fround(0.1)}`,
      "a b.jsonl,1,changed,signed,9007199254740993,9007199254740995,2",
      "a b.jsonl,1,changed,word,,'=2+2,",
      "c.jsonl,5,only in A,,,,",
    ]);
    const column = (name: string) => compared.columns.find((one) => one.name === name);
    expect(column("word")?.changes).toEqual([{ from: "", to: "=2+2", count: 1 }]);
    expect(column("signed")).toMatchObject({ changed: 1, largest: 2, largest_at: { file: "a b.jsonl", row: 1 } });
    expect(column("double")).toMatchObject({ changed: 0, largest: 0, largest_at: null });
    const tolerant = await compare("csv", "other", "--tolerance", "2", "--output-path", path.join(root, "tolerant"));
    expect(linesOf(tolerant)).toHaveLength(2);
    expect(tolerant.differences_file).toBe(path.join(root, "tolerant", "differences.csv"));
    // What was found before stays where it is.
    const again = await batchdeck(home, "job", "compare", "csv", "other");
    expect(again.stdout).toContain(path.join(home, "outputs", "csv-vs-other-2", "differences.csv"));
  });

  it("in kept columns are told as changed input", async () => {
    writeRecords("swapped/a b.jsonl", changed(2, { id: "another" }));
    writeRecords("swapped/c.jsonl", records.slice(0, 5));
    await invoke("types", "swapped", "swapped");
    const compared = await compare("csv", "swapped");
    expect(compared).toMatchObject({ same: 17, changed: 1, changed_input: 1 });
    expect(linesOf(compared)).toEqual(["a b.jsonl,3,changed input,id,two words,another,"]);
  });

  it("of two single files are those of their rows, whatever the files are called", async () => {
    writeRecords("one.jsonl", records);
    writeRecords("two.jsonl", changed(4, { in_double: "7" }).slice(0, 10));
    await invoke("types", "one.jsonl", "one");
    await invoke("types", "two.jsonl", "two");
    const compared = await compare("one", "two");
    expect(compared).toMatchObject({ same: 9, changed: 1, only_in_a: texts.length - 10 });
    expect(linesOf(compared)[0]).toBe("one.jsonl,5,changed,double,-Infinity,7,");
  });

  it("of two models are those of the columns that both have", async () => {
    await deploy(home, "three", denseModel({ classes: 3 }), { scorer: "input: {columns: {features: [a, b, c, d]}}\n" });
    await deploy(home, "four", denseModel({ classes: 4 }), { scorer: "input: {columns: {features: [a, b, c, d]}}\n" });
    write("numbers/x.csv", `a,b,c,d\n${Array.from({ length: 50 }, (_, row) => `${row},1,2,3`).join("\n")}\n`);
    await invoke("three", "numbers", "three");
    await invoke("four", "numbers", "four");
    const compared = await compare("three", "four");
    expect(compared).toMatchObject({ columns_only_in_a: [], columns_only_in_b: ["probabilities_3"] });
    expect(compared.same + compared.changed).toBe(50);
    const told = await batchdeck(home, "job", "compare", "three", "four", "--output-path", path.join(root, "told.csv"));
    expect(told.stdout).toContain("Columns only in B: probabilities_3\n");
    expect(told.stdout).toMatch(
      /^probabilities_0: \d+ changed; at most [0-9.e-]+ apart \(x\.csv, row \d+\), [0-9.e-]+ on average$/m,
    );
  });

  it("of pictures are told by file", async () => {
    await deploy(home, "pictures", imageModel());
    writeImageFolder(path.join(root, "pictures"), { count: 12 });
    fs.cpSync(path.join(root, "pictures"), path.join(root, "fewer"), { recursive: true });
    fs.rmSync(path.join(root, "fewer", "image-0003.png"));
    write("fewer/image-0011.png", "no picture");
    await invoke("pictures", "pictures", "pictures");
    await invoke("pictures", "fewer", "fewer", "batchdeck.output_format=parquet");
    const compared = await compare("pictures", "fewer");
    expect(compared).toMatchObject({ item_unit: "file", same: 10, changed: 0, only_in_a: 2, failed_in_b: 1 });
    expect(linesOf(compared)).toEqual(["image-0003.png,,only in A,,,,", "image-0011.png,,failed in B,,,,"]);
  });
});

describe("rows of scripts", () => {
  const script = (body: string) => ({
    name: "score.mjs",
    source: `import path from "node:path";\nexport function init() {}\nexport const run = (files) => ${body};\n`,
  });

  beforeAll(async () => {
    for (let file = 0; file < 10; file += 1) write(`some/f${file}.txt`, "x");
    await deployScript(home, "each", script("files.map((f) => ({ name: path.basename(f), half: 0.5 }))"), [
      "mini_batch_size: 3",
    ]);
    await deployScript(
      home,
      "changing",
      script("files.map((f) => ({ name: path.basename(f), half: f.endsWith('4.txt') ? 1.5 : 0.5 }))"),
      ["mini_batch_size: 4"],
    );
    await deployScript(
      home,
      "twice",
      script("[...files, ...files].map((f) => ({ name: path.basename(f), half: 0.5 }))"),
      ["mini_batch_size: 3"],
    );
    await deployScript(
      home,
      "thrice",
      script("[...files, ...files, ...files].map((f) => ({ name: path.basename(f) }))"),
      ["mini_batch_size: 3"],
    );
    for (const endpoint of ["each", "changing", "twice", "thrice"]) await invoke(endpoint, "some", endpoint);
    await invoke("twice", "some", "twice-again", "batchdeck.output_format=parquet");
  });

  it("are lined up by their place among the files of a mini-batch where there is one a file", async () => {
    const compared = await compare("each", "changing");
    expect(compared).toMatchObject({ lined_up_by: "mini_batch", item_unit: "file", same: 9, changed: 1 });
    expect(linesOf(compared)).toEqual(["f4.txt,,changed,half,0.5,1.5,1"]);
  });

  it("are lined up by their place in the file where both have as many", async () => {
    expect(await compare("twice", "twice-again")).toMatchObject({
      lined_up_by: "line",
      rows_in_a: 20,
      same: 20,
      changed: 0,
    });
  });

  it("are only counted where they cannot be lined up", async () => {
    const counted = await compare("twice", "thrice");
    expect(counted).toMatchObject({ lined_up_by: "nothing", rows_in_a: 20, rows_in_b: 30, differences_file: null });
    const told = await batchdeck(home, "job", "compare", "twice", "thrice");
    expect(told.stdout).toContain("rows cannot be lined up.\n");
    expect(told.code).toBe(0);
  });
});

describe("what cannot be compared is refused with 2, and nothing is written", () => {
  async function refused(a: string, b: string, sentence: string, ...more: readonly string[]): Promise<void> {
    const ran = await batchdeck(home, "job", "compare", a, b, ...more);
    expect(ran.stderr).toContain(sentence);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe("");
  }

  it("unknown and unfinished jobs, other items, and no column in common", async () => {
    await deploy(home, "words", stringModel());
    const queued = ["invoke", "-n", "types", "--input", path.join(root, "in"), "--job-name", "queued", "--no-wait"];
    expect((await batchdeck(home, ...queued)).code).toBe(0);
    await refused("csv", "nobody", 'There is no job named "nobody".');
    await refused("queued", "csv", "The job queued has not ended: it is Queued.");
    await refused(
      "csv",
      "pictures",
      "The items of csv are rows and those of pictures are files: they cannot be lined up.",
    );
    await refused("csv", "three", "The predictions of csv and three have no column in common.");
    await refused("csv", "csv", 'not "-1"', "--tolerance=-1");
    await batchdeck(home, "job", "cancel", "-n", "queued");
    await refused("queued", "csv", "The job queued has no whole file of predictions: it is Canceled.");
    expect(fs.existsSync(path.join(home, "outputs", "csv-vs-three"))).toBe(false);
  });

  it("an existing file of differences", async () => {
    const target = path.join(root, "there.csv");
    fs.writeFileSync(target, "mine");
    await refused("csv", "csv", `The path already exists: ${target}.`, "--output-path", target);
    expect(fs.readFileSync(target, "utf8")).toBe("mine");
  });

  it.each(["csv", "parquet"])("files that were changed or are gone (%s)", async (format) => {
    const job = `damaged-${format}`;
    await invoke("types", "in", job, `batchdeck.output_format=${format}`);
    const file = path.join(home, "outputs", job, `predictions.${format}`);
    const bytes = fs.readFileSync(file);
    const at = bytes.indexOf(format === "csv" ? "lines" : "word");
    bytes[at] = (bytes[at] ?? 0) + 1;
    fs.writeFileSync(file, bytes);
    const sentence = `The files of the job ${job} are gone, or are not what it wrote any more.`;
    await refused(job, "csv", sentence);
    fs.rmSync(file);
    await refused("csv", job, sentence);
    const outputs = path.join(home, "outputs");
    for (const pair of [`${job}-vs-csv`, `csv-vs-${job}`]) {
      const folder = path.join(outputs, pair);
      expect(fs.existsSync(folder) ? fs.readdirSync(folder) : []).toEqual([]);
    }
  });
});

it("Ctrl-C ends a comparison with 130, and leaves nothing", async () => {
  const target = path.join(root, "interrupted");
  const running = startBatchdeck(home, "job", "compare", "csv", "csv", "--output-path", target);
  const command = running.child.pid ?? 0;
  await until(() => !isAlive(command) || helpersOf(command).length > 0, 2);
  running.child.kill("SIGINT");
  const ended = await running.ended;
  expect(ended.code, ended.stderr).toBe(130);
  expect(fs.existsSync(target) ? fs.readdirSync(target) : []).toEqual([]);
});
