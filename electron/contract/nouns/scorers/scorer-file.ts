import * as z from "zod";
import { missingFileSchema } from "../../tables/missing.ts";
import { audioFileKeys } from "./audio-scorer.ts";
import { constantValueSchema } from "./constants.ts";
import { detectionsFileSchema } from "./detections.ts";
import { outputImageFileSchema } from "./output-images.ts";
import { pools } from "./scorer-parts.ts";

const oneOrMore = z.union([z.number(), z.array(z.number()).nonempty()]);
const pixelLevel = z.number().int().min(0).max(255);
/** A name that is a whole number is one: YAML reads `0` as a number. */
const columnText = z.union([z.string(), z.number().int().transform(String)]);
const columnList = z.union([columnText, z.array(columnText).nonempty()]);

/** `scorer.yml` as a user writes it; every key may be left out and is then inferred from the model's signature. */
export const scorerFileSchema = z.strictObject({
  input: z
    .strictObject({
      kind: z.enum(["tabular", "image", "text", "tensor", "audio"]).optional(),
      /** ONNX input name → the column or columns, by header name, that fill it. */
      columns: z.record(z.string(), columnList).optional(),
      /** ONNX inputs that are the same for every item, with their value. */
      constants: z.record(z.string(), constantValueSchema).optional(),
      /** How texts are encoded, by any label of the WHATWG Encoding Standard; left out: as each file shows. */
      encoding: z.string().optional(),
      /** A cell without a value: fails its row, becomes NaN, or becomes a value; for all columns or by column. */
      missing: missingFileSchema.optional(),
      /** Texts that stand for no value, beside those that always do. */
      missing_words: z
        .array(z.union([z.string(), z.number()]).transform(String))
        .nonempty()
        .optional(),
      /** [height, width] in pixels. */
      size: z.tuple([z.number().int().positive(), z.number().int().positive()]).optional(),
      resize: z.enum(["stretch", "contain", "cover"]).optional(),
      /** The border of `contain`: a level for all three colours, or red, green and blue; left out: black. */
      pad: z.union([pixelLevel, z.tuple([pixelLevel, pixelLevel, pixelLevel])]).optional(),
      /** How a family of models was trained: stands for the keys of pictures that are left out. */
      preset: z.enum(["imagenet", "yolo", "clip", "tf", "caffe"]).optional(),
      /** The shorter side is resized to this many pixels; `crop` then cuts the size that the model takes out of the middle. */
      resize_shorter: z.number().int().positive().optional(),
      crop: z.literal("center").optional(),
      resample: z.enum(["area", "bilinear", "bicubic", "lanczos"]).optional(),
      alpha: z.enum(["drop", "black", "white"]).optional(),
      color: z.enum(["rgb", "bgr", "gray"]).optional(),
      layout: z.enum(["nchw", "nhwc"]).optional(),
      scale: oneOrMore.optional(),
      mean: oneOrMore.optional(),
      std: oneOrMore.optional(),
      /** What is an item: a file, a line of one, a row of a table (then `columns` names what is read), or an entry of the first axis. */
      items: z.enum(["file", "line", "row", "axis"]).optional(),
      tokenizer: z.string().optional(),
      max_length: z.number().int().positive().optional(),
      ...audioFileKeys,
    })
    .optional(),
  output: z
    .strictObject({
      keep: z.array(columnText).optional(),
      outputs: z.array(z.string()).nonempty().optional(),
      labels: z.union([z.string(), z.array(z.string()).nonempty()]).optional(),
      softmax: z.boolean().optional(),
      top_k: z.number().int().min(0).optional(),
      /** A row with a score that is NaN or infinite: is written and counted, or fails. */
      not_a_number: z.enum(["keep", "error"]).optional(),
      /** Of outputs with a vector a token: what is made of those of a text. */
      pool: z.enum(pools).optional(),
      normalize: z.boolean().optional(),
      /** Outputs that are written as pictures, by name. */
      images: z.record(z.string(), outputImageFileSchema).optional(),
      detections: detectionsFileSchema.optional(),
    })
    .optional(),
  batch: z.union([z.literal("auto"), z.number().int().positive()]).optional(),
});
export type ScorerFile = Readonly<z.infer<typeof scorerFileSchema>>;
