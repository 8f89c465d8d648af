import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, batchdeckJson, deploy, showJob, startBatchdeck, untilScored } from "../../helpers/batchdeck.ts";
import { wavFile } from "../../helpers/data/wav-files.ts";
import { energyModel, speechModel } from "../../helpers/models/audio-models.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** A row a window: their places and scores, and jobs of them that are killed, taken over from, tried again and compared. */
const { root, home } = temporaryPlaces("windows");
const rate = 8000;

type Row = Readonly<Record<string, string>>;

/** A sound whose level is another one each half second. */
function steps(levels: readonly number[]): Buffer {
  const samples = levels.flatMap((level) => new Array<number>(rate / 2).fill(level));
  return wavFile({ rate, channels: [samples], bits: 32, tag: 3 });
}

const soundName = (index: number) => `s${String(index).padStart(2, "0")}.wav`;
let inputs = 0;

/** s00.wav, s01.wav, … of half a second to four, in mini-batches of three. */
function makeInput(sounds: number): string {
  inputs += 1;
  const input = path.join(root, `input-${inputs}`);
  fs.mkdirSync(input);
  for (let index = 0; index < sounds; index++) {
    const levels = Array.from({ length: 1 + (index % 8) }, (_, step) => ((index + step) % 5) / 4);
    fs.writeFileSync(path.join(input, soundName(index)), steps(levels));
  }
  return input;
}

const arguments_ = (input: string, job: string) => [
  ...["invoke", "-n", "windows", "--input", input, "--output-path", path.join(root, job), "--job-name", job],
];

async function invoke(input: string, job: string, ...more: readonly string[]) {
  const ran = await batchdeck(home, ...arguments_(input, job), ...more);
  expect([0, 3], ran.stderr).toContain(ran.code);
  return ran;
}

function rowsOf(job: string): readonly Row[] {
  return parse<Row>(fs.readFileSync(path.join(root, job, "predictions.csv"), "utf8"), { columns: true });
}

function filesOf(job: string): Readonly<Record<string, string>> {
  const names = fs.readdirSync(path.join(root, job)).filter((name) => name !== "job.json");
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(root, job, name), "latin1")]));
}

beforeAll(async () => {
  await deploy(home, "windows", energyModel(), {
    scorer: `input: {kind: audio, sample_rate: ${rate}, windows: {seconds: 1, step: 0.5}}\nbatch: 3\n`,
    settings: ["mini_batch_size: 3"],
  });
});

describe("a sound in windows", () => {
  it("carries what a model remembers from each window to the next, and no further than its end", async () => {
    const input = path.join(root, "remembered");
    fs.mkdirSync(input);
    fs.writeFileSync(path.join(input, "a.wav"), steps([1, 0, 0.5, 1]));
    fs.writeFileSync(path.join(input, "b.wav"), steps([0.25, 0.25]));
    const carried = path.join(root, "carried");
    await deploy(carried, "speech", speechModel(), {
      scorer: `input: {kind: audio, constants: {sr: ${rate}, state: 0}, windows: {seconds: 0.5, carry: {state: stateN}}}
output: {outputs: [output]}
`,
    });
    const out = path.join(root, "remembered-out");
    const ran = await batchdeck(carried, "invoke", "-n", "speech", "--input", input, "--output-path", out);
    expect(ran.code, ran.stderr).toBe(0);
    const rows = parse<Row>(fs.readFileSync(path.join(out, "predictions.csv"), "utf8"), { columns: true });
    expect(rows.map(({ file, output }) => [file, Number(output) - rate])).toEqual([
      ["a.wav", 1],
      ["a.wav", 1],
      ["a.wav", 1.5],
      ["a.wav", 2.5],
      ["b.wav", 0.25],
      ["b.wav", 0.5],
    ]);
    const shown = await batchdeckJson<{ scorer: Row }>(
      ...([carried, "deployment", "show", "-n", "one", "--endpoint"] as const),
      "speech",
    );
    expect(shown.scorer).toMatchObject({ windows: { seconds: 0.5, step: 0.5, carry: { state: "stateN" } } });
  });

  it("has a row a window with its start, the last one padded, and is one item", async () => {
    const input = path.join(root, "few");
    fs.mkdirSync(input);
    fs.writeFileSync(path.join(input, "a.wav"), steps([1, 0, 0.5, 1, 0, 1]));
    fs.writeFileSync(path.join(input, "b.wav"), steps([1]));
    const odd = wavFile({ rate, channels: [new Array<number>(rate * 1.25).fill(1)], bits: 32, tag: 3 });
    fs.writeFileSync(path.join(input, "c.wav"), odd);
    await invoke(input, "few-out");
    expect(await showJob(home, "few-out")).toMatchObject({ item_unit: "file", succeeded: 3 });
    expect(rowsOf("few-out")).toEqual([
      { file: "a.wav", start: "0", energy: "0.5" },
      { file: "a.wav", start: "0.5", energy: "0.125" },
      { file: "a.wav", start: "1", energy: "0.625" },
      { file: "a.wav", start: "1.5", energy: "0.5" },
      { file: "a.wav", start: "2", energy: "0.5" },
      { file: "b.wav", start: "0", energy: "0.5" },
      { file: "c.wav", start: "0", energy: "1" },
      { file: "c.wav", start: "0.5", energy: "0.75" },
    ]);
  });

  it("is cut or padded first where seconds are asked for, and fills the runs of a model with a fixed batch", async () => {
    await deploy(home, "fixed", energyModel(rate / 2, 4), {
      scorer: `input: {kind: audio, sample_rate: ${rate}, seconds: 1.5, windows: {}}\n`,
    });
    const input = path.join(root, "few");
    const out = path.join(root, "fixed-out");
    const ran = await batchdeck(home, "invoke", "-n", "fixed", "--input", input, "--output-path", out);
    expect(ran.code, ran.stderr).toBe(0);
    expect(rowsOf("fixed-out").map(({ file, start, energy }) => `${file} ${start} ${energy}`)).toEqual([
      ...["a.wav 0 1", "a.wav 0.5 0", "a.wav 1 0.25"],
      ...["b.wav 0 1", "b.wav 0.5 0", "b.wav 1 0"],
      ...["c.wav 0 1", "c.wav 0.5 1", "c.wav 1 0.5"],
    ]);
  });

  it("fails as a whole when one of its windows does", async () => {
    const input = makeInput(3);
    const bad = wavFile({ rate, channels: [[...new Array<number>(rate * 2).fill(0), Number.NaN]], bits: 32, tag: 3 });
    fs.writeFileSync(path.join(input, soundName(1)), bad);
    await deploy(home, "strict", energyModel(), {
      scorer: [
        `input: {kind: audio, sample_rate: ${rate}, windows: {seconds: 1, step: 0.5}}`,
        "output: {not_a_number: error}\nbatch: 2\n",
      ].join("\n"),
    });
    const out = path.join(root, "strict-out");
    const ran = await batchdeck(home, "invoke", "-n", "strict", "--input", input, "--output-path", out);
    expect(ran.code).toBe(3);
    expect(new Set(rowsOf("strict-out").map(({ file }) => file))).toEqual(new Set([soundName(0), soundName(2)]));
    expect(fs.readFileSync(path.join(out, "errors.csv"), "utf8")).toContain("score-not-a-number");
  });
});

describe.each(["csv", "parquet", "jsonl"])("jobs of windows (%s)", (format) => {
  const set = ["--set", `batchdeck.output_format=${format}`];

  it("give the same bytes with one worker and two, after kills, and when rows are taken over", async () => {
    const input = makeInput(40);
    await invoke(input, `one-${format}`, ...set, "--set", "max_concurrency_per_instance=1");
    await invoke(input, `two-${format}`, ...set, "--set", "max_concurrency_per_instance=2");
    expect(filesOf(`two-${format}`)).toEqual(filesOf(`one-${format}`));
    const job = `killed-${format}`;
    const running = startBatchdeck(home, ...arguments_(input, job), ...set);
    await untilScored(home, job, 3);
    running.child.kill("SIGKILL");
    await running.ended;
    const resumed = await batchdeck(home, "job", "stream", "-n", job);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(filesOf(job)).toEqual(filesOf(`one-${format}`));
    fs.writeFileSync(path.join(input, soundName(4)), steps([1, 1, 1]));
    const ran = await invoke(input, `more-${format}`, ...set, "--incremental");
    expect(ran.stderr).toContain("Reused 37 of 40 files");
    await invoke(input, `fresh-${format}`, ...set);
    expect(filesOf(`more-${format}`)).toEqual(filesOf(`fresh-${format}`));
  });

  it("are tried again where a sound failed, and compared window by window", async () => {
    const input = makeInput(7);
    fs.writeFileSync(path.join(input, soundName(5)), "no sound");
    await invoke(input, `mended-${format}`, ...set);
    fs.writeFileSync(path.join(input, soundName(5)), steps([0.25, 0.5]));
    const ran = await batchdeck(home, "job", "retry-failed", "-n", `mended-${format}`);
    expect(ran.code, ran.stderr).toBe(0);
    await invoke(input, `whole-${format}`, ...set);
    expect(filesOf(`mended-${format}`)).toEqual(filesOf(`whole-${format}`));
    fs.writeFileSync(path.join(input, soundName(2)), steps([0, 0, 0, 0]));
    await invoke(input, `other-${format}`, ...set);
    const counts = await batchdeckJson<Row>(home, "job", "compare", `whole-${format}`, `other-${format}`);
    // The sound of 1.5 seconds has two windows, that of 2 three: both are others, and one is new.
    expect(counts).toMatchObject({ item_unit: "row", lined_up_by: "item", changed: 2, only_in_a: 0, only_in_b: 1 });
  });
});
