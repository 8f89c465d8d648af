import { failure, type Result, success } from "../../contract/problem.ts";
import { type AudioScorer, type CarriedState, startColumn } from "../../contract/nouns/scorers/audio-scorer.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { ModelSignature, TensorInfo } from "../../contract/signature.ts";
import { takesWholeItems } from "./resolve-tensor-scorer.ts";
import type { ScorerParts } from "./scorer-parts.ts";
import { described, isFloat, namesOf } from "./tensor-facts.ts";

/** More cannot be held for one item. */
const mostLength = 64 * 1024 * 1024;

/** Whether an item is a whole run: of an input with one dimension that dimension is the samples. */
export function takesWholeSounds(signature: ModelSignature, file: ScorerFile): boolean {
  const [only] = signature.inputs;
  return only?.shape.length === 1 || takesWholeItems(signature, file);
}

/** The scorer of sounds, of a model with one input of samples. */
export function audioScorer(signature: ModelSignature, file: ScorerFile, parts: ScorerParts): Result<AudioScorer> {
  const { inputs } = signature;
  const { scale } = file.input ?? {};
  const [input, ...besides] = inputs;
  const isWhole = takesWholeSounds(signature, file);
  if (input === undefined || besides.length > 0 || !isOfSamples(input, isWhole)) {
    return failure("scorer/invalid:audio-input", { inputs: inputs.map(described) });
  }
  if (parts.keep.length > 0) return failure("scorer/invalid:keep-of-texts", { items: "file" });
  const sampleRate = file.input?.sample_rate ?? constantRate(parts);
  if (sampleRate === undefined) return failure("scorer/invalid:audio-rate");
  if (typeof scale === "object")
    return failure("scorer/invalid:per-channel", { key: "scale", numbers: scale.length, channels: 1 });
  const lengths = soundLengths(input.shape.at(-1) ?? null, sampleRate, file.input ?? {});
  if (!lengths.ok) return lengths;
  const states = carriedStates(signature, file.input?.windows?.carry ?? {}, parts.constants ?? []);
  if (!states.ok) return states;
  const { outputs, ...more } = parts;
  const { length, windows } = lengths.value;
  const common = {
    ...{ kind: "audio" as const, inputs: [input] as [TensorInfo], isWhole, sampleRate, length, ...more },
    ...(scale === undefined ? {} : { scale }),
  };
  if (windows === undefined) return success({ ...common, outputs });
  const [first, ...others] = states.value;
  return success({
    ...common,
    ...(first === undefined ? { windows } : { windows: { ...windows, carry: [first, ...others] }, batch: 1 }),
    outputs: [startColumn, ...outputs],
  });
}

function isOfSamples({ type, shape }: TensorInfo, isWhole: boolean): boolean {
  const sizes = isWhole ? shape : shape.slice(1);
  return (
    isFloat(type) && sizes.length > 0 && sizes.slice(0, -1).every((size) => (size ?? 1) === 1) && shape.length <= 3
  );
}

/** A model that is told the rate as a constant is told the one that it gets. */
function constantRate({ constants = [] }: Pick<ScorerParts, "constants">): number | undefined {
  const told = constants.find(({ name, values }) => ["sr", "sample_rate"].includes(name) && values.length === 1);
  const rate = Number(told?.values[0]);
  return Number.isInteger(rate) && rate >= 1000 && rate <= 768_000 ? rate : undefined;
}

/** Which outputs fill which inputs in the next window: the inputs are constants in the first one, of the same type and depth. */
function carriedStates(
  { outputs }: ModelSignature,
  carry: Readonly<Record<string, string>>,
  constants: NonNullable<ScorerParts["constants"]>,
): Result<readonly CarriedState[]> {
  const states: CarriedState[] = [];
  for (const [input, output] of Object.entries(carry)) {
    const before = constants.find(({ name }) => name === input);
    if (before === undefined) return failure("scorer/invalid:carry-constant", { input });
    const after = outputs.find(({ name }) => name === output);
    if (after === undefined) return failure("scorer/invalid:unknown-output", { output, known: namesOf(outputs) });
    if (before.type !== after.type || before.shape.length !== after.shape.length) {
      return failure("scorer/invalid:carry-shape", { input: described(before), output: described(after) });
    }
    states.push({ input, output });
  }
  return success(states);
}

type Lengths = Pick<AudioScorer, "length" | "windows">;

/** `fixed`: the samples that the model fixes for a row, or null. */
function soundLengths(
  fixed: number | null,
  sampleRate: number,
  { seconds, windows }: NonNullable<ScorerFile["input"]>,
): Result<Lengths> {
  const inSamples = (value: number | undefined) => (value === undefined ? null : Math.round(value * sampleRate));
  const [length, windowLength, step] = [seconds, windows?.seconds, windows?.step].map(inSamples) as [
    number | null,
    number | null,
    number | null,
  ];
  for (const [key, found] of [
    ["seconds", length],
    ["windows.seconds", windowLength],
    ["windows.step", step],
  ] as const) {
    if (found === null) continue;
    if (found === 0 || found > mostLength) return failure("scorer/invalid:audio-length", { key, samples: found });
    const isRow = key === (windows === undefined ? "seconds" : "windows.seconds");
    if (isRow && fixed !== null && found !== fixed) {
      return failure("scorer/invalid:audio-fixed", { key, samples: found, fixed, sampleRate });
    }
  }
  if (windows === undefined) return success({ length: length ?? fixed });
  const rowLength = windowLength ?? fixed;
  if (rowLength === null) return failure("scorer/invalid:audio-window");
  if (step !== null && step > rowLength) return failure("scorer/invalid:audio-step");
  return success({ length, windows: { length: rowLength, step: step ?? rowLength } });
}
