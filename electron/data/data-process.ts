import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { ReusedMiniBatch } from "../contract/nouns/base-job.ts";
import { toDataProcessSchema, type FromDataProcess, type ToDataProcess } from "../contract/messages/data-messages.ts";
import { connectToParent, type ParentPort } from "../contract/messages/parent-port.ts";
import { failure, type Problem, problemOf, type Result, success } from "../contract/problem.ts";
import { arraysOf, encodingOf, itemSource, type Scorer, tableOf } from "../contract/nouns/scorer.ts";
import { tensorTable } from "../contract/nouns/scorers/tensor-scorer.ts";
import { removeSync } from "../files/patient.ts";
import { Damage } from "../registry/rows/damage.ts";
import { openBaseJob } from "./reuse/base-job.ts";
import { createFileCopies } from "./copies/file-copies.ts";
import { errorCode } from "./errors.ts";
import { checkListing } from "./listing/check-listing.ts";
import { hashOfFiles, listForAzure } from "./listing/list-for-azure.ts";
import { listInput, type Listing, placeOf } from "./listing/listing.ts";
import { breathe } from "./listing/report-progress.ts";
import {
  type ListingTotals,
  readListedFiles,
  readListingTotals,
  skipsOf,
  writeListing,
} from "./listing/listing-file.ts";
import { readIfUnchanged, writeSeenListing } from "./listing/seen-listing.ts";
import { listAgain } from "./listing/list-again.ts";
import { planMiniBatches } from "./cut/plan-mini-batches.ts";
import { previewInput } from "./preview/preview-input.ts";
import { listFailed } from "./reuse/list-failed.ts";
import { reuseMiniBatch } from "./reuse/reuse-mini-batches.ts";

/**
 * A process that lists folders, looks at their beginning and cuts files into mini-batches, so that no other process has to.
 * It answers one request after another and keeps nothing between them.
 */
type PlanRequest = Extract<ToDataProcess, { type: "plan" }>;
type MiniBatches = Extract<FromDataProcess, { type: "mini-batches" }>["miniBatches"];

const messagesUnderway = 4;
const miniBatchesInMessage = 500;
const bytesInMessage = 256 * 1024;
/** Of small files that share a mini-batch. */
const miniBatchBytes = 8 * 1024 * 1024;
const progressMs = 250;
/** So much of a file that has to be copied is looked at. */
const copiedBeginning = 4 * 1024 * 1024;

function run(port: ParentPort): void {
  const send = (message: FromDataProcess): void => port.send(message);
  const credit = createCredit(messagesUnderway);
  let work: Promise<void> = Promise.resolve();
  port.onMessage((received) => {
    const message = toDataProcessSchema.parse(received);
    if (message.type === "taken") {
      credit.giveBack();
      return;
    }
    const answer = (): Promise<void> => {
      switch (message.type) {
        case "plan":
          return plan(message, send, credit);
        case "preview":
          return preview(message, send);
        case "check":
          return check(message, send);
        case "list-for-azure":
          return listSent(message, send);
      }
    };
    work = work.then(answer).catch((error: unknown) => {
      send({ type: "problem", problem: thrown(error, message.input.path) });
    });
  });
}

async function preview(
  { input, scorer: asked, samples, seen, copiesFolder }: Extract<ToDataProcess, { type: "preview" }>,
  send: (message: FromDataProcess) => void,
): Promise<void> {
  const onProgress = createProgress(send);
  const source = itemSource(asked);
  const earlierFile = seen?.file ?? null;
  const earlier = earlierFile === null ? null : await readIfUnchanged(earlierFile, input, source, onProgress);
  if (earlier !== null && seen?.isAnswered === true) {
    send({ type: "unchanged", list: "earlier" });
    return;
  }
  let [listing, scorer] = [earlier, asked];
  if (listing === null) {
    const found = await listFor(input, asked, onProgress);
    if (!found.listed.ok) {
      send({ type: "problem", problem: found.listed.problem });
      return;
    }
    [listing, scorer] = [found.listed.value, found.scorer];
    if (seen !== undefined) writeSeenListing(seen.newFile, input, itemSource(scorer), found.listed.value);
  }
  const copies = createFileCopies({
    folder: copiesFolder,
    encoding: encodingOf(scorer),
    mostBytes: copiedBeginning,
  });
  const result = await previewInput(input, scorer, listing, samples, copies, onProgress);
  if (result.ok) send({ type: "previewed", preview: result.value, list: earlier === null ? "new" : "earlier" });
  else send({ type: "problem", problem: result.problem });
}

/** Lists what a scorer reads. One of arrays takes lists in tables where there are no arrays. */
async function listFor(
  input: Parameters<typeof listInput>[0],
  scorer: Scorer,
  onProgress: (files: number) => void,
): Promise<{ readonly listed: Awaited<ReturnType<typeof listInput>>; readonly scorer: Scorer }> {
  const listed = await listInput(input, itemSource(scorer), onProgress);
  const table = scorer.kind === "tensor" ? tensorTable(scorer) : null;
  const isFound = listed.ok ? listed.value.files.length > 0 : listed.problem.kind !== "input/unsupported:ending";
  if (table === null || isFound) return { listed, scorer };
  const tables = await listInput(input, itemSource(table), onProgress);
  return tables.ok && tables.value.files.length > 0 ? { listed: tables, scorer: table } : { listed, scorer };
}

async function check(
  request: Extract<ToDataProcess, { type: "check" }>,
  send: (message: FromDataProcess) => void,
): Promise<void> {
  const place = placeOf(request.input);
  if (!existsSync(place)) {
    send({ type: "problem", problem: vanished(place) });
    return;
  }
  const { examples, ...counts } = await checkListing(request.input, request.listingFile, createProgress(send));
  send({ type: "checked", ...counts, examples: [...examples] });
}

async function listSent(
  { input, listingFile, retried }: Extract<ToDataProcess, { type: "list-for-azure" }>,
  send: (message: FromDataProcess) => void,
): Promise<void> {
  if (retried !== null) return listFailedAgain(input, listingFile, retried, send);
  const listed = await listForAzure(input, createProgress(send));
  if (!listed.ok) {
    send({ type: "problem", problem: listed.problem });
    return;
  }
  const kept = listingFile === null ? null : keepListing(listingFile, listed.value);
  const { files, skippedBy, ...counts } = listed.value;
  if (kept?.ok === false) send({ type: "problem", problem: kept.problem });
  else
    send({
      ...{ type: "listed-for-azure", files: files.length, listing: hashOfFiles(input.path, files) },
      ...{ ...counts, skippedBy: { ...skippedBy } },
    });
}

async function listFailedAgain(
  input: PlanRequest["input"],
  listingFile: string | null,
  retried: NonNullable<Extract<ToDataProcess, { type: "list-for-azure" }>["retried"]>,
  send: (message: FromDataProcess) => void,
): Promise<void> {
  const { all, failed } = await listFailed(input, retried, createProgress(send));
  for (const [file, listing] of [
    [listingFile, all],
    [retried.sentFile, failed],
  ] as const) {
    const kept = file === null ? null : keepListing(file, listing);
    if (kept?.ok !== false) continue;
    send({ type: "problem", problem: kept.problem });
    return;
  }
  const { skipped, skippedBy, skippedNames } = all;
  const { files, bytes } = failed;
  send({
    type: "listed-for-azure",
    ...{
      files: files.length,
      listing: hashOfFiles(input.path, files),
      bytes,
      skipped,
      skippedBy: { ...skippedBy },
      skippedNames,
      nested: 0,
    },
  });
}

function keepListing(file: string, listing: Listing): Result<ListingTotals> {
  try {
    return success(writeListing(file, listing));
  } catch (error) {
    const problem = unwritable(error, file);
    if (problem === null) throw error;
    return { ok: false, problem };
  }
}

/** The files of a retry are those of the job that it retries. */
async function list(request: PlanRequest, onProgress: (files: number) => void): Promise<Result<Listing>> {
  const { input, base, seenFile } = request;
  if (base?.reason !== "retry-failed") {
    const source = itemSource(request.scorer);
    const seen = seenFile === undefined ? null : await readIfUnchanged(seenFile, input, source, onProgress);
    return seen === null ? listInput(input, source, onProgress) : success(seen);
  }
  const place = placeOf(input);
  if (!existsSync(place)) return { ok: false, problem: vanished(place) };
  try {
    return success(await listAgain(input, base.listingFile, onProgress));
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return failure("job/not-allowed:damaged-list", { folder: dirname(base.listingFile) });
  }
}

async function plan(request: PlanRequest, send: (message: FromDataProcess) => void, credit: Credit): Promise<void> {
  let totals = await readListingTotals(request.listingFile);
  if (totals === null) {
    const listed = await list(request, createProgress(send));
    if (!listed.ok) {
      send({ type: "problem", problem: listed.problem });
      return;
    }
    const kept = keepListing(request.listingFile, listed.value);
    if (!kept.ok) {
      send({ type: "problem", problem: kept.problem });
      return;
    }
    totals = kept.value;
  } else if (!existsSync(placeOf(request.input))) {
    send({ type: "problem", problem: vanished(request.input.path) });
    return;
  }
  if (request.seenFile !== undefined) removeSync(request.seenFile);
  const { files, bytes } = totals;
  send({ type: "listed", files, bytes, ...skipsOf(totals) });

  const encoding = encodingOf(request.scorer);
  const settings = {
    copies: createFileCopies({ folder: request.copiesFolder, encoding, mostBytes: Number.POSITIVE_INFINITY }),
    encoding,
    input: request.input,
    source: itemSource(request.scorer),
    arrays: arraysOf(request.scorer),
    dialect: request.dialect,
    table: request.dialectScope === "file" ? tableOf(request.scorer) : null,
    miniBatchSize: request.miniBatchSize,
    sliceBytes: request.sliceBytes,
    miniBatchBytes,
    rowMultiple: request.rowMultiple,
  };
  const position = { nextMiniBatch: request.nextMiniBatch, after: request.after };
  const base = request.base === null ? null : await openBaseJob(request.base);
  let nextMiniBatch = request.nextMiniBatch;
  let waiting: MiniBatches[number][] = [];
  let waitingReused: ReusedMiniBatch[] = [];
  let waitingBytes = 0;
  let plannedBytes = 0;
  const sendWaiting = async (): Promise<void> => {
    const [first, ...others] = waiting;
    if (first === undefined) return;
    await credit.take();
    send({ type: "mini-batches", miniBatches: [first, ...others], reused: waitingReused, plannedBytes });
    waiting = [];
    waitingReused = [];
    waitingBytes = 0;
  };
  let lastBreath = performance.now();
  for await (const planned of planMiniBatches(settings, readListedFiles(request.listingFile), position)) {
    const { miniBatches, reused } =
      base === null
        ? { miniBatches: [planned.miniBatch], reused: [] }
        : reuseMiniBatch(settings, base, planned, nextMiniBatch);
    nextMiniBatch += miniBatches.length;
    const miniBatchBytes = JSON.stringify([miniBatches, reused]).length;
    if (waiting.length >= miniBatchesInMessage || waitingBytes + miniBatchBytes > bytesInMessage) await sendWaiting();
    // What a mini-batch was cut into stays together: planning that goes on after a message begins with a whole mini-batch.
    waiting.push(...miniBatches);
    waitingReused.push(...reused);
    waitingBytes += miniBatchBytes;
    plannedBytes = planned.plannedBytes;
    // Workers wait for the first mini-batches, and `taken` must get in: neither may wait for a full message.
    if (performance.now() - lastBreath > 20) {
      await breathe();
      if (credit.isLeft()) await sendWaiting();
      lastBreath = performance.now();
    }
  }
  await sendWaiting();
  base?.close();
  send({ type: "planned", miniBatches: nextMiniBatch });
}

type Credit = {
  readonly take: () => Promise<void>;
  readonly giveBack: () => void;
  readonly isLeft: () => boolean;
};

/** So many messages may be on their way; `take` waits until one of them was taken. */
function createCredit(limit: number): Credit {
  let left = limit;
  let wake: (() => void) | null = null;
  return {
    take: async () => {
      while (left === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      left -= 1;
    },
    giveBack: () => {
      left = Math.min(limit, left + 1);
      wake?.();
    },
    isLeft: () => left > 0,
  };
}

function createProgress(send: (message: FromDataProcess) => void): (files: number) => void {
  let last = performance.now();
  return (files) => {
    if (performance.now() - last < progressMs) return;
    last = performance.now();
    send({ type: "listing", files });
  };
}

function vanished(path: string): Problem {
  return problemOf("input/not-found", { path });
}

/** The list of files belongs into the job's folder: that is the place to name. Null when it is not the disk's doing. */
function unwritable(error: unknown, listingFile: string): Problem | null {
  const errno = errorCode(error);
  if (errno === undefined) return null;
  const isFull = errno === "ENOSPC" || errno === "EDQUOT";
  const kind = isFull ? "output/no-space:listing" : "output/unwritable:listing";
  return problemOf(kind, { folder: dirname(listingFile), errno });
}

/** What a failed call on the disk means; any other error is a bug, said as one. */
function thrown(error: unknown, inputPath: string): Problem {
  if (error instanceof Damage) return error.problem;
  if (!existsSync(inputPath)) return vanished(inputPath);
  const errno = errorCode(error);
  if (errno === "ENOSPC") return problemOf("output/no-space:workspace");
  if (errno !== undefined) return problemOf("input/unreadable:disk", { path: inputPath, errno });
  const reason = error instanceof Error ? error.message : String(error);
  return problemOf("engine/bug:planning", { reason: reason.replaceAll(/\s+/g, " ") });
}

run(connectToParent(process));
