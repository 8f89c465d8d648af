import { failure, type Result, success } from "../../contract/problem.ts";
import type { ImageScorer } from "../../contract/nouns/scorers/image-scorer.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { ModelSignature, TensorInfo } from "../../contract/signature.ts";
import type { ScorerParts } from "./scorer-parts.ts";
import { withPictureDefaults } from "./picture-defaults.ts";
import { described, isFloat } from "./tensor-facts.ts";

/** Whole numbers of four dimensions may be anything, unless the layout is that of pictures. */
export function isPictureInput(input: TensorInfo): boolean {
  return input.shape.length === 4 && (isFloat(input.type) || (input.type === "uint8" && inferLayout(input) !== null));
}

/** What holds no pixels: the reader of pictures does not write it. */
const noPixels: readonly TensorInfo["type"][] = ["string", "bool", "int64", "uint64"];

export function imageScorer(
  { inputs, metadata }: ModelSignature,
  file: ScorerFile,
  parts: ScorerParts,
): Result<ImageScorer> {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0 || input.shape.length !== 4 || noPixels.includes(input.type)) {
    return failure("scorer/invalid:image-inputs", { inputs: inputs.map(described) });
  }
  if (parts.keep.length > 0) return failure("scorer/invalid:keep-of-images");

  const layout = file.input?.layout ?? inferLayout(input);
  if (layout === null) return failure("scorer/invalid:layout", { input: described(input) });
  const [, second = null, third = null, fourth = null] = input.shape;
  const [channelsFixed, heightFixed, widthFixed] =
    layout === "nchw" ? [second, third, fourth] : [fourth, second, third];
  const settings = withPictureDefaults(file.input ?? {}, metadata, input.type, channelsFixed);
  const color = settings.color ?? (channelsFixed === 1 ? "gray" : "rgb");
  const channels = color === "gray" ? 1 : 3;
  if (channelsFixed !== null && channelsFixed !== channels) {
    return failure("scorer/invalid:channels", { fixed: channelsFixed, color, channels });
  }
  const [height, width] = settings.size ?? [
    heightFixed ?? settings.presetSize?.[0] ?? null,
    widthFixed ?? settings.presetSize?.[1] ?? null,
  ];
  if (height === null || width === null) return failure("scorer/invalid:any-size");
  if ((heightFixed !== null && heightFixed !== height) || (widthFixed !== null && widthFixed !== width)) {
    return failure("scorer/invalid:size", { fixedHeight: heightFixed, fixedWidth: widthFixed, height, width });
  }
  const lists = { scale: settings.scale ?? 1, mean: settings.mean ?? 0, std: settings.std ?? 1 };
  for (const [key, value] of Object.entries(lists)) {
    if (Array.isArray(value) && value.length !== channels) {
      return failure("scorer/invalid:per-channel", { key, numbers: value.length, channels });
    }
  }
  const std = perChannel(lists.std, channels);
  if (std.includes(0)) return failure("scorer/invalid:std");
  const crop = resizeShorterOf(settings, height, width);
  if (!crop.ok) return crop;
  const resizeShorter = crop.value;
  const { resize = resizeShorter === undefined ? "stretch" : "cover", pad, alpha, resample } = settings;
  if (pad !== undefined && resize !== "contain") return failure("scorer/invalid:pad", { resize });
  return success({
    kind: "image",
    input,
    height,
    width,
    resize,
    ...(pad === undefined ? {} : { pad: typeof pad === "number" ? [pad, pad, pad] : pad }),
    ...(alpha === undefined ? {} : { alpha }),
    ...(resample === undefined ? {} : { resample }),
    ...(resizeShorter === undefined ? {} : { resizeShorter }),
    color,
    layout,
    scale: perChannel(lists.scale, channels),
    mean: perChannel(lists.mean, channels),
    std,
    ...(metadata?.gamma === "Linear" ? { gamma: "linear" } : {}),
    ...parts,
  });
}

/** `resize_shorter` and `crop` say one thing together, instead of `resize`; undefined when neither is there. */
function resizeShorterOf(
  { resize, resize_shorter: shorter, crop }: NonNullable<ScorerFile["input"]>,
  height: number,
  width: number,
): Result<number | undefined> {
  if (shorter === undefined && crop === undefined) return success(undefined);
  if (shorter === undefined || crop === undefined) {
    return failure("scorer/invalid:crop", { present: crop === undefined ? "resize_shorter" : "crop" });
  }
  if (resize !== undefined) return failure("scorer/invalid:crop-resize", { resize });
  if (shorter < Math.max(height, width)) return failure("scorer/invalid:crop-size", { shorter, height, width });
  return success(shorter);
}

/** The channels are the dimension of 1 or 3; when both may be, channels first, as most exporters write them. */
function inferLayout({ shape }: TensorInfo): ImageScorer["layout"] | null {
  const mayBeChannels = (size: number | null | undefined): boolean => size === 1 || size === 3;
  if (mayBeChannels(shape[1])) return "nchw";
  return mayBeChannels(shape[3]) ? "nhwc" : null;
}

function perChannel(value: number | readonly number[], channels: number): number[] {
  return typeof value === "number" ? new Array<number>(channels).fill(value) : [...value];
}
