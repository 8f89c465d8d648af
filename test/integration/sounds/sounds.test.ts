import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { batchdeck, batchdeckJson, deploy } from "../../helpers/batchdeck.ts";
import { tone, wavFile } from "../../helpers/data/wav-files.ts";
import {
  energyModel,
  filterModel,
  speechModel,
  toldRateModel,
  wholeSoundModel,
} from "../../helpers/models/audio-models.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import expected from "../../fixtures/audio/expected.json" with { type: "json" };

/** Sounds through the real program, with scores that the samples themselves tell. */
const root = temporaryFolder("sounds");
const fixtures = path.join(import.meta.dirname, "..", "..", "fixtures", "audio");
let places = 0;

type Row = Readonly<Record<string, string>>;
type Wish = {
  readonly model: Uint8Array;
  readonly scorer: string;
  readonly files: Readonly<Record<string, Buffer | string>>;
};

async function score({ model, scorer, files }: Wish, ...more: readonly string[]) {
  places += 1;
  const place = path.join(root, String(places));
  const [home, input, out] = [path.join(place, "home"), path.join(place, "input"), path.join(place, "out")];
  fs.mkdirSync(input, { recursive: true });
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(input, name), content);
  await deploy(home, "sounds", model, { scorer });
  const ran = await batchdeck(home, "invoke", "-n", "sounds", "--input", input, "--output-path", out, ...more);
  const read = (name: string): readonly Row[] => {
    const file = path.join(out, name);
    return fs.existsSync(file) ? parse<Row>(fs.readFileSync(file, "utf8"), { columns: true }) : [];
  };
  return { home, input, ran, rows: read("predictions.csv"), errors: read("errors.csv") };
}

const energies = (rows: readonly Row[]): number[] => rows.map(({ energy }) => Number(energy));
const toneFile = (rate: number, seconds: number, level: number): Buffer =>
  wavFile({ rate, channels: [tone(rate, 440, rate * seconds, level)] });

async function refused(model: Uint8Array, scorer: string): Promise<string> {
  places += 1;
  return deploy(path.join(root, String(places), "home"), "sounds", model, { scorer }).then(
    () => "",
    (error: unknown) => String(error),
  );
}

describe("sounds", () => {
  it("of every format and rate become samples of one rate, each at its own length or beside others of it", async () => {
    const names = Object.keys(expected).filter((name) => name !== "expected.json") as (keyof typeof expected)[];
    const { ran, rows, errors } = await score({
      model: energyModel(),
      scorer: "input: {kind: audio, sample_rate: 16000}\n",
      files: {
        ...Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(fixtures, name))])),
        "a.wav": toneFile(16_000, 1, 0.5),
        "b.WAV": toneFile(44_100, 1, 0.5),
        "c.wav": toneFile(16_000, 1, 0.25),
        recording: toneFile(8000, 2, 0.5),
        "table.csv": "x\n1\n",
      },
    });
    expect(ran.code, ran.stderr).toBe(0);
    expect(errors).toEqual([]);
    const found = new Map(rows.map(({ file, energy }) => [file, Number(energy)]));
    expect([...found.keys()].sort()).toEqual([...names, "a.wav", "b.WAV", "c.wav", "recording"].sort());
    for (const [name, energy] of [
      ["a.wav", 0.125],
      ["b.WAV", 0.125],
      ["c.wav", 0.031_25],
      ["recording", 0.125],
    ] as const) {
      expect(found.get(name)).toBeCloseTo(energy, 3);
    }
    for (const name of names) expect(found.get(name)).toBeCloseTo(expected[name].meanSquare, 3);
  });

  it("are cut or padded to the seconds that are asked for, or that the model fixes, with one channel where it has a place for it", async () => {
    const files = { "long.wav": toneFile(16_000, 2, 0.5), "short.wav": toneFile(16_000, 0.25, 0.5) };
    const asked = await score({
      model: energyModel(),
      scorer: "input: {kind: audio, sample_rate: 16000, seconds: 0.5}\n",
      files,
    });
    expect(asked.ran.code, asked.ran.stderr).toBe(0);
    expect(energies(asked.rows)).toEqual([expect.closeTo(0.125, 3), expect.closeTo(0.0625, 3)]);
    const fixed = await score({
      model: filterModel(8000),
      scorer: "input: {kind: audio, sample_rate: 16000}\n",
      files: {
        "level.wav": wavFile({ rate: 16_000, channels: [new Array<number>(8000).fill(0.5)], bits: 32, tag: 3 }),
      },
    });
    expect(fixed.rows).toEqual([{ file: "level.wav", peaks_0: "0", peaks_1: "0.25" }]);
    const whole = await score({
      model: wholeSoundModel(4000),
      scorer: "input: {kind: audio, sample_rate: 8000}\n",
      files: { "a.wav": toneFile(8000, 1, 0.5), "b.wav": toneFile(8000, 0.25, 0.5) },
    });
    expect(energies(whole.rows)).toEqual([expect.closeTo(0.125, 3), expect.closeTo(0.0625, 3)]);
  });

  it("that are empty, cut, no sound or too short for a model fail alone", async () => {
    const whole = toneFile(16_000, 1, 0.5);
    const { ran, rows, errors } = await score({
      model: filterModel(),
      scorer: "input: {kind: audio, sample_rate: 16000}\nbatch: 4\n",
      files: {
        "a.wav": whole,
        "b.wav": "",
        "c.wav": whole.subarray(0, 1000),
        "d.mp3": "no sound",
        "e.wav": wavFile({ rate: 16_000, channels: [[0.5]] }),
        "f.wav": whole,
      },
    });
    expect(ran.code).toBe(3);
    expect(rows.map(({ file }) => file)).toEqual(["a.wav", "f.wav"]);
    expect(errors.map(({ file, stage, code }) => `${file} ${stage} ${code}`)).toEqual([
      "b.wav read file-empty",
      "c.wav preprocess audio-damaged",
      "d.mp3 preprocess audio-not-audio",
      "e.wav infer model-error",
    ]);
    expect(errors[1]?.["message"]).toBe("The WAV file is damaged: it ends before its samples do.");
  });

  it("are at the rate that a constant tells the model", async () => {
    const { ran, rows } = await score({
      model: toldRateModel(),
      scorer: "input: {kind: audio, constants: {sr: 8000}}\n",
      files: { "a.wav": wavFile({ rate: 8000, channels: [new Array<number>(100).fill(0.5)] }) },
    });
    expect(ran.code, ran.stderr).toBe(0);
    expect(energies(rows)).toEqual([8000.5]);
  });

  it("are as loud as the model was trained with", async () => {
    const { ran, rows } = await score({
      model: energyModel(),
      scorer: "input: {kind: audio, sample_rate: 8000, scale: 1024}\n",
      files: { "a.wav": wavFile({ rate: 8000, channels: [new Array<number>(100).fill(0.5)] }) },
    });
    expect(ran.code, ran.stderr).toBe(0);
    expect(energies(rows)).toEqual([512 ** 2]);
  });

  it("are refused with a sentence where scorer.yml and the model do not fit", async () => {
    const said = await Promise.all([
      refused(energyModel(), "input: {kind: audio}\n"),
      refused(energyModel(8000), "input: {kind: audio, sample_rate: 16000, seconds: 1}\n"),
      refused(energyModel(), "input: {kind: audio, sample_rate: 16000, windows: {step: 1}}\n"),
      refused(energyModel(), "input: {kind: audio, sample_rate: 16000, windows: {seconds: 1, step: 2}}\n"),
      refused(energyModel(), "input: {kind: audio, sample_rate: 16000, seconds: 100000}\n"),
      refused(toldRateModel(), "input: {kind: audio, sample_rate: 16000}\n"),
      refused(energyModel(), "input: {kind: audio, sample_rate: 16000, scale: [1, 2]}\n"),
      ...["{sr: stateN}", "{input: stateN}", "{state: next}"].map((carry) =>
        refused(
          speechModel(),
          `input: {kind: audio, constants: {sr: 16000, state: 0}, windows: {seconds: 1, carry: ${carry}}}\n`,
        ),
      ),
      refused(energyModel(), "input: {kind: tensor, sample_rate: 16000}\n"),
      refused(energyModel(), "input: {kind: audio, sample_rate: 16000}\noutput: {keep: [id]}\n"),
    ]);
    expect(said).toEqual([
      expect.stringContaining('"input.sample_rate" in scorer.yml is missing'),
      expect.stringContaining("makes 16000 samples at 16000 Hz, and the model takes exactly 8000"),
      expect.stringContaining('"input.windows.seconds" in scorer.yml is missing'),
      expect.stringContaining("is longer than a window"),
      expect.stringContaining("from 1 to 67,108,864 are possible"),
      expect.stringContaining("Sounds fill one input of floats"),
      expect.stringContaining('"input.scale" in scorer.yml has 2'),
      expect.stringContaining('fills "sr" int64[] with "stateN"'),
      expect.stringContaining("nothing says what fills it in the first window"),
      expect.stringContaining('"next"'),
      expect.stringContaining("sample_rate"),
      expect.stringContaining("output.keep"),
    ]);
  });

  it("are told of before a run, by the keys of scorer.yml", async () => {
    const scorer = "input: {kind: audio, sample_rate: 16000, seconds: 2, windows: {seconds: 1, step: 0.5}}\n";
    const { home, input } = await score({ model: energyModel(), scorer, files: { "a.wav": toneFile(16_000, 1, 0.5) } });
    const plan = await batchdeckJson<Row>(home, "invoke", "-n", "sounds", "--input", input, "--dry-run");
    expect(plan).toMatchObject({ plan: { scorer_kind: "audio" } });
    const deployment = await batchdeckJson<{ scorer: Row }>(
      home,
      "deployment",
      "show",
      "-n",
      "one",
      "--endpoint",
      "sounds",
    );
    expect(deployment.scorer).toMatchObject({
      ...{ kind: "audio", sample_rate: 16_000, seconds: 2, windows: { seconds: 1, step: 0.5 } },
    });
    expect(deployment.scorer).not.toHaveProperty("sampleRate");
  });
});
