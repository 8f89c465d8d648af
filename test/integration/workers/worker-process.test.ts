import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { parse } from "csv-parse/sync";
import { Tensor } from "onnxruntime-node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import { scorerSchema } from "../../../electron/contract/nouns/scorer.ts";
import type { Scorer, ScorerOutput } from "../../../electron/contract/nouns/scorer.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import { unitSchema } from "../../../electron/contract/nouns/unit.ts";
import type { Unit, UnitPart } from "../../../electron/contract/nouns/unit.ts";
import type { CommittedUnit, FromWorker, ToWorker } from "../../../electron/contract/messages/worker-messages.ts";
import { fromWorkerSchema, workerProtocolVersion } from "../../../electron/contract/messages/worker-messages.ts";
import { readWorkerStatus } from "../../../electron/contract/messages/worker-status.ts";
import { writeBadImages, writeImageFolder } from "../../helpers/data/data-fixtures.ts";
import {
  abortingModel,
  denseModel,
  fixedBatchModel,
  float16Model,
  hungryModel,
  imageModel,
  int64Model,
  refusingModel,
  stringModel,
  writeModel,
} from "../../helpers/models/model-fixtures.ts";
import { seededRandom } from "../../helpers/random.ts";
import { floatMatrix, runModel } from "../../helpers/models/run-model.ts";

const program = path.join(import.meta.dirname, "../../../dist/worker.cjs");

let folder: string;
let workers: TestWorker[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "worker-"));
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.end()));
  fs.rmSync(folder, { recursive: true, force: true });
});

type TestWorker = {
  readonly send: (message: unknown) => void;
  /** The next message of one of these types; others (progress) are passed over, but kept in `heard`. */
  readonly next: <Type extends FromWorker["type"]>(...types: Type[]) => Promise<Extract<FromWorker, { type: Type }>>;
  readonly heard: FromWorker[];
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
  readonly disconnect: () => void;
  readonly end: () => Promise<unknown>;
};

function startWorker(): TestWorker {
  const child: ChildProcess = fork(program, [], {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const heard: FromWorker[] = [];
  const unread: FromWorker[] = [];
  let wake = () => {};
  child.on("message", (raw) => {
    const message = fromWorkerSchema.parse(raw);
    heard.push(message);
    unread.push(message);
    wake();
  });
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  const worker: TestWorker = {
    heard,
    exit,
    send: (message) => child.send(message as object),
    disconnect: () => child.disconnect(),
    async next(...types) {
      for (;;) {
        const message = unread.shift();
        if (message === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if ((types as string[]).includes(message.type)) return message as never;
        else if (message.type !== "progress") throw new Error(`not expected: ${JSON.stringify(message)}`);
      }
    },
    end() {
      child.kill("SIGKILL");
      return exit;
    },
  };
  workers.push(worker);
  return worker;
}

const output = (name: string, type: TensorType, columns: string[], more: Partial<ScorerOutput> = {}): ScorerOutput => ({
  name,
  type,
  width: columns.length,
  labels: null,
  softmax: false,
  topK: 0,
  columns,
  ...more,
});

type TabularChoice = {
  inputs: { name: string; type: TensorType; columns: string[] }[];
  outputs: ScorerOutput[];
  fixedBatch?: number;
  keep?: string[];
};

function tabularScorer({ inputs, outputs, fixedBatch, keep = [] }: TabularChoice): Scorer {
  return scorerSchema.parse({
    kind: "tabular",
    inputs: inputs.map((input) => ({ ...input, shape: [fixedBatch ?? null, input.columns.length] })),
    missing: "error",
    outputs,
    keep,
    batch: "auto",
    fixedBatch: fixedBatch ?? null,
  });
}

const classifier = {
  inputs: [{ name: "features", type: "float32" as const, columns: ["f0", "f1", "f2", "f3"] }],
  outputs: [output("label", "int64", ["label"]), output("probabilities", "float32", ["p_0", "p_1", "p_2"])],
};
const sum = {
  inputs: [{ name: "features", type: "float32" as const, columns: ["f0", "f1"] }],
  outputs: [output("score", "float32", ["score"])],
};

function jobSpec(model: string, scorer: Scorer, change: Partial<JobSpec> = {}): JobSpec {
  return {
    version: 1,
    name: "job",
    endpointName: "endpoint",
    deploymentName: "deployment",
    input: {
      path: path.join(folder, "input"),
      kind: "folder",
      recursive: true,
      files: null,
      watch: null,
      source: null,
    },
    base: null,
    model: { name: "model", version: "1", hash: "0".repeat(64), file: model, folder: "" },
    scorer,
    dialect: { delimiter: ",", quote: '"', encoding: "utf-8", decimal: "." },
    errorThreshold: { percent: null, unit: "row" },
    device: "cpu",
    pricePerHour: null,
    batchChosenBy: "default",
    settings: {
      mini_batch_size: 10,
      max_concurrency_per_instance: null,
      instance_count: null,
      retry_settings: { max_retries: 3, timeout: null },
      output_action: "append_row",
      output_file_name: null,
      error_threshold: -1,
      logging_level: "info",
      environment_variables: {},
    },
    compute: "local",
    workers: 1,
    batch: 16,
    sliceBytes: 16 << 20,
    output: { folder, fileName: "predictions.csv", format: "csv", csvFormulas: "escape" },
    overrides: {},
    deployment: {},
    ...change,
  };
}

let segments = 0;
function openJob(spec: JobSpec): Extract<ToWorker, { type: "open-job" }> {
  const segmentFile = path.join(folder, `${segments++}.segment`);
  return {
    type: "open-job",
    protocolVersion: workerProtocolVersion,
    workerId: "w1",
    spec,
    segmentFile,
    statusFile: `${segmentFile}.status`,
    logsFolder: path.join(folder, "logs"),
  };
}

async function openedWorker(spec: JobSpec) {
  const worker = startWorker();
  const open = openJob(spec);
  worker.send(open);
  await worker.next("started");
  await worker.next("job-opened");
  return { worker, ...open };
}

/** A part over the whole of a CSV file in the input folder. */
function csvPart(file: string, items: number): UnitPart {
  const absolute = path.join(folder, "input", file);
  const stats = fs.statSync(absolute);
  const start = fs.readFileSync(absolute).indexOf("\n") + 1;
  return {
    file,
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    start,
    end: stats.size,
    firstRow: 1,
    items,
    problem: null,
  };
}

function imagePart(file: string): UnitPart {
  const stats = fs.statSync(path.join(folder, "input", file));
  return {
    file,
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    start: 0,
    end: 0,
    firstRow: 1,
    items: 1,
    problem: null,
  };
}

const unitOf = (id: number, parts: readonly UnitPart[]): Unit =>
  unitSchema.parse({ id, items: parts.reduce((items, part) => items + part.items, 0), parts });

const scoreRequest = (unit: Unit, more: Partial<Extract<ToWorker, { type: "score-unit" }>> = {}) => ({
  type: "score-unit",
  unit,
  attempt: 1,
  poisoned: [],
  batch: 16,
  ...more,
});

function writeInput(file: string, text: string | Buffer): void {
  fs.mkdirSync(path.join(folder, "input"), { recursive: true });
  fs.writeFileSync(path.join(folder, "input", file), text);
}

function randomRows(count: number, width: number, seed: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: width }, () => Math.round((random() * 8 - 4) * 1000) / 1000),
  );
}

const csvText = (rows: readonly (readonly (number | string)[])[], header: string) =>
  `${header}\n${rows.map((row) => `${row.join(",")}\n`).join("")}`;

/** The record of a unit, its checksum proven. */
function recordOf(segmentFile: string, unit: CommittedUnit) {
  const end = unit.offset + unit.rowsBytes + unit.errorsBytes;
  const bytes = fs.readFileSync(segmentFile).subarray(unit.offset, end);
  expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toBe(unit.checksum);
  const rows = bytes.toString("utf8", 0, unit.rowsBytes);
  const errors = bytes.toString("utf8", unit.rowsBytes);
  return { rows: parse(rows), errors: parse(errors), text: rows, errorsText: errors };
}

const numbers = (rows: readonly (readonly string[])[], from: number) =>
  rows.flatMap((row) => row.slice(from).map(Number));

function expectClose(found: readonly number[], wanted: readonly (number | bigint | string)[]): void {
  expect(found).toHaveLength(wanted.length);
  const worst = found.reduce((most, value, index) => Math.max(most, Math.abs(value - Number(wanted[index]))), 0);
  expect(worst).toBeLessThanOrEqual(1e-5);
}

/** The next committed unit, where one alone is on its way. */
async function nextCommit(worker: TestWorker): Promise<CommittedUnit> {
  const { units } = await worker.next("units-committed");
  expect(units).toHaveLength(1);
  return units[0] as CommittedUnit;
}

describe("tables", () => {
  test("predictions are those of a direct call, in order; records follow each other with their checksums", async () => {
    const model = writeModel(folder, denseModel());
    const rows = randomRows(333, 4, 1);
    writeInput("a.csv", csvText(rows.slice(0, 200), "f0,f1,f2,f3"));
    writeInput("b.csv", csvText(rows.slice(200), "f0,f1,f2,f3"));
    const spec = jobSpec(model, tabularScorer(classifier));
    const { worker, segmentFile, statusFile } = await openedWorker(spec);
    worker.send(scoreRequest(unitOf(0, [csvPart("a.csv", 200)])));
    worker.send(scoreRequest(unitOf(1, [csvPart("b.csv", 133)]), { attempt: 2 }));
    const units: CommittedUnit[] = [];
    while (units.length < 2) units.push(...(await worker.next("units-committed")).units);

    expect(units.map(({ unitId, attempt, succeeded, failed }) => [unitId, attempt, succeeded, failed])).toEqual([
      [0, 1, 200, 0],
      [1, 2, 133, 0],
    ]);
    expect(units[1]?.offset).toBe((units[0]?.offset ?? 0) + (units[0]?.rowsBytes ?? 0));
    const found = units.flatMap((unit) => recordOf(segmentFile, unit).rows);
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
    const a = unitOf(0, [csvPart("a.csv", 150)]);
    const b = unitOf(1, [csvPart("b.csv", 70)]);
    const textsOf = async (units: Unit[]) => {
      const { worker, segmentFile } = await openedWorker(spec);
      for (const unit of units) worker.send(scoreRequest(unit));
      const texts = new Map<number, string>();
      while (texts.size < 2) {
        for (const unit of (await worker.next("units-committed")).units)
          texts.set(unit.unitId, recordOf(segmentFile, unit).text);
      }
      return [texts.get(0), texts.get(1)];
    };
    expect(await textsOf([b, a])).toEqual(await textsOf([a, b]));
  });

  test("kept cells are the input's text, formulas apart; Parquet's form quotes and changes nothing", async () => {
    const model = writeModel(folder, abortingModel());
    writeInput("a.csv", 'id,note,f0,f1\n007,"a, ""b""",1,2\n=1+1,,3,4\n-5,@x,5,6\n');
    const scorer = tabularScorer({ ...sum, keep: ["id", "note"] });
    const unit = unitOf(0, [csvPart("a.csv", 3)]);
    const text = async (spec: JobSpec) => {
      const { worker, segmentFile } = await openedWorker(spec);
      worker.send(scoreRequest(unit));
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
      worker.send(scoreRequest(unitOf(0, [csvPart("a.csv", 21)])));
      const unit = await nextCommit(worker);
      expect([unit.succeeded, unit.failed]).toEqual([21, 0]);
      expectClose(numbers(recordOf(segmentFile, unit).rows, 3), truth["probabilities"]?.values ?? []);
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
      worker.send(scoreRequest(unitOf(0, [csvPart("a.csv", text.trim().split("\n").length - 1)])));
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
    worker.send(scoreRequest(unitOf(0, [csvPart("a.csv", 100)])));
    const unit = await nextCommit(worker);
    expect([unit.succeeded, unit.failed]).toEqual([96, 4]);
    const record = recordOf(segmentFile, unit);
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
    worker.send(scoreRequest(unitOf(0, [csvPart("a.csv", 5)])));
    const unit = await nextCommit(worker);
    expect([unit.succeeded, unit.failed]).toEqual([0, 5]);
    expect(recordOf(segmentFile, unit).errors[0]?.slice(2, 5)).toEqual([
      "postprocess",
      "model-error",
      'The model\'s output "probabilities" has 3 values a row here, where 2 were expected.',
    ]);
  });

  test("broken parts, changed files and files that are gone fail their items; the rest of the unit goes on", async () => {
    const rows = randomRows(4, 2, 6);
    for (const file of ["a.csv", "changed.csv", "gone.csv", "z.csv"]) writeInput(file, csvText(rows, "f0,f1"));
    const empty: UnitPart = {
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
    worker.send(scoreRequest(unitOf(0, parts)));
    const unit = await nextCommit(worker);
    expect([unit.succeeded, unit.failed]).toEqual([8, 9]);
    const record = recordOf(segmentFile, unit);
    expect(record.errors.map((error) => error.slice(0, 4))).toEqual([
      ...[1, 2, 3, 4].map((row) => ["changed.csv", String(row), "read", "input-changed"]),
      ["empty.csv", "", "read", "file-empty"],
      ...[1, 2, 3, 4].map((row) => ["gone.csv", String(row), "read", "input-changed"]),
    ]);
    expect(record.rows.map((row) => row[0])).toEqual([...Array(4).fill("a.csv"), ...Array(4).fill("z.csv")]);
  });

  test("an input folder that is gone fails the unit, not its items", async () => {
    writeInput("a.csv", csvText([[1, 2]], "f0,f1"));
    const { worker } = await openedWorker(jobSpec(writeModel(folder, abortingModel()), tabularScorer(sum)));
    const unit = unitOf(0, [csvPart("a.csv", 1)]);
    fs.rmSync(path.join(folder, "input"), { recursive: true });
    worker.send(scoreRequest(unit, { attempt: 3 }));
    expect(await worker.next("unit-failed")).toMatchObject({ unitId: 0, attempt: 3, stage: "read", errno: "ENOENT" });
    writeInput("a.csv", csvText([[1, 2]], "f0,f1"));
    worker.send(scoreRequest(unitOf(0, [csvPart("a.csv", 1)])));
    expect(await nextCommit(worker)).toMatchObject({ offset: 0, succeeded: 1 });
  });
});

describe("deaths", () => {
  const rows = Array.from({ length: 50 }, (_, index) => [index + 100, 1]);
  rows[20] = [13, 1];

  async function openDeadly() {
    writeInput("a.csv", csvText(rows, "f0,f1"));
    const opened = await openedWorker(jobSpec(writeModel(folder, abortingModel()), tabularScorer(sum)));
    return { ...opened, unit: unitOf(5, [csvPart("a.csv", 50)]) };
  }

  test("the status file names the run that killed", async () => {
    const { worker, unit, statusFile } = await openDeadly();
    worker.send(scoreRequest(unit));
    expect((await worker.exit).signal).toBe("SIGFPE");
    expect(readWorkerStatus(fs.readFileSync(statusFile))).toEqual({ unitId: 5, start: 16, end: 32, stage: "infer" });
  });

  test("a probe steps through its range alone and leaves nothing in the segment", async () => {
    const { worker, unit, statusFile, segmentFile } = await openDeadly();
    worker.send({ type: "probe-unit", unit, poisoned: [], range: { start: 24, end: 32 }, step: 3 });
    expect(await worker.next("unit-probed")).toEqual({ type: "unit-probed", unitId: 5 });
    worker.send({ type: "probe-unit", unit, poisoned: [20], range: { start: 16, end: 24 }, step: 8 });
    await worker.next("unit-probed");
    expect(fs.statSync(segmentFile).size).toBe(0);
    worker.send({ type: "probe-unit", unit, poisoned: [], range: { start: 17, end: 24 }, step: 2 });
    expect((await worker.exit).signal).toBe("SIGFPE");
    expect(readWorkerStatus(fs.readFileSync(statusFile))).toEqual({ unitId: 5, start: 19, end: 21, stage: "infer" });
  });

  test("poisoned items are recorded as told and left out of every run", async () => {
    const { worker, unit, segmentFile } = await openDeadly();
    const poisoned = [{ item: 20, stage: "infer", code: "worker-died", message: "The worker died with this row." }];
    worker.send(scoreRequest(unit, { poisoned: poisoned as never }));
    const committed = await nextCommit(worker);
    expect([committed.succeeded, committed.failed]).toEqual([49, 1]);
    const record = recordOf(segmentFile, committed);
    expect(record.errorsText).toBe("a.csv,21,infer,worker-died,The worker died with this row.,\n");
    expect(record.rows.map((row) => Number(row[2]))).toEqual(
      rows.filter((_, index) => index !== 20).map(([first = 0]) => first + 1),
    );
  });

  test("a unit that is given up has every item among the errors", async () => {
    const { worker, unit, segmentFile } = await openDeadly();
    const reason = { stage: "infer", code: "timed-out", message: "Too slow." };
    worker.send({ type: "fail-unit", unit, ...reason });
    const committed = await nextCommit(worker);
    expect(committed).toMatchObject({ unitId: 5, rowsBytes: 0, succeeded: 0, failed: 50 });
    expect(recordOf(segmentFile, committed).errors).toEqual(
      rows.map((_, index) => ["a.csv", String(index + 1), "infer", "timed-out", "Too slow.", ""]),
    );
  });

  test("between units the status file blames nobody, so that a death there is nobody's", async () => {
    const { worker, unit, statusFile } = await openDeadly();
    const poisoned = [{ item: 20, stage: "infer", code: "worker-died", message: "The worker died with this row." }];
    worker.send(scoreRequest(unit, { poisoned: poisoned as never }));
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

  async function score(model: Uint8Array, unitRows: readonly (readonly number[])[]) {
    writeInput(
      "a.csv",
      csvText(
        unitRows.map((row) => [...row]),
        "f0,f1",
      ),
    );
    const { worker, segmentFile } = await openedWorker(jobSpec(writeModel(folder, model), tabularScorer(sum)));
    worker.send(scoreRequest(unitOf(0, [csvPart("a.csv", unitRows.length)]), { batch: 64 }));
    const unit = await nextCommit(worker);
    return { unit, record: recordOf(segmentFile, unit) };
  }

  test("halves the run until it fits; every row is scored and the size that fits is told", async () => {
    const { unit, record } = await score(hungryModel({ mostRows: 10 }), rows);
    expect([unit.succeeded, unit.failed, unit.smallestRun]).toEqual([100, 0, 8]);
    expect(record.rows.map((row) => Number(row[2]))).toEqual(rows.map(([first = 0]) => first + 1));
  });

  test("fails the one row that does not fit alone as out-of-memory, and blames no others for it", async () => {
    const withLargeOne = rows.map((row, index) => (index === 70 ? [13, 1] : row));
    const { unit, record } = await score(hungryModel({ mostRows: 64, at: 13 }), withLargeOne);
    expect([unit.succeeded, unit.failed, unit.smallestRun]).toEqual([99, 1, null]);
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
    worker.send(scoreRequest(unitOf(0, [csvPart("a.csv", 1)])));
    expect(await nextCommit(worker)).toMatchObject({ offset: 0, succeeded: 1 });
  });

  test("a message that makes no sense ends the worker", async () => {
    const worker = startWorker();
    await worker.next("started");
    worker.send({ type: "score-unit", unit: "all of them" });
    expect(await worker.exit).toEqual({ code: 1, signal: null });
  });
});

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
      worker.send(scoreRequest(unitOf(0, names.map(imagePart)), { batch }));
      const unit = await nextCommit(worker);
      const { rows } = recordOf(segmentFile, unit);
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
    worker.send(scoreRequest(unitOf(0, names.map(imagePart))));
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
    worker.send(scoreRequest(unitOf(0, parts)));
    const unit = await nextCommit(worker);
    expect(unit.succeeded + unit.failed).toBe(bad.total);
    const record = recordOf(segmentFile, unit);
    expect(record.rows.map(([file]) => file)).toEqual(["a-good.jpg"]);
    const expected = bad.failures.map(({ file, code }) => [file, "", code]);
    expect(record.errors.map(([file, row, , code]) => [file, row, code])).toEqual(expected);

    fs.rmSync(path.join(folder, "input", "a-good.jpg"));
    worker.send(scoreRequest(unitOf(1, parts)));
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
    const unit = unitOf(3, names.map(imagePart));
    worker.send({ type: "probe-unit", unit, poisoned: [1], range: { start: 1, end: 4 }, step: 2 });
    await worker.next("unit-probed");
    expect(fs.statSync(segmentFile).size).toBe(0);
    fs.writeFileSync(path.join(folder, "input", names[2] ?? ""), "it would fail if it were read");
    const poisoned = [{ item: 2, stage: "preprocess" as const, code: "worker-died" as const, message: "It kills." }];
    worker.send(scoreRequest(unit, { poisoned }));
    const committed = await nextCommit(worker);
    const record = recordOf(segmentFile, committed);
    expect(record.errorsText).toBe(`${names[2]},,preprocess,worker-died,It kills.,\n`);
    expect(record.rows.map((row) => row[0])).toEqual(names.filter((_, index) => index !== 2));
  });
});
