import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { DetectionLayout, Detections } from "../../../electron/contract/nouns/scorers/detections.ts";
import { openTokenizer } from "../../../native-worker/readers/texts/tokenizer.ts";
import { detectionResults } from "../../../native-worker/scorers/detections/detection-results.ts";
import { writeFloat32, writeFloat64 } from "../../../native-worker/writers/number-text.ts";
import { askModule } from "../../helpers/azure-script/check-modules.ts";
import { byteLevelTokenizer, wordPieceTokenizer } from "../../helpers/models/tokenizers.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

/** Parts of the script for Azure beside those of the worker that do the same: what few models would show. */
const folder = temporaryFolder("azure-parts");

describe("the script for Azure", () => {
  test("writes numbers as the worker does", async () => {
    const random = seededRandom(46);
    const bits = Uint32Array.from({ length: 20_000 }, (_, index) =>
      index % 2 === 0 ? random() * 2 ** 32 : (127 - 20 + random() * 40) * 2 ** 23,
    );
    // Halfway between two shorter numbers, powers of two, the smallest and the largest.
    const special = [
      0,
      -0,
      1,
      0.5,
      2 ** -24,
      2 ** 24 + 2,
      8388608.5,
      0.000001,
      1e-7,
      1e21,
      3.4028234663852886e38,
      1e-45,
      NaN,
    ];
    const singles = new Float32Array(bits.length + special.length + 2000);
    singles.set(new Float32Array(bits.buffer));
    singles.set(special, bits.length);
    for (let at = 0; at < 2000; at++) singles[bits.length + special.length + at] = (at * 2 + 1) / 2 ** (1 + (at % 12));
    const doubles = Array.from({ length: 2000 }, () => (random() - 0.5) * 10 ** Math.floor(random() * 60 - 30));
    const found = await askModule<{ float32: string[]; float64: string[] }>("numbers", {
      bits: [...new Uint32Array(singles.buffer)],
      doubles: doubles.map(String),
    });
    const target = new Uint8Array(64);
    const textOf = (end: number) => Buffer.from(target.subarray(0, end)).toString("latin1");
    expect(found.float32).toEqual(Array.from(singles, (_, index) => textOf(writeFloat32(target, 0, singles, index))));
    expect(found.float64).toEqual(doubles.map((value) => textOf(writeFloat64(target, 0, value))));
  });

  test.each([
    ["WordPiece", wordPieceTokenizer()],
    [
      "WordPiece with capitals",
      wordPieceTokenizer({ normalizer: { type: "NFC" }, padding: { direction: "Left", pad_id: 7 } }),
    ],
    ["bytes", byteLevelTokenizer()],
    ["bytes, cut on the left", byteLevelTokenizer({ truncation: { direction: "Left", max_length: 5 } })],
  ])("makes the same tokens: %s", async (name, tokenizer) => {
    const file = path.join(folder, `${name}.json`);
    fs.writeFileSync(file, JSON.stringify(tokenizer));
    const random = seededRandom(name.length);
    const pieces = [
      "the",
      "cat",
      "Zürich",
      " ",
      "  ",
      "\n",
      "\t",
      "unaffable",
      "!",
      "'s",
      "'re",
      "中文",
      "é",
      "12",
      "½",
      "[CLS]",
    ];
    pieces.push("<s>", "hello", " hello", "😀", "\u0301", "\u200b", "שלום", "...", "\u3000", "x".repeat(120), "\ufffd");
    const texts = Array.from({ length: 400 }, (_, index): [string, number | null] => [
      Array.from({ length: Math.floor(random() * 12) }, () => pieces[Math.floor(random() * pieces.length)]).join(""),
      index % 3 === 0 ? 1 + Math.floor(random() * 8) : null,
    ]);
    texts.push(["the cat sat. ".repeat(5000), 12], ["hellocat".repeat(10_000), 3]);
    const ours = openTokenizer(file);
    const found = await askModule<Record<string, unknown>>("tokens", { file, texts });
    const { before, after, padding } = ours;
    expect(found).toEqual({
      ids: texts.map(([text, most]) => ours.encode(text, most)),
      before: before.map(({ id, type }) => [id, type]),
      after: after.map(({ id, type }) => [id, type]),
      padding: [padding.id, padding.type, padding.isLeft, padding.length],
    });
  });

  test("finds the same boxes in outputs of every layout", async () => {
    const random = seededRandom(7);
    const pictures = 2;
    const size = { width: 64, height: 48 };
    const place = {
      size: { width: 200, height: 90 },
      from: { left: 10, top: 0, width: 180, height: 90 },
      to: { left: 0, top: 8, width: 64, height: 32 },
    };
    const tensor = (name: string) => ({ name, type: "float32" }) as const;
    const layouts: readonly (readonly [DetectionLayout, readonly (readonly [dims: number[], most: number])[]])[] = [
      [{ format: "yolov5", predictions: tensor("p") }, [[[pictures, 60, 8], 1]]],
      [{ format: "yolov8", predictions: tensor("p"), boxesFirst: false }, [[[pictures, 7, 60], 1]]],
      [{ format: "yolov8", predictions: tensor("p"), boxesFirst: true }, [[[pictures, 60, 7], 1]]],
      [{ format: "yolo-nms", predictions: tensor("p"), isFlat: false }, [[[pictures, 20, 6], 1]]],
      [
        { format: "ssd", boxes: tensor("b"), scores: tensor("s"), classes: null, count: null, yFirst: true },
        [
          [[pictures, 40, 4], 1],
          [[pictures, 40, 4], 1],
        ],
      ],
      [
        {
          format: "ssd",
          boxes: tensor("b"),
          scores: tensor("s"),
          classes: tensor("c"),
          count: tensor("n"),
          yFirst: false,
        },
        [
          [[pictures, 40, 4], 1],
          [[pictures, 40], 1],
          [[pictures, 40], 3],
          [[pictures], 40],
        ],
      ],
      [
        { format: "detr", logits: tensor("l"), boxes: tensor("b"), isSigmoid: false },
        [
          [[pictures, 40, 5], 6],
          [[pictures, 40, 4], 1],
        ],
      ],
      [
        { format: "detr", logits: tensor("l"), boxes: tensor("b"), isSigmoid: true },
        [
          [[pictures, 40, 5], 6],
          [[pictures, 40, 4], 1],
        ],
      ],
    ];
    const runs = layouts.flatMap(([layout, tensors]) =>
      [0.45, null].map((iou) => {
        const detections: Detections = { layout, score: 0.3, iou, labels: iou === null ? null : ["cat", "dog"] };
        const values = tensors.map(([dims, most]) => {
          const data = Float32Array.from({ length: dims.reduce((one, other) => one * other) }, () => random() * most);
          // Corners and centres in pixels, but for layouts that have shares of the sides.
          if (layout.format.startsWith("yolo"))
            for (let at = 0; at < data.length; at++) if (isPlace(layout, dims, at)) data[at] = (data[at] ?? 0) * 64;
          if (iou === null) data[Math.floor(random() * data.length)] = Number.NaN;
          return { type: "float32", data, dims };
        });
        return { detections, values };
      }),
    );
    const found = await askModule<string[][][][]>("boxes", {
      pictures,
      size: [place.size.width, place.size.height],
      source: Object.values(place.from),
      target: Object.values(place.to),
      runs: runs.map(({ detections, values }) => [
        { ...size, detections, outputs: [] },
        values.map(({ data, dims }) => [[...data], dims]),
      ]),
    });
    const target = new Uint8Array(64);
    for (const [index, { detections, values }] of runs.entries()) {
      const { results, boxesOf } = detectionResults(detections, size);
      expect(results.objectionTo(values, pictures, 0)).toBe(null);
      const wanted = Array.from({ length: pictures }, (_, picture) => {
        const boxes = boxesOf(values, picture, place);
        const numbers = Array.from(boxes.values, (_value, at) =>
          Buffer.from(target.subarray(0, writeFloat32(target, 0, boxes.values, at))).toString("latin1"),
        );
        return boxes.labels.map((label, box) => [label, ...numbers.slice(box * 5, box * 5 + 5)]);
      });
      expect(found[index], detections.layout.format).toEqual(wanted);
      expect(wanted.flat().length, detections.layout.format).toBeGreaterThan(2);
    }
  });
});

/** Whether a value of a YOLO's output is a place and no score. */
function isPlace(layout: DetectionLayout, dims: readonly number[], at: number): boolean {
  const [, rows = 1, columns = 1] = dims;
  const isAcross = layout.format === "yolov8" && !layout.boxesFirst;
  return isAcross ? Math.floor(at / columns) % rows < 4 : at % columns < 4;
}
