import fs from "node:fs";
import path from "node:path";
import { deploy } from "../../helpers/batchdeck.ts";
import { bitmapFile } from "../../helpers/data/bitmap.ts";
import { detector } from "../../helpers/models/detectors.ts";
import { encodeModel } from "../../helpers/models/onnx-builder.ts";
import { picturesModel } from "../../helpers/models/picture-models.ts";
import { encoderModel, hiddenVector, tokenModel } from "../../helpers/models/text-models.ts";
import { wordPieceTokenizer, wordPieceVocabulary } from "../../helpers/models/tokenizers.ts";
import type { Bench } from "../bench.ts";
import { rateOf, ratesOf, runJob, stageBound, sum } from "../bench.ts";
import { writePictures, writeTexts } from "../inputs.ts";
import type { Figure } from "../report.ts";
import { atLeast, atMost, plain, rateText, spread } from "../report.ts";

/** Boxes, arrays, pictures and vectors: what comes out of a model in other shapes than rows of scores. */
export async function outputs(bench: Bench): Promise<readonly Figure[]> {
  return [...(await boxes(bench)), ...(await arrays(bench)), ...(await pictures(bench)), ...(await vectors(bench))];
}

async function measured(bench: Bench, endpoint: string, input: string, name: string): Promise<readonly Figure[]> {
  await runJob(bench, { endpoint, input });
  const rates: number[] = [];
  const shares: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const ran = await runJob(bench, { endpoint, input });
    rates.push(rateOf(ran));
    shares.push(rateOf(ran) / stageBound(ran));
  }
  return [
    plain(`${name}, from folder to file`, rateText(spread(rates))),
    atLeast(`${name} ÷ the bound of its stages`, spread(shares), 0.8),
  ];
}

/** 8,400 candidates of 80 classes a picture, as YOLOv8 gives of 640 × 640 pixels; twenty of them are boxes. */
async function boxes(bench: Bench): Promise<readonly Figure[]> {
  const candidates = 8400;
  const values = new Array<number>(84 * candidates).fill(0);
  for (let box = 0; box < candidates; box += 1) {
    for (const [row, value] of [(box * 37) % 640, (box * 91) % 640, 40, 60].entries())
      values[row * candidates + box] = value;
    if (box % 420 === 0) values[(4 + (box % 80)) * candidates + box] = 0.9;
  }
  const model = detector(640, [{ name: "output0", dims: [84, candidates], black: values }]);
  await deploy(bench.home, "boxes", model, {
    scorer: "input: {preset: yolo}\noutput: {detections: {format: yolov8}}\n",
  });
  const folder = writePictures(path.join(bench.root, "box-pictures"), 300);
  return measured(bench, "boxes", folder, "Boxes of 640×640 pictures");
}

/** 100,467 values a picture, each an .npy file; the memory for ten times as many items, with `--long` of 1 MB each. */
async function arrays(bench: Bench): Promise<readonly Figure[]> {
  const size = bench.isLong ? 295 : 183;
  const shape = ["N", 3, size, size];
  const model = encodeModel({
    graph: {
      nodes: [{ op: "Relu", inputs: ["x"], outputs: ["mask"] }],
      inputs: [{ name: "x", type: "float", shape }],
      outputs: [{ name: "mask", type: "float", shape }],
    },
  });
  await deploy(bench.home, "arrays", model);
  const [few, many] = bench.isLong ? [1000, 10_000] : [200, 2000];
  const peaks: number[] = [];
  for (const count of [few, many]) {
    const folder = writeBitmaps(path.join(bench.root, `bitmaps-${count}`), count);
    const ran = await runJob(bench, { endpoint: "arrays", input: folder, watchMemory: true });
    peaks.push(ran.peakMegabytes ?? 0);
  }
  const [least = 1, most = 0] = peaks;
  const figures = await measured(bench, "arrays", path.join(bench.root, `bitmaps-${few}`), "Arrays of 100,467 values");
  return [
    ...figures,
    plain(`peak memory, ${many} arrays`, `${Math.round(most)} MB`),
    atMost("the same ÷ that of a tenth of them", spread([most / least]), 1.15),
  ];
}

/** Masks of 320 × 320 values, each a PNG file as large as the photograph that was scored. */
async function pictures(bench: Bench): Promise<readonly Figure[]> {
  const scorer = "output: {images: {mask: {size: input}}}\n";
  await deploy(bench.home, "masks", picturesModel(["mask"], 320), { scorer });
  const folder = writePictures(path.join(bench.root, "mask-pictures"), 300);
  return measured(bench, "masks", folder, "Masks of photographs");
}

function writeBitmaps(folder: string, count: number): string {
  fs.mkdirSync(folder, { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const level = index % 256;
    fs.writeFileSync(path.join(folder, `${index}.bmp`), bitmapFile(32, 32, [level, level, level]));
  }
  return folder;
}

/** Lines of 1 to 40 words, pooled and normalized: of a model that does nearly nothing, and of one like a small encoder. */
async function vectors(bench: Bench): Promise<readonly Figure[]> {
  const vocabulary = wordPieceVocabulary.length;
  await deployTexts(bench, "vectors", tokenModel({ vocabulary, hidden: "float" }));
  await deployTexts(bench, "embeddings", encoderModel(vocabulary));
  const small = writeTexts(path.join(bench.root, "texts"), 50_000);
  const texts = 6000;
  const large = writeTexts(path.join(bench.root, "embedding-texts"), texts);
  const modelFile = path.join(`${bench.home}-embeddings`, "model", "model.onnx");
  await runJob(bench, { endpoint: "embeddings", input: large });
  const rates: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    rates.push(rateOf(await runJob(bench, { endpoint: "embeddings", input: large })));
    const process = [modelFile, texts, 32, 5000].map(String);
    raw.push(sum(await ratesOf("raw-embeddings.ts", new Array<typeof process>(bench.cores).fill(process))));
  }
  const shares = rates.map((rate, round) => rate / (raw[round] ?? Number.NaN));
  return [
    ...(await measured(bench, "vectors", small, `Vectors of texts, ${hiddenVector(0).length} wide`)),
    plain("Embeddings of texts, 384 wide, from folder to file", rateText(spread(rates))),
    plain("raw ONNX Runtime on token ids, none padded", rateText(spread(raw))),
    atLeast("Embeddings ÷ raw ONNX Runtime", spread(shares), 0.8),
  ];
}

async function deployTexts(bench: Bench, endpoint: string, model: Uint8Array): Promise<void> {
  const folder = path.join(`${bench.home}-${endpoint}`, "model");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "tokenizer.json"), JSON.stringify(wordPieceTokenizer()));
  const scorer = "input: {items: line}\noutput: {outputs: [hidden], pool: mean, normalize: true}\n";
  await deploy(bench.home, endpoint, model, { scorer });
}
