import * as z from "zod";
import { tensorInfoSchema } from "../../signature.ts";
import { type ScorerOutput, scorerParts } from "./scorer-parts.ts";

const hertz = z.number().int().min(1000).max(768_000);
const positiveSeconds = z.number().positive();

/** What scorer.yml says of sounds, beside its kind. */
export const audioFileKeys = {
  /** Samples a second that the model was trained with. */
  sample_rate: hertz.optional(),
  /** Longer sounds are cut, after shorter ones come zeros; left out: as long as the model fixes, or as the file is. */
  seconds: positiveSeconds.optional(),
  /**
   * A row a window; its length is that of the model where it is left out, and the step the length. `carry`: input of the model →
   * the output that fills it in the next window of the same sound.
   */
  windows: z
    .strictObject({
      seconds: positiveSeconds.optional(),
      step: positiveSeconds.optional(),
      carry: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
};

const samples = z.number().int().positive();
/** A state that one window leaves to the next: what came out as `output` goes in as `input`, which is a constant at first. */
const carriedStateSchema = z.strictObject({ input: z.string(), output: z.string() });
export type CarriedState = Readonly<z.infer<typeof carriedStateSchema>>;

/** Sounds. An item is a file, mixed to one channel at `sampleRate`, full scale being `scale`. */
export const audioScorerSchema = z.strictObject({
  kind: z.literal("audio"),
  /** One input, [N, samples], [N, 1, samples] or, where an item is a whole run, [samples]. */
  inputs: z.tuple([tensorInfoSchema]),
  /** The model has no batch dimension: a row is a whole run. */
  isWhole: z.boolean(),
  sampleRate: hertz,
  /** What full scale becomes; left out: 1. */
  scale: z.number().optional(),
  /** Samples that a sound is cut or padded to; null: as many as it has. */
  length: samples.nullable(),
  /**
   * An item has a row a window of `length` samples; `step` of them later begins the next. `outputs` then begin with `startColumn`.
   * With `carry` each window waits for the one before.
   */
  windows: z
    .strictObject({ length: samples, step: samples, carry: z.array(carriedStateSchema).nonempty().optional() })
    .optional(),
  ...scorerParts,
});
export type AudioScorer = Readonly<z.infer<typeof audioScorerSchema>>;

/** Where a window begins in its sound, in seconds. */
export const startColumn: ScorerOutput = {
  ...{ name: "start", type: "float64", width: 1, labels: null, softmax: false, topK: 0 },
  columns: ["start"],
};

/** The outputs that the model has. */
export function outputsOfModel({
  windows,
  outputs,
}: Pick<AudioScorer, "windows" | "outputs">): readonly ScorerOutput[] {
  return windows === undefined ? outputs : outputs.slice(1);
}

/** Samples of a row; null: any number. */
export function rowLength({ windows, length }: Pick<AudioScorer, "windows" | "length">): number | null {
  return windows?.length ?? length;
}

/** Windows of a sound of so many samples: the last one ends with it or behind it. */
export function windowCount({ length, step }: NonNullable<AudioScorer["windows"]>, samplesOfSound: number): number {
  return 1 + Math.max(0, Math.ceil((samplesOfSound - length) / step));
}

/** Sizes of a row's tensor, without the batch: its length, in as many dimensions as the input has. */
export function rowSizes(
  { inputs: [input], isWhole }: Pick<AudioScorer, "inputs" | "isWhole">,
  length: number,
): number[] {
  const ones = input.shape.length - (isWhole ? 1 : 2);
  return [...Array.from({ length: ones }, () => 1), length];
}

/** Sounds as scorer.yml spells them. */
export function audioWords({ sampleRate, length, windows }: AudioScorer): Readonly<Record<string, unknown>> {
  return {
    sample_rate: sampleRate,
    seconds: length === null ? null : length / sampleRate,
    ...(windows === undefined ? {} : { windows: windowWords(windows, sampleRate) }),
  };
}

function windowWords({ length, step, carry }: NonNullable<AudioScorer["windows"]>, sampleRate: number) {
  const states = carry?.map(({ input, output }) => [input, output] as const);
  return {
    ...{ seconds: length / sampleRate, step: step / sampleRate },
    ...(states === undefined ? {} : { carry: Object.fromEntries(states) }),
  };
}
