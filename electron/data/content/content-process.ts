import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "../../contract/errno.ts";
import {
  type FromContentProcess,
  type Listed,
  type ToContentProcess,
  toContentProcessSchema,
} from "../../contract/messages/content-messages.ts";
import { connectToParent, type ParentPort } from "../../contract/messages/parent-port.ts";
import { oneLine } from "../../contract/plain-text.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { opener } from "../../files/opener.ts";
import { Damage } from "../../registry/rows/damage.ts";
import { errorCode } from "../errors.ts";
import { compareCodePoints } from "../listing/code-points.ts";
import type { ListedFile } from "../listing/listing.ts";
import { readListedFiles, readListingTotals } from "../listing/listing-file.ts";
import { openContentLedger } from "./content-ledger.ts";
import { addressOf, createByteProgress, hashWhole } from "./hash-files.ts";

type Send = (message: FromContentProcess) => void;
type Request<Type extends ToContentProcess["type"]> = Extract<ToContentProcess, { type: Type }>;

/** A process that reads files whole to know what they hold. It answers one request after another and keeps nothing between them. */
function run(port: ParentPort): void {
  const send: Send = (message) => port.send(message);
  let work: Promise<void> = Promise.resolve();
  port.onMessage((received) => {
    const message = toContentProcessSchema.parse(received);
    work = work
      .then(() => (message.type === "address" ? address(message, send) : check(message, send)))
      .catch((error: unknown) => send({ type: "problem", problem: thrown(error, message) }));
  });
}

async function address({ folder, files, ledgerFile }: Request<"address">, send: Send): Promise<void> {
  const total = await bytesOf(files);
  const ledger = openContentLedger(ledgerFile);
  if (!ledger.ok) {
    send({ type: "problem", problem: ledger.problem });
    return;
  }
  let answer: FromContentProcess;
  try {
    const progress = createByteProgress(total, (doneBytes, totalBytes) =>
      send({ type: "progress", doneBytes, totalBytes }),
    );
    const found = await addressOf(folder, listed(files), ledger.value, progress);
    answer = found.ok ? { type: "address", ...found.value } : { type: "problem", problem: found.problem };
  } finally {
    ledger.value.close();
  }
  // Whoever has the answer opens the ledger, and ends this process.
  send(answer);
}

async function bytesOf(files: Listed): Promise<number> {
  if (files.kind === "listing") return (await readListingTotals(files.file))?.bytes ?? 0;
  return files.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function listed(files: Listed): AsyncIterable<ListedFile> | Iterable<ListedFile> {
  if (files.kind === "listing") return readListedFiles(files.file);
  return [...files.files].sort((left, right) => compareCodePoints(left.path, right.path));
}

/** The files are ours: whoever asks has just written them. */
async function check({ files }: Request<"check">, send: Send): Promise<void> {
  const damaged: string[] = [];
  const progress = createByteProgress(0, (doneBytes, totalBytes) => send({ type: "progress", doneBytes, totalBytes }));
  for (const { path, md5 } of files) {
    const opened = openSync(path, opener.flags);
    try {
      const hash = createHash("md5");
      if (fstatSync(opened).isFile()) await hashWhole(opened, hash, progress);
      if (hash.digest("hex") !== md5) damaged.push(path);
    } finally {
      closeSync(opened);
    }
  }
  send({ type: "checked", damaged });
}

/** What a failed call on the disk means; any other error is a bug, said as one. */
function thrown(error: unknown, message: ToContentProcess): Problem {
  if (error instanceof Damage) return error.problem;
  const place = message.type === "address" ? dirname(message.ledgerFile) : dirname(message.files[0]?.path ?? "");
  const errno = codeOf(error).startsWith("SQLITE_") ? codeOf(error) : errorCode(error);
  if (errno === undefined) return problemOf("engine/bug:content", { reason: oneLine(String(error)) });
  const isFull = errno === "ENOSPC" || errno === "EDQUOT" || errno === "SQLITE_FULL";
  return isFull ? problemOf("output/no-space", { place }) : problemOf("output/unwritable", { place, errno });
}

run(connectToParent(process));
