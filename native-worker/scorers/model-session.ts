import * as ort from "onnxruntime-node";
import { vectorShape } from "../../electron/contract/nouns/scorers/tabular-scorer.ts";
import type { TensorInfo, TensorType } from "../../electron/contract/signature.ts";
import type { DeviceName } from "../devices/device.ts";
import { failedLater, openSession } from "../devices/open-session.ts";
import type { InputValues } from "../readers/block.ts";

/** A loaded model and how it runs. */
export type ModelSession = {
  /** What it was seen to run on (see open-session.ts), and why that is not the device that was asked for. */
  readonly provider: string;
  readonly fallback: string | null;
  readonly runtimeVersion: string;
  /** Runs the model once, asking for the named outputs alone. Rejects with what ONNX Runtime throws. */
  readonly run: (feeds: Feeds, outputs: readonly string[]) => Promise<Readonly<Record<string, OutputTensor>>>;
  readonly release: () => Promise<void>;
};

export type Feeds = Readonly<Record<string, ort.Tensor>>;

export type OutputTensor = {
  /** By ONNX Runtime's name; float16 comes as its bits. */
  readonly type: string;
  readonly data: ArrayLike<number> | BigInt64Array | BigUint64Array | readonly string[];
  readonly dims: readonly number[];
};

/**
 * Loads the model in `file` on a device, or on the CPU when that fails; `trial` makes rows that any model takes. Throws
 * what ONNX Runtime throws on the CPU.
 *
 * A device may fail later, too: a driver resets, its memory is full. What it refuses is run on the CPU, so that no item
 * fails for it, and after the first such run that the CPU does not refuse the model stays there: `onFallback` is told why.
 */
export async function loadModel(
  file: string,
  device: DeviceName,
  trial: () => Feeds,
  onFallback: (reason: string) => void,
): Promise<ModelSession> {
  const { session, provider, fallback } = await openSession(file, device, trial);
  const runtimeVersion = ort.env.versions.node ?? ort.env.versions.common;
  if (provider === "cpu") {
    return {
      provider,
      fallback,
      runtimeVersion,
      run: (feeds, outputs) => session.run(feeds, outputs),
      release: () => session.release(),
    };
  }
  let spare: ort.InferenceSession | null = null;
  let failedWith: string | null = null;
  return {
    get provider() {
      return failedWith === null ? provider : "cpu";
    },
    // The next job that uses the session has to be told as well.
    get fallback() {
      return failedWith ?? fallback;
    },
    runtimeVersion,
    async run(feeds, outputs) {
      if (failedWith !== null && spare !== null) return spare.run(feeds, outputs);
      try {
        return await session.run(feeds, outputs);
      } catch (error) {
        spare ??= (await openSession(file, "cpu", trial)).session;
        const results = await spare.run(feeds, outputs);
        failedWith = failedLater(device, error);
        onFallback(failedWith);
        return results;
      }
    },
    async release() {
      await session.release();
      await spare?.release();
    },
  };
}

/** A tensor over the values as they are, without a copy; float16 as its 16 bits, bool as bytes. */
export function inputTensor(type: TensorType, values: InputValues, dims: readonly number[]): ort.Tensor {
  return new ort.Tensor(type as "float32", values as Float32Array, dims);
}

/**
 * The shape of a tensor of `rows` rows with `width` values each: the model's own sizes, and what is left of the width
 * in its one dynamic place; of vectors their own lengths. A model that takes one value a row may ask for [rows] or [rows, 1].
 */
export function inputDims(
  info: TensorInfo & { readonly vector?: readonly (number | null)[] | undefined },
  rows: number,
  width: number,
): number[] {
  if (info.vector !== undefined) return [rows, ...vectorShape(info.vector)];
  const rest = info.shape.slice(1);
  const known = rest.reduce<number>((product, size) => product * (size ?? 1), 1);
  let dynamic = width / known;
  return [
    rows,
    ...rest.map((size) => {
      if (size !== null) return size;
      const filled = dynamic;
      dynamic = 1;
      return filled;
    }),
  ];
}
