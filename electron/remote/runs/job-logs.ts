import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { type Problem, type Result, success } from "../../contract/problem.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";
import { compareCodePoints } from "../../data/listing/code-points.ts";
import { removeSync, renameSync } from "../../files/patient.ts";
import { openAzureLog } from "../../jobs/folder/azure-log.ts";
import { logsFolder } from "../../jobs/folder/job-files.ts";
import { logLine } from "../../jobs/folder/log-file.ts";
import type { BlobFacts, BlobStore } from "../storage/blob-store.ts";
import { isShownLog, logFolders } from "./shown-logs.ts";

/**
 * Brings what a job logs in Azure into the log of the job here, as it grows. Nothing about it ends a job or holds it up: what cannot be
 * read now is read later, or not at all.
 */
export type JobLogs = {
  /** Looks for news, unless it does so already, or a look has just failed. */
  readonly look: () => void;
  /** Once the job has ended: reads what is left. Settles within half a minute. */
  readonly finish: () => Promise<void>;
};

/** Null: nobody can say where the logs are. */
export type LogSource = (signal: AbortSignal) => Promise<Result<OpenLogs | null>>;

/** `prefix`: below which they lie, without a slash at its end. */
export type OpenLogs = { readonly store: Pick<BlobStore, "list" | "read">; readonly prefix: string };

/** Of one file at a look; of what grows faster, the end is read. */
const mostOfFile = 64 * 1024;
/** Of all files at a look. */
const mostOfLook = 1024 * 1024;
const leastOfFile = 4 * 1024;
const mostFiles = 2000;
const longestFinishMs = 30_000;
const firstPauseMs = 5000;
const longestPauseMs = 600_000;

const readSchema = z.record(z.string(), z.number().int().min(0));

/** `folder`: the job's own. `now`: milliseconds of a clock that never goes back. */
export function createJobLogs(how: {
  readonly folder: string;
  readonly source: LogSource;
  readonly now: () => number;
  readonly stopped: AbortSignal;
}): JobLogs {
  const { folder, source, now, stopped } = how;
  const file = path.join(folder, "azure-logs.json");
  const read = new Map(Object.entries(readState(file)));
  /** The end of the job waits no longer. */
  const late = new AbortController();
  const ended = AbortSignal.any([stopped, late.signal]);
  let underWay: Promise<void> | null = null;
  let pauseMs = firstPauseMs;
  let pausedUntil = 0;
  let told = "";
  let lastFile = "";
  /** The next look begins behind it, so that none waits for ever behind others that grow. */
  let lastRead = "";

  async function lookOnce(isLast: boolean, signal: AbortSignal): Promise<void> {
    const opened = await source(signal);
    if (!opened.ok) return failed(opened.problem);
    if (opened.value === null) return;
    const listed = await listLogs(opened.value, signal);
    if (!listed.ok) return failed(listed.problem);
    pauseMs = firstPauseMs;
    const sorted = listed.value
      .filter(({ path: name, sizeBytes }) => sizeBytes !== (read.get(name) ?? 0))
      .sort((one, other) => compareCodePoints(one.path, other.path));
    const begin = sorted.filter(({ path: name }) => compareCodePoints(name, lastRead) <= 0).length;
    const grown = [...sorted.slice(begin), ...sorted.slice(0, begin)].slice(0, mostFiles);
    const share = Math.min(mostOfFile, Math.max(leastOfFile, Math.floor(mostOfLook / Math.max(1, grown.length))));
    let left = mostOfLook;
    const news: string[] = [];
    let problem: Problem | null = null;
    try {
      for (const blob of grown) {
        if (left <= 0 || problem !== null) break;
        lastRead = blob.path;
        const bytes = await readOn(opened.value, blob, { share, isLast, news }, signal);
        if (bytes.ok) left -= bytes.value;
        else problem = bytes.problem;
      }
    } finally {
      // Once for the whole look: while this writes, everything else waits.
      if (news.length > 0) append(news);
      if (grown.length > 0) writeState(file, Object.fromEntries(read));
    }
    if (problem !== null) failed(problem);
  }

  /** Adds what is new to `news`, and answers how many bytes it has read. */
  async function readOn(
    { store, prefix }: OpenLogs,
    { path: name, sizeBytes }: Pick<BlobFacts, "path" | "sizeBytes">,
    { share, isLast, news }: { readonly share: number; readonly isLast: boolean; readonly news: string[] },
    signal: AbortSignal,
  ): Promise<Result<number>> {
    const known = read.get(name) ?? 0;
    // A shorter one is another one.
    const from = known > sizeBytes ? 0 : known;
    const start = Math.max(from, sizeBytes - share);
    const bytes = await store.read({ name: `${prefix}/${name}`, start, length: sizeBytes - start }, signal);
    if (!bytes.ok) return bytes;
    const { lines, length } = wholeLines(bytes.value, { isCut: start > from, isLast });
    if (length === 0) return success(bytes.value.length);
    news.push(...shown(name, start > from ? [`(${start - from} bytes before this are left out)`, ...lines] : lines));
    read.set(name, start + length);
    return success(bytes.value.length);
  }

  function shown(name: string, lines: readonly string[]): readonly string[] {
    const printed = lines.map(logLine).filter((line) => line.trim() !== "");
    if (printed.length === 0) return [];
    const heading = name === lastFile ? [] : [`==> ${logLine(name)} <==`];
    lastFile = name;
    return [...heading, ...printed];
  }

  function append(lines: readonly string[]): void {
    const log = openAzureLog(logsFolder(folder));
    log.write(lines.map((line) => `${line}\n`).join(""));
    log.close();
  }

  function failed(problem: Problem): void {
    if (problem.code === "azure/cancelled") return;
    const { seconds } = problem.params;
    pausedUntil = now() + Math.max(pauseMs, typeof seconds === "number" ? seconds * 1000 : 0);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    // What passes by itself is nobody's business; a right that is missing is.
    if (problem.code === "azure/unreachable" || told === problem.kind) return;
    told = problem.kind;
    append([logLine(`Azure's logs cannot be read. ${problemSentence(problem)}`)]);
  }

  return {
    look() {
      if (underWay !== null || now() < pausedUntil) return;
      // What goes wrong here is no reason to end the job.
      underWay = lookOnce(false, ended)
        .catch(() => undefined)
        .finally(() => {
          underWay = null;
        });
    },
    async finish() {
      const timer = setTimeout(() => late.abort(), longestFinishMs);
      await underWay;
      if (!ended.aborted) await lookOnce(true, ended).catch(() => undefined);
      clearTimeout(timer);
    },
  };
}

/** Those that are shown, with paths relative to the prefix. */
async function listLogs(
  { store, prefix }: OpenLogs,
  signal: AbortSignal,
): Promise<Result<readonly Pick<BlobFacts, "path" | "sizeBytes">[]>> {
  const all = [];
  for (const folder of logFolders) {
    const listed = await store.list(`${prefix}/${folder}`, signal);
    if (!listed.ok) return listed;
    for (const { path: name, sizeBytes } of listed.value) all.push({ path: `${folder}/${name}`, sizeBytes });
  }
  return success(all.filter((log) => isShownLog(log.path)));
}

const lineFeed = 0x0a;

/**
 * The lines of a piece of a file, and how many of its bytes they are. What has no end yet is left for later, unless it is the last
 * of the file or longer than any line. `isCut`: it begins in the middle of a line.
 */
function wholeLines(
  bytes: Buffer,
  { isCut, isLast }: { readonly isCut: boolean; readonly isLast: boolean },
): { readonly lines: readonly string[]; readonly length: number } {
  const end = bytes.lastIndexOf(lineFeed) + 1;
  const length = isLast || (end === 0 && bytes.length >= leastOfFile) ? bytes.length : end;
  const begin = isCut ? bytes.indexOf(lineFeed) + 1 : 0;
  // A bar that shows progress writes over its own line again and again: of that the last state counts.
  const lines = bytes.toString("utf8", Math.min(begin, length), length).split("\n");
  return { lines: lines.map((line) => line.replace(/\r$/, "").replace(/^.*\r/s, "")), length };
}

function readState(file: string): Readonly<Record<string, number>> {
  try {
    return readSchema.safeParse(JSON.parse(fs.readFileSync(file, "utf8"))).data ?? {};
  } catch {
    return {};
  }
}

/** That it is lost costs some lines that come twice. */
function writeState(file: string, state: Readonly<Record<string, number>>): void {
  const part = `${file}.${randomUUID()}.part`;
  try {
    fs.writeFileSync(part, JSON.stringify(state), { mode: ownerOnly.file, flag: "wx" });
    renameSync(part, file);
  } catch {
    removeSync(part);
  }
}
