import * as z from "zod";
import { tensorInfoSchema } from "../../signature.ts";
import { detectionsSchema } from "./detections.ts";
import { scorerParts } from "./scorer-parts.ts";

const pixelLevel = z.number().int().min(0).max(255);

/** Pictures. Values are `(pixel × scale − mean) / std`, pixels 0–255; the three lists have one entry a channel. */
export const imageScorerSchema = z.strictObject({
  kind: z.literal("image"),
  input: tensorInfoSchema,
  height: z.number().int().positive(),
  width: z.number().int().positive(),
  resize: z.enum(["stretch", "contain", "cover"]),
  /** Red, green and blue of the border of `contain`; left out: black. */
  pad: z.tuple([pixelLevel, pixelLevel, pixelLevel]).optional(),
  /** What becomes of opacity; left out: `drop`, the colours of the file whether they are seen or not. */
  alpha: z.enum(["drop", "black", "white"]).optional(),
  /** The filter of resizing; left out: `area`. The others are PIL's, antialiased. */
  resample: z.enum(["area", "bilinear", "bicubic", "lanczos"]).optional(),
  /** The shorter side is resized to this, then the middle of `height` × `width` is cut out: `resize` is `cover`. */
  resizeShorter: z.number().int().positive().optional(),
  color: z.enum(["rgb", "bgr", "gray"]),
  layout: z.enum(["nchw", "nhwc"]),
  scale: z.array(z.number()),
  mean: z.array(z.number()),
  std: z.array(z.number()),
  /** Levels are made proportional to light before `scale`, as `Image.ColorSpaceGamma` asks for; left out: they stay sRGB's. */
  gamma: z.literal("linear").optional(),
  /** The model finds things: `outputs` are then what is written of a box, a row each. */
  detections: detectionsSchema.optional(),
  ...scorerParts,
});
export type ImageScorer = Readonly<z.infer<typeof imageScorerSchema>>;
