import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readWorkerStatus } from "../../../electron/contract/messages/worker-status.ts";
import { writeModel } from "../../helpers/models/model-fixtures.ts";
import {
  inFreshFolders,
  folder,
  startWorker,
  tabularScorer,
  sum,
  jobSpec,
  openJob,
  openedWorker,
  csvPart,
  miniBatchOf,
  scoreRequest,
  writeInput,
  csvText,
  recordOf,
  nextCommit,
} from "../../helpers/workers/test-worker.ts";
import { abortingModel, hungryModel } from "../../helpers/models/misbehaving-models.ts";

inFreshFolders();

describe("deaths", () => {
  const rows = Array.from({ length: 50 }, (_, index) => [index + 100, 1]);
  rows[20] = [13, 1];

  async function openDeadly() {
    writeInput("a.csv", csvText(rows, "f0,f1"));
    const opened = await openedWorker(jobSpec(writeModel(folder, abortingModel()), tabularScorer(sum)));
    return { ...opened, miniBatch: miniBatchOf(5, [csvPart("a.csv", 50)]) };
  }

  test("the status file names the run that killed", async () => {
    const { worker, miniBatch, statusFile } = await openDeadly();
    worker.send(scoreRequest(miniBatch));
    expect((await worker.exit).signal).toBe("SIGFPE");
    expect(readWorkerStatus(fs.readFileSync(statusFile))).toEqual({
      miniBatchId: 5,
      start: 16,
      end: 32,
      stage: "infer",
    });
  });

  test("a probe steps through its range alone and leaves nothing in the segment", async () => {
    const { worker, miniBatch, statusFile, segmentFile } = await openDeadly();
    worker.send({ type: "probe-mini-batch", miniBatch, poisoned: [], range: { start: 24, end: 32 }, step: 3 });
    expect(await worker.next("mini-batch-probed")).toEqual({ type: "mini-batch-probed", miniBatchId: 5 });
    worker.send({ type: "probe-mini-batch", miniBatch, poisoned: [20], range: { start: 16, end: 24 }, step: 8 });
    await worker.next("mini-batch-probed");
    expect(fs.statSync(segmentFile).size).toBe(0);
    worker.send({ type: "probe-mini-batch", miniBatch, poisoned: [], range: { start: 17, end: 24 }, step: 2 });
    expect((await worker.exit).signal).toBe("SIGFPE");
    expect(readWorkerStatus(fs.readFileSync(statusFile))).toEqual({
      miniBatchId: 5,
      start: 19,
      end: 21,
      stage: "infer",
    });
  });

  test("poisoned items are recorded as told and left out of every run", async () => {
    const { worker, miniBatch, segmentFile } = await openDeadly();
    const poisoned = [{ item: 20, stage: "infer", code: "worker-died", message: "The worker died with this row." }];
    worker.send(scoreRequest(miniBatch, { poisoned: poisoned as never }));
    const committed = await nextCommit(worker);
    expect([committed.succeeded, committed.failed]).toEqual([49, 1]);
    const record = recordOf(segmentFile, committed);
    expect(record.errorsText).toBe("a.csv,21,infer,worker-died,The worker died with this row.,\n");
    expect(record.rows.map((row) => Number(row[2]))).toEqual(
      rows.filter((_, index) => index !== 20).map(([first = 0]) => first + 1),
    );
  });

  test("a mini-batch that is given up has every item among the errors", async () => {
    const { worker, miniBatch, segmentFile } = await openDeadly();
    const reason = { stage: "infer", code: "timed-out", message: "Too slow." };
    worker.send({ type: "fail-mini-batch", miniBatch, ...reason });
    const committed = await nextCommit(worker);
    expect(committed).toMatchObject({ miniBatchId: 5, rowsBytes: 0, succeeded: 0, failed: 50 });
    expect(recordOf(segmentFile, committed).errors).toEqual(
      rows.map((_, index) => ["a.csv", String(index + 1), "infer", "timed-out", "Too slow.", ""]),
    );
  });

  test("between mini-batches the status file blames nobody, so that a death there is nobody's", async () => {
    const { worker, miniBatch, statusFile } = await openDeadly();
    const poisoned = [{ item: 20, stage: "infer", code: "worker-died", message: "The worker died with this row." }];
    worker.send(scoreRequest(miniBatch, { poisoned: poisoned as never }));
    await nextCommit(worker);
    expect(readWorkerStatus(fs.readFileSync(statusFile))).toBeNull();
  });

  test("a worker goes when its engine does", async () => {
    const { worker } = await openDeadly();
    worker.disconnect();
    expect((await worker.exit).code).toBe(0);
  });
});

describe("too little memory", () => {
  const rows = Array.from({ length: 100 }, (_, index) => [index + 100, 1]);

  async function score(model: Uint8Array, miniBatchRows: readonly (readonly number[])[]) {
    writeInput(
      "a.csv",
      csvText(
        miniBatchRows.map((row) => [...row]),
        "f0,f1",
      ),
    );
    const { worker, segmentFile } = await openedWorker(jobSpec(writeModel(folder, model), tabularScorer(sum)));
    worker.send(scoreRequest(miniBatchOf(0, [csvPart("a.csv", miniBatchRows.length)]), { batch: 64 }));
    const miniBatch = await nextCommit(worker);
    return { miniBatch, record: recordOf(segmentFile, miniBatch) };
  }

  test("halves the run until it fits; every row is scored and the size that fits is told", async () => {
    const { miniBatch, record } = await score(hungryModel({ maxRows: 10 }), rows);
    expect([miniBatch.succeeded, miniBatch.failed, miniBatch.smallestRun]).toEqual([100, 0, 8]);
    expect(record.rows.map((row) => Number(row[2]))).toEqual(rows.map(([first = 0]) => first + 1));
  });

  test("fails the one row that does not fit alone as out-of-memory, and blames no others for it", async () => {
    const withLargeOne = rows.map((row, index) => (index === 70 ? [13, 1] : row));
    const { miniBatch, record } = await score(hungryModel({ maxRows: 64, at: 13 }), withLargeOne);
    expect([miniBatch.succeeded, miniBatch.failed, miniBatch.smallestRun]).toEqual([99, 1, null]);
    expect(record.errors[0]?.slice(0, 4)).toEqual(["a.csv", "71", "infer", "out-of-memory"]);
    expect(record.errors[0]?.[4]).toMatch(/^There is not enough memory to run this item: /);
  });
});

describe("opening a job", () => {
  test("a segment that exists is refused, and so is a model that cannot be read; the worker goes on", async () => {
    writeInput("a.csv", csvText([[1, 2]], "f0,f1"));
    const spec = jobSpec(writeModel(folder, abortingModel()), tabularScorer(sum));
    const worker = startWorker();
    await worker.next("started");
    const taken = openJob(spec);
    fs.writeFileSync(taken.segmentFile, "someone's");
    worker.send(taken);
    expect((await worker.next("job-refused")).message).toMatch(/EEXIST/);
    expect(fs.readFileSync(taken.segmentFile, "utf8")).toBe("someone's");

    fs.writeFileSync(path.join(folder, "broken.onnx"), "this is no model");
    worker.send(openJob({ ...spec, model: { ...spec.model, file: path.join(folder, "broken.onnx") } }));
    expect((await worker.next("job-refused")).message).not.toMatch(/\n/);

    worker.send(openJob(spec));
    expect(await worker.next("job-opened")).toMatchObject({
      provider: "cpu",
      runtimeVersion: expect.stringMatching(/^1\./),
    });
    worker.send({ type: "close-job" });
    await worker.next("job-closed");
    worker.send(openJob(spec));
    await worker.next("job-opened");
    worker.send(scoreRequest(miniBatchOf(0, [csvPart("a.csv", 1)])));
    expect(await nextCommit(worker)).toMatchObject({ offset: 0, succeeded: 1 });
  });

  test("a message that makes no sense ends the worker", async () => {
    const worker = startWorker();
    await worker.next("started");
    worker.send({ type: "score-mini-batch", miniBatch: "all of them" });
    expect(await worker.exit).toEqual({ code: 1, signal: null });
  });
});
