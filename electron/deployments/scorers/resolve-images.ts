import { failure, type Result, success } from "../../contract/problem.ts";
import { mostClasses, type OutputImage, type OutputImageFile } from "../../contract/nouns/scorers/output-images.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { OutputInfo } from "../../contract/signature.ts";
import { described, isFloat, namesOf } from "./tensor-facts.ts";

/** Channels that a picture may have; null: any number of classes. */
const channelsOf: Readonly<Record<OutputImage["as"], readonly number[] | null>> = {
  levels: [1, 3, 4],
  classes: null,
  alpha: [1],
};

/**
 * The outputs that scorer.yml has written as pictures, by name. `written` are the outputs that are written at all, `all` those of
 * the model. Problems: scorer/invalid.
 */
export function resolveImages(
  kind: string,
  { output = {} }: ScorerFile,
  written: readonly OutputInfo[],
  all: readonly OutputInfo[],
): Result<ReadonlyMap<string, OutputImage>> {
  const images = new Map<string, OutputImage>();
  for (const [name, said] of Object.entries(output.images ?? {})) {
    const info = written.find((one) => one.name === name);
    if (info === undefined) {
      const isLeftOut = all.some((one) => one.name === name);
      if (isLeftOut) return failure("scorer/invalid:image-left-out", { output: name });
      return failure("scorer/invalid:unknown-output", { output: name, known: namesOf(all) });
    }
    const image = resolveImage(kind, info, said);
    if (!image.ok) return image;
    images.set(name, image.value);
  }
  return success(images);
}

function resolveImage(kind: string, info: OutputInfo, said: OutputImageFile): Result<OutputImage> {
  const output = info.name;
  const { format = "png", as = "levels", bits = 8, size = as === "alpha" ? "input" : "model" } = said;
  const apart = oppositesIn(said);
  if (apart !== undefined) return failure("scorer/invalid:image-opposites", { output, settings: apart });
  if (size === "input" && kind !== "image") {
    return failure("scorer/invalid:image-input", {
      output,
      setting: as === "alpha" ? "as: alpha" : "size: input",
      kind,
    });
  }
  const { range = [0, info.type === "bool" || isFloat(info.type) ? 1 : 2 ** bits - 1] } = said;
  if (range !== "auto" && range[0] === range[1]) return failure("scorer/invalid:image-range", { output, at: range[0] });
  const place = channelsIn(info.shape.slice(1));
  const channels = as === "levels" && format === "jpg" ? [1, 3] : channelsOf[as];
  const isPicture = place !== null && (channels?.includes(place.channels) ?? place.channels <= mostClasses);
  if (!isPicture || info.type === "string") {
    return failure("scorer/invalid:image-shape", { output: described(info), as, channels, mostClasses });
  }
  return success({ format, as, range, bits, size, ...place });
}

/** Two settings that cannot both be done, as scorer.yml says them. */
function oppositesIn({ format, as, range, bits, size }: OutputImageFile): readonly [string, string] | undefined {
  const isPainted = as === "classes" || as === "alpha";
  const pairs: readonly (readonly [boolean, string, string])[] = [
    [format === "jpg" && bits === 16, "bits: 16", "format: jpg"],
    [format === "jpg" && isPainted, `as: ${as}`, "format: jpg"],
    [bits === 16 && isPainted, `as: ${as}`, "bits: 16"],
    [as === "classes" && range !== undefined, "as: classes", "range"],
    [as === "alpha" && size === "model", "as: alpha", "size: model"],
  ];
  const [, one = "", other = ""] = pairs.find(([areThere]) => areThere) ?? [];
  return one === "" ? undefined : [one, other];
}

/** Where an item's channels are: of two dimensions there is one, of three the smaller of the outer ones. Null: cannot be told. */
function channelsIn(shape: OutputInfo["shape"]): Pick<OutputImage, "layout" | "channels"> | null {
  if (shape.length === 2) return { layout: "nhw", channels: 1 };
  const [first = null, , last = null] = shape;
  if (shape.length !== 3) return null;
  if (first !== null && first <= (last ?? first)) return { layout: "nchw", channels: first };
  return last === null ? null : { layout: "nhwc", channels: last };
}
