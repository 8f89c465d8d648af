import fs from "node:fs";
import path from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import type { Scorer } from "../../../electron/contract/nouns/scorer.ts";
import { writeBadImages, writeImageFolder } from "../../helpers/data/data-fixtures.ts";
import { writeModel } from "../../helpers/models/model-fixtures.ts";
import { runModel } from "../../helpers/models/run-model.ts";
import {
  inFreshFolders,
  folder,
  output,
  jobSpec,
  openedWorker,
  imagePart,
  miniBatchOf,
  scoreRequest,
  recordOf,
  numbers,
  expectClose,
  nextCommit,
} from "../../helpers/workers/test-worker.ts";
import { imageModel } from "../../helpers/models/image-models.ts";

inFreshFolders();

describe("pictures", () => {
  const size = { height: 32, width: 32 };
  const scorer = (change: Partial<Extract<Scorer, { kind: "image" }>> = {}): Scorer => ({
    kind: "image",
    input: { name: "image", type: "float32", shape: [null, 3, 32, 32] },
    ...size,
    resize: "stretch",
    color: "rgb",
    layout: "nchw",
    scale: [1 / 255, 1 / 255, 1 / 255],
    mean: [0.5, 0.4, 0.3],
    std: [0.2, 0.3, 0.4],
    outputs: [output("probabilities", "float32", ["p_0", "p_1", "p_2"])],
    keep: [],
    batch: "auto",
    fixedBatch: null,
    ...change,
  });

  /** Pictures of the model's own size, without loss, so that the truth needs no resizing. */
  async function truthOf(model: string, names: readonly string[]): Promise<readonly (number | bigint | string)[]> {
    const values = new Float32Array(names.length * 3 * 32 * 32);
    for (const [index, name] of names.entries()) {
      const image = await loadImage(path.join(folder, "input", name));
      const context = createCanvas(32, 32).getContext("2d");
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, 32, 32);
      for (let pixel = 0; pixel < 1024; pixel++) {
        for (const [channel, mean, std] of [
          [0, 0.5, 0.2],
          [1, 0.4, 0.3],
          [2, 0.3, 0.4],
        ] as const) {
          values[(index * 3 + channel) * 1024 + pixel] = ((data[pixel * 4 + channel] as number) / 255 - mean) / std;
        }
      }
    }
    const results = await runModel(model, { image: new Tensor("float32", values, [names.length, 3, 32, 32]) });
    return results["probabilities"]?.values ?? [];
  }

  test("predictions are those of a direct call, in the order of the files, for any batch", async () => {
    const names = writeImageFolder(path.join(folder, "input"), { count: 11, ...size, endings: ["png"] });
    const model = writeModel(folder, imageModel(size));
    const truth = await truthOf(model, names);
    for (const batch of [1, 4, 64]) {
      const { worker, segmentFile } = await openedWorker(jobSpec(model, scorer(), { batch }));
      worker.send(scoreRequest(miniBatchOf(0, names.map(imagePart)), { batch }));
      const miniBatch = await nextCommit(worker);
      const { rows } = recordOf(segmentFile, miniBatch);
      expect(rows.map((row) => row[0])).toEqual(names);
      expectClose(numbers(rows, 1), truth);
    }
  });

  test("the best label of each picture, with its score", async () => {
    const names = writeImageFolder(path.join(folder, "input"), { count: 3, ...size, endings: ["png"] });
    const model = writeModel(folder, imageModel(size));
    const truth = await truthOf(model, names);
    const best = output("probabilities", "float32", ["p_top1", "p_top1_score"], {
      width: 3,
      topK: 1,
      labels: ["cat", "dog", "owl"],
    });
    const { worker, segmentFile } = await openedWorker(jobSpec(model, scorer({ outputs: [best] })));
    worker.send(scoreRequest(miniBatchOf(0, names.map(imagePart))));
    const { rows } = recordOf(segmentFile, await nextCommit(worker));
    const wanted = names.map((_, row) => truth.slice(row * 3, row * 3 + 3).map(Number));
    expect(rows.map((row) => row[1])).toEqual(
      wanted.map((values) => ["cat", "dog", "owl"][values.indexOf(Math.max(...values))]),
    );
    expectClose(
      rows.map((row) => Number(row[2])),
      wanted.map((values) => Math.max(...values)),
    );
  });

  test("bad pictures fail alone, each with its reason, also where they share a run with good ones", async () => {
    const bad = writeBadImages(path.join(folder, "input"));
    const names = fs.readdirSync(path.join(folder, "input")).sort();
    const { worker, segmentFile } = await openedWorker(jobSpec(writeModel(folder, imageModel(size)), scorer()));
    const parts = names.map(imagePart);
    worker.send(scoreRequest(miniBatchOf(0, parts)));
    const miniBatch = await nextCommit(worker);
    expect(miniBatch.succeeded + miniBatch.failed).toBe(bad.total);
    const record = recordOf(segmentFile, miniBatch);
    expect(record.rows.map(([file]) => file)).toEqual(["a-good.jpg"]);
    const expected = bad.failures.map(({ file, code }) => [file, "", code]);
    expect(record.errors.map(([file, row, , code]) => [file, row, code])).toEqual(expected);

    fs.rmSync(path.join(folder, "input", "a-good.jpg"));
    worker.send(scoreRequest(miniBatchOf(1, parts)));
    const again = recordOf(segmentFile, await nextCommit(worker));
    expect(again.errors.map(([file, row, , code]) => [file, row, code])).toEqual([
      ["a-good.jpg", "", "input-changed"],
      ...expected,
    ]);
  });

  test("a poisoned picture is not decoded, a probe keeps nothing", async () => {
    const names = writeImageFolder(path.join(folder, "input"), { count: 5, ...size, endings: ["png"] });
    const model = writeModel(folder, imageModel(size));
    const { worker, segmentFile } = await openedWorker(jobSpec(model, scorer()));
    const miniBatch = miniBatchOf(3, names.map(imagePart));
    worker.send({ type: "probe-mini-batch", miniBatch, poisoned: [1], range: { start: 1, end: 4 }, step: 2 });
    await worker.next("mini-batch-probed");
    expect(fs.statSync(segmentFile).size).toBe(0);
    fs.writeFileSync(path.join(folder, "input", names[2] ?? ""), "it would fail if it were read");
    const poisoned = [{ item: 2, stage: "preprocess" as const, code: "worker-died" as const, message: "It kills." }];
    worker.send(scoreRequest(miniBatch, { poisoned }));
    const committed = await nextCommit(worker);
    const record = recordOf(segmentFile, committed);
    expect(record.errorsText).toBe(`${names[2]},,preprocess,worker-died,It kills.,\n`);
    expect(record.rows.map((row) => row[0])).toEqual(names.filter((_, index) => index !== 2));
  });
});
