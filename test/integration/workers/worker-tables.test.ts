import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import type { MiniBatch, MiniBatchPart } from "../../../electron/contract/nouns/mini-batch.ts";
import type { CommittedMiniBatch } from "../../../electron/contract/messages/worker-messages.ts";
import { readWorkerStatus } from "../../../electron/contract/messages/worker-status.ts";
import {
  denseModel,
  fixedBatchModel,
  float16Model,
  int64Model,
  stringModel,
  writeModel,
} from "../../helpers/models/model-fixtures.ts";
import { floatMatrix, runModel } from "../../helpers/models/run-model.ts";
import {
  inFreshFolders,
  folder,
  output,
  tabularScorer,
  classifier,
  sum,
  jobSpec,
  openedWorker,
  csvPart,
  miniBatchOf,
  scoreRequest,
  writeInput,
  randomRows,
  csvText,
  recordOf,
  numbers,
  expectClose,
  nextCommit,
} from "../../helpers/workers/test-worker.ts";
import { abortingModel, refusingModel } from "../../helpers/models/misbehaving-models.ts";

inFreshFolders();

describe("tables", () => {
  test("predictions are those of a direct call, in order; records follow each other with their checksums", async () => {
    const model = writeModel(folder, denseModel());
    const rows = randomRows(333, 4, 1);
    writeInput("a.csv", csvText(rows.slice(0, 200), "f0,f1,f2,f3"));
    writeInput("b.csv", csvText(rows.slice(200), "f0,f1,f2,f3"));
    const spec = jobSpec(model, tabularScorer(classifier));
    const { worker, segmentFile, statusFile } = await openedWorker(spec);
    worker.send(scoreRequest(miniBatchOf(0, [csvPart("a.csv", 200)])));
    worker.send(scoreRequest(miniBatchOf(1, [csvPart("b.csv", 133)]), { attempt: 2 }));
    const miniBatches: CommittedMiniBatch[] = [];
    while (miniBatches.length < 2) miniBatches.push(...(await worker.next("mini-batches-committed")).miniBatches);

    expect(
      miniBatches.map(({ miniBatchId, attempt, succeeded, failed }) => [miniBatchId, attempt, succeeded, failed]),
    ).toEqual([
      [0, 1, 200, 0],
      [1, 2, 133, 0],
    ]);
    expect(miniBatches[1]?.offset).toBe((miniBatches[0]?.offset ?? 0) + (miniBatches[0]?.rowsBytes ?? 0));
    const found = miniBatches.flatMap((miniBatch) => recordOf(segmentFile, miniBatch).rows);
    const truth = await runModel(model, { features: floatMatrix(rows) });
    expect(found.map((row) => row.slice(0, 2))).toEqual([
      ...Array.from({ length: 200 }, (_, index) => ["a.csv", String(index + 1)]),
      ...Array.from({ length: 133 }, (_, index) => ["b.csv", String(index + 1)]),
    ]);
    expect(found.map((row) => row[2])).toEqual(truth["label"]?.values.map(String));
    expectClose(numbers(found, 3), truth["probabilities"]?.values ?? []);
    expect(readWorkerStatus(fs.readFileSync(statusFile))).toBeNull();

    worker.send({ type: "close-job" });
    await worker.next("job-closed");
    worker.disconnect();
    expect(await worker.exit).toEqual({ code: 0, signal: null });
  });

  test("the bytes do not depend on the process or on what it did before", async () => {
    const model = writeModel(folder, denseModel());
    writeInput("a.csv", csvText(randomRows(150, 4, 2), "f0,f1,f2,f3"));
    writeInput("b.csv", csvText(randomRows(70, 4, 3), "f0,f1,f2,f3"));
    const spec = jobSpec(model, tabularScorer(classifier));
    const a = miniBatchOf(0, [csvPart("a.csv", 150)]);
    const b = miniBatchOf(1, [csvPart("b.csv", 70)]);
    const textsOf = async (miniBatches: MiniBatch[]) => {
      const { worker, segmentFile } = await openedWorker(spec);
      for (const miniBatch of miniBatches) worker.send(scoreRequest(miniBatch));
      const texts = new Map<number, string>();
      while (texts.size < 2) {
        for (const miniBatch of (await worker.next("mini-batches-committed")).miniBatches)
          texts.set(miniBatch.miniBatchId, recordOf(segmentFile, miniBatch).text);
      }
      return [texts.get(0), texts.get(1)];
    };
    expect(await textsOf([b, a])).toEqual(await textsOf([a, b]));
  });

  test("kept cells are the input's text, formulas apart; Parquet's form quotes and changes nothing", async () => {
    const model = writeModel(folder, abortingModel());
    writeInput("a.csv", 'id,note,f0,f1\n007,"a, ""b""",1,2\n=1+1,,3,4\n-5,@x,5,6\n');
    const scorer = tabularScorer({ ...sum, keep: ["id", "note"] });
    const miniBatch = miniBatchOf(0, [csvPart("a.csv", 3)]);
    const text = async (spec: JobSpec) => {
      const { worker, segmentFile } = await openedWorker(spec);
      worker.send(scoreRequest(miniBatch));
      return recordOf(segmentFile, await nextCommit(worker)).text;
    };
    const spec = jobSpec(model, scorer);
    expect(await text(spec)).toBe(`007,"a, ""b""",3\n'=1+1,,7\n-5,'@x,11\n`);
    expect(await text({ ...spec, output: { ...spec.output, csvFormulas: "keep" } })).toBe(
      '007,"a, ""b""",3\n=1+1,,7\n-5,@x,11\n',
    );
    expect(await text({ ...spec, output: { ...spec.output, format: "parquet" } })).toBe(
      '"007","a, ""b""",3\n"=1+1","",7\n"-5","@x",11\n',
    );
  });

  test("a fixed batch is filled up and the filling is dropped", async () => {
    const rows = randomRows(21, 4, 4);
    writeInput("a.csv", csvText(rows, "f0,f1,f2,f3"));
    const truth = await runModel(denseModel(), { features: floatMatrix(rows) });
    for (const [bytes, fixedBatch] of [
      [fixedBatchModel(), 1],
      [denseModel({ batch: 8 }), 8],
    ] as const) {
      const model = writeModel(folder, bytes, `fixed-${fixedBatch}.onnx`);
      const { worker, segmentFile } = await openedWorker(jobSpec(model, tabularScorer({ ...classifier, fixedBatch })));
      worker.send(scoreRequest(miniBatchOf(0, [csvPart("a.csv", 21)])));
      const miniBatch = await nextCommit(worker);
      expect([miniBatch.succeeded, miniBatch.failed]).toEqual([21, 0]);
      expectClose(numbers(recordOf(segmentFile, miniBatch).rows, 3), truth["probabilities"]?.values ?? []);
    }
  });

  test("texts, 64-bit integers and half precision go in and come out whole", async () => {
    const cases = [
      {
        model: stringModel(),
        inputs: [{ name: "city", type: "string" as const, columns: ["city"] }],
        outputs: [output("country", "string", ["country"]), output("code", "int64", ["code"])],
        text: 'city\nLyon\n"São Paulo"\nAtlantis\n',
        wanted: "a.csv,1,France,33\na.csv,2,Brazil,55\na.csv,3,unknown,-1\n",
      },
      {
        model: int64Model(),
        inputs: [{ name: "id", type: "int64" as const, columns: ["id"] }],
        outputs: [output("same", "int64", ["same"]), output("moved", "int64", ["moved"])],
        text: "id\n0\n-9223372036854775808\n9007199254740993\n",
        wanted:
          "a.csv,1,0,9007199254740993\na.csv,2,-9223372036854775808,-9214364837600034815\na.csv,3,9007199254740993,18014398509481986\n",
      },
      {
        model: float16Model(),
        inputs: [{ name: "features", type: "float16" as const, columns: ["a", "b"] }],
        outputs: [output("halved", "float16", ["h0", "h1"])],
        text: "a,b\n1,-3\n0.2,65504\n",
        wanted: "a.csv,1,0.5,-1.5\na.csv,2,0.099975586,32752\n",
      },
    ];
    for (const [index, { model, text, wanted, ...choice }] of cases.entries()) {
      writeInput("a.csv", text);
      const spec = jobSpec(writeModel(folder, model, `typed-${index}.onnx`), tabularScorer(choice));
      const { worker, segmentFile } = await openedWorker(spec);
      worker.send(scoreRequest(miniBatchOf(0, [csvPart("a.csv", text.trim().split("\n").length - 1)])));
      expect(recordOf(segmentFile, await nextCommit(worker)).text).toBe(wanted);
    }
  });

  test("a row that the model refuses fails alone; bad cells fail their rows; errors come in order", async () => {
    const rows = Array.from({ length: 100 }, (_, index): (number | string)[] => [index + 100, 1]);
    rows[40] = [13, 1];
    rows[41] = ["word", 1];
    rows[3] = ["", 1];
    rows[77] = [13, 2];
    writeInput("a.csv", csvText(rows, "f0,f1"));
    const spec = jobSpec(writeModel(folder, refusingModel()), tabularScorer(sum));
    const { worker, segmentFile } = await openedWorker(spec);
    worker.send(scoreRequest(miniBatchOf(0, [csvPart("a.csv", 100)])));
    const miniBatch = await nextCommit(worker);
    expect([miniBatch.succeeded, miniBatch.failed]).toEqual([96, 4]);
    const record = recordOf(segmentFile, miniBatch);
    expect(record.errors.map((error) => error.slice(0, 4))).toEqual([
      ["a.csv", "4", "preprocess", "cell-empty"],
      ["a.csv", "41", "infer", "model-error"],
      ["a.csv", "42", "preprocess", "cell-not-a-number"],
      ["a.csv", "78", "infer", "model-error"],
    ]);
    expect(record.errors[1]?.[4]).toMatch(/^The model refused this item: \S/);
    expect(record.rows.map((row) => Number(row[1]))).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1).filter((row) => ![4, 41, 42, 78].includes(row)),
    );
    expect(record.rows.every((row) => Number(row[2]) === Number(row[1]) + 100)).toBe(true);
  });

  test("an output that does not fit its rows fails them at postprocess", async () => {
    writeInput("a.csv", csvText(randomRows(5, 4, 5), "f0,f1,f2,f3"));
    const outputs = [output("probabilities", "float32", ["p_0", "p_1"])];
    const spec = jobSpec(writeModel(folder, denseModel()), tabularScorer({ ...classifier, outputs }));
    const { worker, segmentFile } = await openedWorker(spec);
    worker.send(scoreRequest(miniBatchOf(0, [csvPart("a.csv", 5)])));
    const miniBatch = await nextCommit(worker);
    expect([miniBatch.succeeded, miniBatch.failed]).toEqual([0, 5]);
    expect(recordOf(segmentFile, miniBatch).errors[0]?.slice(2, 5)).toEqual([
      "postprocess",
      "model-error",
      'The model\'s output "probabilities" has 3 values a row here, where 2 were expected.',
    ]);
  });

  test("broken parts, changed files and files that are gone fail their items; the rest of the mini-batch goes on", async () => {
    const rows = randomRows(4, 2, 6);
    for (const file of ["a.csv", "changed.csv", "gone.csv", "z.csv"]) writeInput(file, csvText(rows, "f0,f1"));
    const empty: MiniBatchPart = {
      ...csvPart("a.csv", 1),
      file: "empty.csv",
      problem: { stage: "read", code: "file-empty", message: "The file is empty." },
    };
    const parts = [csvPart("a.csv", 4), csvPart("changed.csv", 4), empty, csvPart("gone.csv", 4), csvPart("z.csv", 4)];
    fs.appendFileSync(path.join(folder, "input", "changed.csv"), "1,2\n");
    fs.rmSync(path.join(folder, "input", "gone.csv"));
    const { worker, segmentFile } = await openedWorker(
      jobSpec(writeModel(folder, abortingModel()), tabularScorer(sum)),
    );
    worker.send(scoreRequest(miniBatchOf(0, parts)));
    const miniBatch = await nextCommit(worker);
    expect([miniBatch.succeeded, miniBatch.failed]).toEqual([8, 9]);
    const record = recordOf(segmentFile, miniBatch);
    expect(record.errors.map((error) => error.slice(0, 4))).toEqual([
      ...[1, 2, 3, 4].map((row) => ["changed.csv", String(row), "read", "input-changed"]),
      ["empty.csv", "", "read", "file-empty"],
      ...[1, 2, 3, 4].map((row) => ["gone.csv", String(row), "read", "input-changed"]),
    ]);
    expect(record.rows.map((row) => row[0])).toEqual([...Array(4).fill("a.csv"), ...Array(4).fill("z.csv")]);
  });

  test("an input folder that is gone fails the mini-batch, not its items", async () => {
    writeInput("a.csv", csvText([[1, 2]], "f0,f1"));
    const { worker } = await openedWorker(jobSpec(writeModel(folder, abortingModel()), tabularScorer(sum)));
    const miniBatch = miniBatchOf(0, [csvPart("a.csv", 1)]);
    fs.rmSync(path.join(folder, "input"), { recursive: true });
    worker.send(scoreRequest(miniBatch, { attempt: 3 }));
    expect(await worker.next("mini-batch-failed")).toMatchObject({
      miniBatchId: 0,
      attempt: 3,
      stage: "read",
      errno: "ENOENT",
    });
    writeInput("a.csv", csvText([[1, 2]], "f0,f1"));
    worker.send(scoreRequest(miniBatchOf(0, [csvPart("a.csv", 1)])));
    expect(await nextCommit(worker)).toMatchObject({ offset: 0, succeeded: 1 });
  });
});
