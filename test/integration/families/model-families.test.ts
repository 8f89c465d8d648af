import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { pictureFormat } from "../../../electron/contract/picture-format.ts";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { bitmapFile } from "../../helpers/data/bitmap.ts";
import { npyFile, npzFile } from "../../helpers/data/npy-files.ts";
import { tone, wavFile } from "../../helpers/data/wav-files.ts";
import { energyModel, speechModel } from "../../helpers/models/audio-models.ts";
import { detectorLayouts } from "../../helpers/models/detector-layouts.ts";
import { imageModel } from "../../helpers/models/image-models.ts";
import { denseModel, perColumnModel } from "../../helpers/models/model-fixtures.ts";
import { type ElementType, encodeModel, type OnnxDimension } from "../../helpers/models/onnx-builder.ts";
import { picturesModel } from "../../helpers/models/picture-models.ts";
import { rankThreeModel, twoTensorsModel, wholeItemModel } from "../../helpers/models/tensor-models.ts";
import { echoModel, tokenModel } from "../../helpers/models/text-models.ts";
import { wordPieceTokenizer, wordPieceVocabulary } from "../../helpers/models/tokenizers.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/**
 * The families of docs/models.md, each with the very lines that stand there (none where it says "Nothing" alone), on a model of
 * that family's inputs and outputs.
 */
const root = temporaryFolder("families");
const page = fs.readFileSync(path.join(import.meta.dirname, "../../../docs/models.md"), "utf8");

type Family = {
  readonly model: Uint8Array;
  readonly files: Readonly<Record<string, Buffer | string>>;
  /** The header of the predictions, and how many rows they have. */
  readonly columns: readonly string[];
  readonly rows: number;
  readonly tokenizer?: true;
};

const white = { "a.bmp": bitmapFile(64, 48, [255, 255, 255]) };
const sound = { "a.wav": wavFile({ rate: 8000, channels: [tone(8000, 440, 16_000)] }) };
const boxes = ["file", "label", "score", "x1", "y1", "x2", "y2"];
const things = [{ corners: [8, 8, 40, 40], group: 1, score: 0.9 }] as const;
const lines = { "a.txt": "the cat\nsat the cat\n" };

/** Pictures in, the mean of each colour out: `y` [N, 3]. */
function meansModel(
  shape: readonly OnnxDimension[],
  axes: readonly number[],
  type: ElementType = "float",
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const channels = shape[axes.includes(1) && axes.includes(2) ? 3 : 1] ?? null;
  return encodeModel({
    graph: {
      nodes: [
        { op: "Cast", inputs: ["x"], outputs: ["floats"], attributes: { to: { int: 1 } } },
        {
          op: "ReduceMean",
          inputs: ["floats"],
          outputs: ["y"],
          attributes: { axes: { ints: axes }, keepdims: { int: 0 } },
        },
      ],
      inputs: [{ name: "x", type, shape }],
      outputs: [{ name: "y", type: "float", shape: [shape[0] ?? null, channels] }],
    },
    metadata,
  });
}

/** A picture in, one as large out. */
function pictureModel(): Uint8Array {
  const shape = ["N", 3, 32, 32];
  return encodeModel({
    graph: {
      nodes: [{ op: "Relu", inputs: ["x"], outputs: ["mask"] }],
      inputs: [{ name: "x", type: "float", shape }],
      outputs: [{ name: "mask", type: "float", shape }],
    },
  });
}

/** Gray pictures [N, 1, 4, 12] in, a vector a column out: `y` [12, N, 4]. */
function timeFirstModel(): Uint8Array {
  const reduced = { axes: { ints: [1] }, keepdims: { int: 0 } };
  return encodeModel({
    graph: {
      nodes: [
        { op: "ReduceMean", inputs: ["x"], outputs: ["lines"], attributes: reduced },
        { op: "Transpose", inputs: ["lines"], outputs: ["y"], attributes: { perm: { ints: [2, 0, 1] } } },
      ],
      inputs: [{ name: "x", type: "float", shape: ["N", 1, 4, 12] }],
      outputs: [{ name: "y", type: "float", shape: [12, "N", 4] }],
    },
  });
}

function detectorOf(layout: string): Family {
  const build = detectorLayouts[layout];
  if (build === undefined) throw new Error(`there is no layout ${layout}`);
  return { model: build(things), files: white, columns: boxes, rows: 1 };
}

function familyOfPictures(output: "mask" | "scores" | "depth" | "large"): Family {
  return { model: picturesModel([output]), files: white, columns: ["file", output], rows: 1 };
}

const means = ["file", "y_0", "y_1", "y_2"];
const range = { "Image.NominalPixelRange": "NominalRange_0_255" };
const cloud = npyFile({ type: "float32", shape: [2, 4, 3], values: Array.from({ length: 24 }, (_, at) => at) });
const pair = npzFile({
  a: npyFile({ type: "float32", shape: [2, 2, 2, 2], values: new Array<number>(16).fill(1) }),
  b: npyFile({ type: "int64", shape: [3], values: [1n, 2n, 3n] }),
});
const whole = npyFile({ type: "float32", shape: [4, 3], values: new Array<number>(12).fill(2) });

const families: Readonly<Record<string, Family>> = {
  "scikit-learn (skl2onnx), XGBoost, LightGBM, CatBoost": {
    model: denseModel({ features: 4, classes: 2 }),
    files: { "a.csv": "id,debt,age,income,visits\n7,1,2,3,4\n8,1,2,3,5\n" },
    columns: ["id", "label", "probabilities_0", "probabilities_1"],
    rows: 2,
  },
  "One input a column (Keras, pipelines with strings)": {
    model: perColumnModel(),
    files: { "a.csv": "city,children,age,income\nGent,1,40,2.5\n" },
    columns: ["city", "score"],
    rows: 1,
  },
  "Classifiers of torchvision and timm": {
    model: imageModel({ height: 224, width: 224 }),
    files: white,
    columns: ["file", "probabilities_top1", "probabilities_top1_score"],
    rows: 1,
  },
  "Keras applications (ResNetV2, MobileNet, EfficientNetV2, channels last)": {
    model: meansModel(["N", 224, 224, 3], [1, 2]),
    files: white,
    columns: means,
    rows: 1,
  },
  "VGG and ResNet of Keras and Caffe": {
    model: meansModel(["N", 3, "H", "W"], [2, 3]),
    files: white,
    columns: means,
    rows: 1,
  },
  "CLIP and SigLIP, the encoder of pictures": {
    model: meansModel(["N", 3, 224, 224], [2, 3]),
    files: white,
    columns: means,
    rows: 1,
  },
  "Models of bytes (converted from TensorFlow Lite, uint8)": {
    model: meansModel(["N", 32, 32, 3], [1, 2], "uint8"),
    files: white,
    columns: means,
    rows: 1,
  },
  "Models with `Image.…` in their metadata (Windows ML)": {
    model: meansModel([1, 3, 28, 28], [2, 3], "float", range),
    files: white,
    columns: means,
    rows: 1,
  },
  "Masks (U-Net, segmentation of one thing)": familyOfPictures("mask"),
  "Segmentation by class (DeepLab, FCN, SegFormer)": familyOfPictures("scores"),
  "Depth (MiDaS, Depth Anything)": familyOfPictures("depth"),
  "Style transfer, super-resolution": familyOfPictures("large"),
  "Background removal (U²-Net, MODNet, RMBG)": familyOfPictures("mask"),
  "Features and other large outputs": { model: pictureModel(), files: white, columns: ["file", "mask"], rows: 1 },
  "Readers of lines of text (CRNN), time first in their output": {
    model: timeFirstModel(),
    files: white,
    columns: ["file", ...Array.from({ length: 48 }, (_, at) => `y_${at}`)],
    rows: 1,
  },
  "YOLOv5 and YOLOv7": detectorOf("yolov5"),
  "YOLOv8 and YOLO11": detectorOf("yolov8"),
  "YOLOv10, and YOLO exported with its suppression": detectorOf("yolo-nms"),
  "SSD of TensorFlow's Object Detection API": detectorOf("ssd of TensorFlow"),
  DETR: detectorOf("detr"),
  "Classifiers of texts (BERT, RoBERTa, …) with their `tokenizer.json`": {
    model: tokenModel({ vocabulary: wordPieceVocabulary.length }),
    files: lines,
    columns: ["file", "row", "mean_0", "mean_1", "mean_2", "length"],
    rows: 2,
    tokenizer: true,
  },
  "Sentence encoders (MiniLM, E5, BGE)": {
    model: tokenModel({ vocabulary: wordPieceVocabulary.length, hidden: "float" }),
    files: lines,
    columns: ["file", "row", "hidden_0", "hidden_1", "hidden_2"],
    rows: 2,
    tokenizer: true,
  },
  "Models that take the text itself": { model: echoModel(), files: lines, columns: ["file", "row", "same"], rows: 2 },
  "Classifiers and encoders of samples (wav2vec 2.0, AST on samples)": {
    model: energyModel(),
    files: sound,
    columns: ["file", "energy"],
    rows: 1,
  },
  "Detectors of events in windows": {
    model: energyModel(),
    files: sound,
    columns: ["file", "start", "energy"],
    rows: 3,
  },
  "Detectors of speech with a rate and a state": {
    model: speechModel(),
    files: sound,
    columns: ["file", "start", "output"],
    rows: 63,
  },
  "Models of 16-bit levels (openWakeWord, features of Kaldi)": {
    model: energyModel(),
    files: sound,
    columns: ["file", "energy"],
    rows: 1,
  },
  "Point clouds, series, features `[N, …]`": {
    model: rankThreeModel(),
    files: { "a.npy": cloud },
    columns: ["file", "row", "y_0", "y_1"],
    rows: 2,
  },
  "Several inputs of any rank": {
    model: twoTensorsModel(),
    files: { "a.npz": pair },
    columns: ["file", ...Array.from({ length: 19 }, (_, at) => `joined_${at}`)],
    rows: 1,
  },
  "Models without a batch dimension": {
    model: wholeItemModel(),
    files: { "a.npy": whole },
    columns: means,
    rows: 1,
  },
};

/** What stands under each heading of the fourth level: the lines of its first block, or none. */
function documented(): readonly { readonly family: string; readonly lines: string | undefined }[] {
  return page
    .split(/^#### /m)
    .slice(1)
    .map((section) => {
      const [family = "", ...text] = section.split("\n");
      const own = text.join("\n").split(/^#{1,3} /m)[0] ?? "";
      return { family, lines: /```yaml\n([\s\S]*?)```/.exec(own)?.[1] };
    });
}

describe("a family of docs/models.md", () => {
  it("has a model here, and each model has a family", () => {
    expect(documented().map(({ family }) => family)).toEqual(Object.keys(families));
  });

  it.each(documented())("is scored with what stands there: $family", async ({ family, lines: scorer }) => {
    const { model, files, columns, rows, tokenizer } = families[family] as Family;
    const place = path.join(root, String(Object.keys(families).indexOf(family)));
    const [home, input, out] = [path.join(place, "home"), path.join(place, "input"), path.join(place, "out")];
    fs.mkdirSync(input, { recursive: true });
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(input, name), content);
    if (tokenizer) {
      const folder = path.join(place, "home-family", "model");
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, "tokenizer.json"), JSON.stringify(wordPieceTokenizer()));
    }
    await deploy(home, "family", model, scorer === undefined ? {} : { scorer });
    const ran = await batchdeck(home, "invoke", "-n", "family", "--input", input, "--output-path", out);
    expect([ran.code, ran.stderr]).toEqual([0, expect.any(String)]);
    const [header, ...found] = parse(fs.readFileSync(path.join(out, "predictions.csv"), "utf8"));
    expect(header).toEqual(columns);
    expect(found).toHaveLength(rows);
    for (const cell of found.flat().filter((text) => text.startsWith("arrays/"))) {
      expect(fs.statSync(path.join(out, cell)).size).toBeGreaterThan(3 * 32 * 32 * 4);
    }
    const pictures = found.flat().filter((text) => text.startsWith("images/"));
    expect(pictures.length > 0).toBe(scorer?.includes("images:") === true);
    for (const cell of pictures) expect(pictureFormat(fs.readFileSync(path.join(out, cell)))).not.toBeNull();
  });
});
