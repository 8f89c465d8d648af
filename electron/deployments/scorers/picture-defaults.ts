import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { ModelMetadata, TensorInfo } from "../../contract/signature.ts";
import { isFloat } from "./tensor-facts.ts";

type InputSettings = NonNullable<ScorerFile["input"]>;
type PictureSettings = Pick<
  InputSettings,
  "size" | "resize" | "resize_shorter" | "crop" | "pad" | "resample" | "alpha" | "color" | "scale" | "mean" | "std"
>;

const byte = 1 / 255;
/** What has always stood for 1/255 here, and still does where nothing else is said. */
const defaultScale = 0.00392157;

/**
 * How well-known families of models were trained; mean and std in the order of `color`.
 * imagenet: torchvision's and timm's classifiers. yolo: Ultralytics' letterbox. clip: OpenAI's CLIP. tf and caffe: the modes
 * of keras.applications' preprocess_input.
 */
const presets: Readonly<Record<NonNullable<InputSettings["preset"]>, PictureSettings>> = {
  imagenet: {
    size: [224, 224],
    color: "rgb",
    scale: byte,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  yolo: { size: [640, 640], resize: "contain", pad: 114, color: "rgb", scale: byte },
  clip: {
    size: [224, 224],
    color: "rgb",
    scale: byte,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  },
  tf: { size: [224, 224], color: "rgb", scale: 1 / 127.5, mean: 1 },
  caffe: { size: [224, 224], color: "bgr", scale: 1, mean: [103.939, 116.779, 123.68] },
};

/** `Image.NominalPixelRange`: what the levels 0 to 255 become. */
const pixelRanges: Readonly<Record<NonNullable<ModelMetadata["pixelRange"]>, PictureSettings>> = {
  NominalRange_0_255: { scale: 1 },
  Normalized_0_1: { scale: byte },
  Normalized_1_1: { scale: 1 / 127.5, mean: 1 },
  NominalRange_16_235: { scale: 219 / 255, mean: -16 },
};

/** `Image.BitmapPixelFormat`, with how many channels it has. */
const pixelFormats = {
  Gray8: { color: "gray", channels: 1 },
  Rgb8: { color: "rgb", channels: 3 },
  Bgr8: { color: "bgr", channels: 3 },
} as const;

/**
 * The settings of pictures with what scorer.yml leaves out: by its preset, else by the model's metadata, else as usual. A
 * preset's `size` is only for a model that takes any. Whole numbers get the levels as they are, whatever a preset says.
 * `channels`: of the model, null when it leaves them open.
 */
export function withPictureDefaults(
  settings: InputSettings,
  metadata: ModelMetadata | undefined,
  type: TensorInfo["type"],
  channels: number | null,
): PictureSettings & { readonly presetSize: PictureSettings["size"] } {
  const { preset, ...said } = settings;
  const { size: presetSize, ...chosen } =
    preset === undefined ? { size: undefined, ...metadataSettings(metadata, channels) } : presets[preset];
  const { scale, mean, std, ...others } = chosen;
  if (!isFloat(type)) return { scale: 1, ...others, ...said, presetSize };
  return { scale: scale ?? defaultScale, mean: mean ?? 0, std: std ?? 1, ...others, ...said, presetSize };
}

function metadataSettings(metadata: ModelMetadata | undefined, channels: number | null): PictureSettings {
  const { pixelFormat, pixelRange } = metadata ?? {};
  const format = pixelFormat === undefined ? null : pixelFormats[pixelFormat];
  // A format that the model's own shape contradicts says nothing.
  const isFitting = format !== null && (channels === null || channels === format.channels);
  return {
    ...(isFitting ? { color: format.color } : {}),
    ...(pixelRange === undefined ? {} : pixelRanges[pixelRange]),
  };
}
