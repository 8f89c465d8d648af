import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { defaultDialect } from "../../../electron/contract/tables/csv.ts";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import type { MiniBatch } from "../../../electron/contract/nouns/mini-batch.ts";
import {
  type CommittedMiniBatch,
  fromWorkerSchema,
  workerProtocolVersion,
} from "../../../electron/contract/messages/worker-messages.ts";
import { type ListedFile, listInput } from "../../../electron/data/listing/listing.ts";
import { planMiniBatches } from "../../../electron/data/cut/plan-mini-batches.ts";
import { startWorker } from "../../../native-worker/worker.ts";
import { writeParquetFolder } from "../../helpers/data/data-fixtures.ts";
import { jobSpec, smallScorer } from "../../helpers/engine/job-specs.ts";
import { neighboursModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { seededRandom } from "../../helpers/random.ts";
import { itemSource, rowsOfOneCut, type Scorer } from "../../../electron/contract/nouns/scorer.ts";
import { tokenModel } from "../../helpers/models/text-models.ts";
import { wordPieceTokenizer, wordPieceVocabulary } from "../../helpers/models/tokenizers.ts";
import { output } from "../../helpers/workers/test-worker.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { noCopies } from "../../helpers/data/no-copies.ts";

/** Which rows run together depends on the file and the batch alone, not on how a file is cut or on who gets which slice. */
const root = temporaryFolder("slices");
const model = writeModel(path.join(root, "model"), neighboursModel(4));
let segments = 0;

function specOf(folder: string, batch: number): JobSpec {
  return jobSpec("sliced", {
    input: { path: folder, kind: "folder", recursive: true, files: null, watch: null, source: null },
    model: { name: "sum", version: "1", hash: "00", file: model, folder: "" },
    scorer: smallScorer,
    dialect: defaultDialect,
    batch,
  });
}

async function* listed(files: readonly ListedFile[]): AsyncGenerator<ListedFile> {
  yield* files;
}

async function plan(spec: JobSpec, sliceBytes: number): Promise<MiniBatch[]> {
  const found = await listInput(spec.input, itemSource(spec.scorer), () => undefined);
  if (!found.ok) throw new Error(englishWords(found.problem).message);
  const settings = {
    input: spec.input,
    source: itemSource(spec.scorer),
    dialect: spec.dialect,
    table: null,
    encoding: null,
    copies: noCopies,
    miniBatchSize: 10,
    sliceBytes,
    miniBatchBytes: sliceBytes,
    rowMultiple: rowsOfOneCut(spec.scorer, spec.batch),
  } as const;
  const miniBatches: MiniBatch[] = [];
  for await (const { miniBatch } of planMiniBatches(settings, listed(found.value.files), {
    nextMiniBatch: 0,
    after: null,
  })) {
    miniBatches.push(miniBatch);
  }
  return miniBatches;
}

/** Scores mini-batches in one worker and gives back the rows and the errors of each, by its number. */
async function scored(
  spec: JobSpec,
  miniBatches: readonly MiniBatch[],
): Promise<Map<number, readonly [string, string]>> {
  segments += 1;
  const segmentFile = path.join(root, `${segments}.segment`);
  const committed = await new Promise<readonly CommittedMiniBatch[]>((resolve, reject) => {
    const done: CommittedMiniBatch[] = [];
    let hear: (message: unknown) => void = () => undefined;
    const port = {
      send: (raw: unknown) => {
        const message = fromWorkerSchema.parse(raw);
        if (message.type === "job-refused" || message.type === "mini-batch-failed") reject(new Error(message.message));
        if (message.type === "mini-batches-committed") done.push(...message.miniBatches);
        if (message.type === "job-closed") resolve(done);
      },
      onMessage: (listener: (message: unknown) => void) => {
        hear = listener;
      },
    };
    startWorker(port, reject);
    const statusFile = `${segmentFile}.status`;
    const logsFolder = path.dirname(segmentFile);
    hear({
      type: "open-job",
      protocolVersion: workerProtocolVersion,
      workerId: "w",
      spec,
      segmentFile,
      statusFile,
      logsFolder,
    });
    for (const miniBatch of miniBatches)
      hear({ type: "score-mini-batch", miniBatch, attempt: 1, poisoned: [], batch: spec.batch });
    hear({ type: "close-job" });
  });
  const bytes = fs.readFileSync(segmentFile);
  return new Map(
    committed.map(({ miniBatchId, offset, rowsBytes, errorsBytes }) => [
      miniBatchId,
      [
        bytes.toString("utf8", offset, offset + rowsBytes),
        bytes.toString("utf8", offset + rowsBytes, offset + rowsBytes + errorsBytes),
      ],
    ]),
  );
}

/** All rows and all errors of a folder, its slices of about `sliceBytes` dealt out to so many workers. */
async function outcome(spec: JobSpec, sliceBytes: number, workers: number): Promise<{ text: string; slices: number }> {
  const miniBatches = await plan(spec, sliceBytes);
  const results = new Map<number, readonly [string, string]>();
  for (let worker = 0; worker < workers; worker += 1) {
    const own = miniBatches.filter((_, index) => index % workers === worker);
    for (const [miniBatch, texts] of await scored(spec, own)) results.set(miniBatch, texts);
  }
  const texts = miniBatches.map((miniBatch) => results.get(miniBatch.id) ?? ["", ""]);
  return {
    text: [0, 1].map((which) => texts.map((pair) => pair[which]).join("")).join("\n"),
    slices: miniBatches.length,
  };
}

async function expectSameOutcomes(folder: string, change: Partial<JobSpec> = {}): Promise<void> {
  for (const batch of [48, 700]) {
    const spec = { ...specOf(folder, batch), ...change };
    const whole = await outcome(spec, 1e9, 1);
    expect(whole.slices).toBe(1);
    for (const [sliceBytes, workers] of [
      [6_000, 1],
      [20_000, 3],
      [37_777, 2],
    ] as const) {
      const cut = await outcome(spec, sliceBytes, workers);
      expect(cut.slices).toBeGreaterThan(1);
      expect(cut.text === whole.text, `slices of ${sliceBytes} bytes, runs of ${batch} rows`).toBe(true);
    }
  }
}

function newFolder(name: string): string {
  const folder = path.join(root, name);
  fs.mkdirSync(folder);
  return folder;
}

describe("predictions do not depend on where a file is cut or on the number of workers", () => {
  it("for CSV with quoted line ends, blank lines and bad rows", async () => {
    const random = seededRandom(3);
    const row = (index: number): string => {
      const cells = Array.from({ length: 4 }, () => (random() * 4 - 2).toFixed(3));
      if (index % 97 === 5) return "\n";
      if (index % 131 === 7) cells[2] = "word";
      if (index % 151 === 9) cells.push("1");
      if (index % 173 === 11) cells[0] = `"${cells[0]}`;
      return `${cells.join(",")},"two\nlines"\n`;
    };
    const text = `f0,f1,f2,f3,note\n${Array.from({ length: 5000 }, (_, index) => row(index)).join("")}`;
    const folder = newFolder("csv");
    fs.writeFileSync(path.join(folder, "rows.csv"), text);
    await expectSameOutcomes(folder);
  });

  it("for JSON lines", async () => {
    const random = seededRandom(4);
    const folder = newFolder("jsonl");
    const lines = Array.from({ length: 4000 }, (_, index) => {
      const [f0, f1, f2, f3] = Array.from({ length: 4 }, () => random() * 4 - 2);
      return index % 111 === 3 ? "no object" : JSON.stringify({ f0, f1, f2, f3 });
    });
    fs.writeFileSync(path.join(folder, "rows.jsonl"), lines.join("\n"));
    await expectSameOutcomes(folder);
  });

  it("for the row groups of a Parquet file", async () => {
    const folder = newFolder("parquet");
    await writeParquetFolder(folder, { files: 1, rowsPerFile: 9001, features: 4 });
    await expectSameOutcomes(folder);
  });

  it("for lines that run beside others of their length", async () => {
    const random = seededRandom(5);
    const [folder, place] = [newFolder("lines"), newFolder("encoder")];
    const words = ["the", "cat", "sat", "dog"];
    const lines = Array.from({ length: 5000 }, () => {
      const count = 1 + Math.floor(random() * 30);
      return Array.from({ length: count }, () => words[Math.floor(random() * 4)]).join(" ");
    });
    fs.writeFileSync(path.join(folder, "lines.txt"), lines.join("\n"));
    fs.writeFileSync(path.join(place, "tokenizer.json"), JSON.stringify(wordPieceTokenizer()));
    const encoder = tokenModel({ vocabulary: wordPieceVocabulary.length, hidden: "float" });
    const columns = ["hidden_0", "hidden_1", "hidden_2"];
    const scorer: Scorer = {
      ...{ kind: "text", items: "line", column: null, missing: "error", keep: [], batch: "auto", fixedBatch: null },
      inputs: [
        { name: "input_ids", type: "int64", shape: [null, null], holds: "input_ids" },
        { name: "attention_mask", type: "int64", shape: [null, null], holds: "attention_mask" },
      ],
      tokenizer: { file: "tokenizer.json", maxLength: null },
      // How long a run was tells which texts it held.
      outputs: [output("hidden", "float32", columns, { pool: "mean" }), output("padded", "int64", ["padded"])],
    };
    const model = { name: "m", version: "1", hash: "00", file: writeModel(place, encoder), folder: "" };
    await expectSameOutcomes(folder, { scorer, model });
  });
});
