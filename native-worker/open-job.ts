import path from "node:path";
import { systemErrno } from "../electron/contract/errno.ts";
import type {
  CommittedMiniBatch,
  FromWorker,
  OpenJob,
  ProbeMiniBatch,
  ScoreMiniBatch,
} from "../electron/contract/messages/worker-messages.ts";
import { maxArrayValues, maxListValues, itemFoldersOf } from "../electron/contract/nouns/scorers/item-files.ts";
import type { JobSpec } from "../electron/contract/nouns/job-spec.ts";
import { blockRows } from "../electron/contract/nouns/scorer.ts";
import type { ScriptScorer } from "../electron/contract/nouns/scorers/script-scorer.ts";
import { type TextScorer, textTable } from "../electron/contract/nouns/scorers/text-scorer.ts";
import { oneLine } from "../electron/contract/plain-text.ts";
import type { ProblemCode } from "../electron/contract/problem.ts";
import { createImageTensorWriter } from "./readers/images/image-tensor.ts";
import { createArrayReaders } from "./readers/tensors/array-rows.ts";
import { createTabularReaders } from "./readers/tables/tabular.ts";
import { constantFeeds, withConstants } from "./scorers/constant-feeds.ts";
import { inventedRows } from "./scorers/invented-rows.ts";
import type { ModelSession } from "./scorers/model-session.ts";
import { loadModel } from "./scorers/model-session.ts";
import { pictureFiles } from "./scorers/picture-files.ts";
import { tableReading } from "./scorers/score-table.ts";
import type { OnProgress, Reading, MiniBatchOutcome } from "./scorers/score-mini-batch.ts";
import { frameItemsOf, probeMiniBatch, scoreMiniBatch } from "./scorers/score-mini-batch.ts";
import { plainTextInputs, type TextInputs, tokenInputs } from "./scorers/text-inputs.ts";
import { soundFiles } from "./scorers/sounds/sound-files.ts";
import { tensorFiles } from "./scorers/tensor-files.ts";
import { textFiles, textRows } from "./scorers/text-reading.ts";
import type { ScoringJob } from "./scorers/mini-batch-work.ts";
import { runMiniBatch } from "./scripts/run-mini-batch.ts";
import { openScript } from "./scripts/script-job.ts";
import type { CommitGroup } from "./writers/commit-group.ts";
import { createCommitGroup } from "./writers/commit-group.ts";
import { reasonOf } from "./writers/errors-encoder.ts";
import type { EncodePicture } from "./writers/item-files/file-cells.ts";
import { prepareOutput } from "./writers/prepare-output.ts";
import { outputLeads, rowLayout, textStyleOf } from "./writers/row-layout.ts";
import type { Segment } from "./writers/segment.ts";
import { createSegment } from "./writers/segment.ts";
import type { StatusFile } from "./writers/status-file.ts";
import { createStatusFile } from "./writers/status-file.ts";

/** Progress messages come no closer together than this. */
const progressEveryMs = 200;

export type OpenedJob = {
  readonly spec: JobSpec;
  readonly scorer: MiniBatchScorer;
  /** Lets go of what scores: a script ends, a model stays. */
  readonly release: () => Promise<void>;
  readonly segment: Segment;
  readonly status: StatusFile;
  readonly commits: CommitGroup;
};

/** What turns a mini-batch into a record: a model, or a script. */
type MiniBatchScorer = {
  readonly score: (segment: Segment, request: ScoreMiniBatch) => Promise<MiniBatchOutcome>;
  readonly probe: (request: ProbeMiniBatch) => Promise<void>;
};

type LoadedJob =
  | {
      readonly provider: string;
      readonly fallback: string | null;
      readonly runtimeVersion: string;
      readonly scorerOn: (status: StatusFile) => MiniBatchScorer;
      readonly release: () => Promise<void>;
    }
  | { readonly refused: { readonly code: ProblemCode | null; readonly message: string } };

type Send = (message: FromWorker) => void;

/** Opens jobs, one after another. What it answers to the engine is sent; null when the job was refused. */
export function createJobOpener(send: Send): (message: OpenJob) => Promise<OpenedJob | null> {
  /** The model is kept from job to job: loading one may take longer than scoring with it. */
  let loaded: { readonly key: string; readonly session: ModelSession } | null = null;

  async function sessionOf({ model, device, scorer }: JobSpec): Promise<ModelSession> {
    const key = JSON.stringify([model.file, device]);
    if (loaded?.key === key) return loaded.session;
    await loaded?.session.release();
    loaded = null;
    const session = await loadModel(
      model.file,
      device,
      () => inventedRows(scorer, scorer.fixedBatch ?? 1),
      (fallback) =>
        send({ type: "job-opened", provider: "cpu", fallback, runtimeVersion: session.runtimeVersion, loadMs: 0 }),
    );
    loaded = { key, session };
    return session;
  }

  return async (message) => {
    const { spec } = message;
    const startedAt = performance.now();
    let release = () => Promise.resolve();
    try {
      const loadedJob =
        spec.scorer.kind === "script"
          ? await openScriptJob(message, spec.scorer, send)
          : await openModelJob(spec, await sessionOf(spec), send);
      if ("refused" in loadedJob) {
        const { code, message: why } = loadedJob.refused;
        send({ type: "job-refused", code, message: oneLine(why), errno: null });
        return null;
      }
      release = loadedJob.release;
      const segment = createSegment(message.segmentFile);
      const status = createStatusFile(message.statusFile);
      const commits = commitsOf(segment, send);
      const { provider, fallback, runtimeVersion } = loadedJob;
      send({ type: "job-opened", provider, fallback, runtimeVersion, loadMs: performance.now() - startedAt });
      return { spec, scorer: loadedJob.scorerOn(status), release, segment, status, commits };
    } catch (error) {
      await release();
      send({ type: "job-refused", code: null, message: reasonOf(error), errno: systemErrno(error) });
      return null;
    }
  };
}

/** Tells the engine of each group of records once they are on the disk. */
function commitsOf(segment: Segment, send: Send): CommitGroup {
  return createCommitGroup(
    segment.sync,
    (miniBatches) =>
      send({
        type: "mini-batches-committed",
        miniBatches: miniBatches as [CommittedMiniBatch, ...CommittedMiniBatch[]],
      }),
    (miniBatches, problem) => {
      for (const { miniBatchId, attempt } of miniBatches)
        send({ type: "mini-batch-failed", miniBatchId, attempt, stage: "write", code: null, ...problem });
    },
  );
}

async function openModelJob(spec: JobSpec, session: ModelSession, send: Send): Promise<LoadedJob> {
  const read = await readingOf(spec);
  if ("refused" in read) return { refused: { code: null, message: read.refused } };
  const { scorer } = spec;
  const hasConstants = scorer.kind !== "script" && scorer.constants !== undefined;
  const reading = hasConstants ? withConstants(read, constantFeeds(scorer)) : read;
  const textStyle = textStyleOf(spec);
  const layout = rowLayout(spec);
  const leads = outputLeads(spec, layout);
  const folders = itemFoldersOf(spec);
  const encodePicture = spec.scorer.outputs.some(({ image }) => image !== undefined) ? await loadEncoder() : null;
  const cells = spec.scorer.outputs.map((output, index) =>
    prepareOutput(output, textStyle, leads[index] ?? [], encodePicture),
  );
  const mostValues = folders.includes("arrays") ? maxArrayValues : maxListValues;
  const { provider, fallback, runtimeVersion } = session;
  return {
    provider,
    fallback,
    runtimeVersion,
    scorerOn(status) {
      const scoring: ScoringJob = { spec, model: session, status, textStyle, layout, outputCells: cells, mostValues };
      return {
        score: (segment, request) =>
          scoreMiniBatch(scoring, reading, segment, request, progressOf(request.miniBatch.id, send)),
        probe: (request) => probeMiniBatch(scoring, reading, request, progressOf(request.miniBatch.id, send)),
      };
    },
    release: () => Promise.resolve(),
  };
}

async function loadEncoder(): Promise<EncodePicture> {
  return (await import("./writers/pictures/picture-file.ts")).pictureFile;
}

async function openScriptJob(
  { spec, logsFolder, workerId }: OpenJob,
  scorer: ScriptScorer,
  send: Send,
): Promise<LoadedJob> {
  const opened = await openScript(spec, scorer, logsFolder, workerId);
  if (!opened.ok) return { refused: opened };
  const { job: script, provider, version } = opened;
  return {
    provider,
    fallback: null,
    runtimeVersion: version,
    scorerOn: () => ({
      score: (segment, request) =>
        runMiniBatch(script, segment, request, () =>
          send({ type: "progress", miniBatchId: request.miniBatch.id, itemsDone: 0, itemsFailed: 0 }),
        ),
      probe: () => Promise.reject(new Error("a script was asked to run a part of a mini-batch")),
    }),
    release: script.close,
  };
}

function progressOf(miniBatchId: number, send: Send): OnProgress {
  let saidAt = performance.now();
  return (itemsDone, itemsFailed) => {
    const now = performance.now();
    if (now - saidAt < progressEveryMs) return;
    saidAt = now;
    send({ type: "progress", miniBatchId, itemsDone, itemsFailed });
  };
}

/** How the job's items are read, or why they cannot be. */
async function readingOf(spec: JobSpec): Promise<Reading | { readonly refused: string }> {
  const { scorer, dialect, input } = spec;
  const batch = blockRows(frameItemsOf(scorer, spec.batch));
  if (scorer.kind === "tabular") {
    const readers = createTabularReaders({ scorer, records: "rows", dialect, batch, input });
    return { kind: "rows", table: tableReading(scorer, readers) };
  }
  if (scorer.kind === "text") {
    const inputs = await textInputsOf(spec, scorer);
    if (scorer.items === "file") return { kind: "files", files: textFiles(scorer, inputs, dialect) };
    const records = scorer.items === "line" ? "lines" : "rows";
    const readers = createTabularReaders({ scorer: textTable(scorer), records, dialect, batch, input });
    return { kind: "rows", table: textRows(scorer, inputs, readers) };
  }
  if (scorer.kind === "tensor") {
    if (scorer.items === "file") return { kind: "files", files: tensorFiles(scorer) };
    return { kind: "rows", table: tableReading(scorer, createArrayReaders(scorer, frameItemsOf(scorer, spec.batch))) };
  }
  if (scorer.kind === "audio") {
    return { kind: "files", files: soundFiles(scorer) };
  }
  const tensorWriter = scorer.kind === "image" ? createImageTensorWriter(scorer) : null;
  if (scorer.kind !== "image" || tensorWriter === null) return { refused: "The model's input cannot hold pictures." };
  // The decoders are large: a worker that scores tables never loads them.
  const { createPictureReader } = await import("./readers/images/image.ts");
  const readPicture = createPictureReader(scorer, tensorWriter);
  return { kind: "files", files: pictureFiles(scorer, tensorWriter, readPicture) };
}

async function textInputsOf({ model }: JobSpec, scorer: TextScorer): Promise<TextInputs> {
  if (scorer.tokenizer === null) return plainTextInputs(scorer);
  const { openTokenizer } = await import("./readers/texts/tokenizer.ts");
  const tokenizer = openTokenizer(path.join(path.dirname(model.file), scorer.tokenizer.file));
  return tokenInputs(scorer, tokenizer, scorer.tokenizer.maxLength);
}
