import fs from "node:fs";
import path from "node:path";
import { converse, type Conversation } from "../../compute/hosted-conversation.ts";
import type { JobView } from "../../contract/nouns/job.ts";
import { failure, type Problem, type Result, success, written } from "../../contract/problem.ts";
import { englishWords } from "../../contract/words/english-problems.ts";
import { itemSource, readableEndings } from "../../contract/nouns/scorer.ts";
import {
  type ArrivedFile,
  type FromWatchProcess,
  fromWatchProcessSchema,
  type ToWatchProcess,
  type WatchedFolder,
} from "../../contract/messages/watch-messages.ts";
import { resolveDeployment } from "../../deployments/deployments.ts";
import { applyOverrides } from "../../deployments/yaml/overrides.ts";
import { errnoOf } from "../../jobs/folder/blocked.ts";
import { createLease } from "../../jobs/queue/lease.ts";
import type { InvokeRequest } from "../../jobs/submit/check-invocation.ts";
import { newJobName } from "../../jobs/submit/check-invocation.ts";
import type { WatchRecord } from "../../registry/watches.repository.ts";
import type { WorkspaceContext } from "../context.ts";
import { ifWritable } from "../disk.ts";
import type { Submission } from "../jobs/submission.ts";

/**
 * Watches the folders of a workspace as long as it holds the right to: one program does at a time. A process of its own
 * looks through the folders; what arrived there becomes jobs here, in the transaction that also notes the files as taken. So
 * whoever dies when, each file is taken once.
 */
export type WatchRunner = {
  /** From now on, whenever no other program does. */
  readonly start: () => void;
  /** Ends watching; what is being submitted is submitted first. */
  readonly close: () => Promise<void>;
};

/** The file whose lock is the right to watch. It is not the right to run jobs: a command that runs one job holds that for long. */
export const watchLeaseName = "watch-lease.db";

const tickMs = 200;
const rescanMs = 30_000;
const largestBatch = 1000;
const tryAgainMs = 5000;
const restartMs = [100, 1000, 5000, 30_000];
/** A process that lived this long began well. */
const goodLifeMs = 60_000;

/** Refusals that are about the files and nothing else, so that without the file that is to blame the others can be scored. */
const aboutFiles: readonly Problem["code"][] = [
  "input/empty",
  "input/unreadable",
  "input/unsupported",
  "input/wrong-columns",
];

/** In the order in which one would see to what they find. */
const finders = ["deployment", "folder", "submit"] as const;
type Finder = (typeof finders)[number];

export function createWatchRunner(context: WorkspaceContext, submit: Submission["submit"]): WatchRunner {
  const { registry, home, processHost: host, changed } = context;
  const lease = createLease(home, watchLeaseName);
  let timer: NodeJS.Timeout | null = null;
  let line: Conversation<ToWatchProcess> | null = null;
  let startedAt = 0;
  let deaths = 0;
  let startAt = 0;
  let seenVersion = -1;
  let sent = "";
  let work: Promise<void> = Promise.resolve();
  let isClosing = false;
  /** What each watch waits for, by who found out. */
  const troubles = new Map<string, Partial<Record<Finder, Problem | null>>>();
  /** The deployment that each watch scored with when it was last looked at. */
  const scoredWith = new Map<string, string>();

  function tick(): void {
    const version = registry.dataVersion();
    const isChanged = version !== seenVersion;
    seenVersion = version;
    if (!isChanged && line !== null) return;
    const watches = registry.watches.list();
    if (watches.length === 0) {
      end();
      lease.release();
      return;
    }
    const wasHeld = lease.isHeld();
    if (!lease.tryAcquire()) return;
    if (!wasHeld) changed();
    const request = requestFor(watches);
    const text = JSON.stringify(request);
    if (line === null) {
      if (performance.now() < startAt) return;
      line = begin();
      sent = "";
    }
    if (text !== sent) line.send(request);
    sent = text;
  }

  function begin(): Conversation<ToWatchProcess> {
    startedAt = performance.now();
    const begun = converse<ToWatchProcess, typeof fromWatchProcessSchema>(
      host,
      "watch-process",
      fromWatchProcessSchema,
      (message) => {
        if (line === begun) hear(message);
      },
      () => {
        if (line !== begun) return;
        line = null;
        deaths = performance.now() - startedAt > goodLifeMs ? 1 : deaths + 1;
        startAt = performance.now() + (restartMs[Math.min(deaths, restartMs.length) - 1] ?? 0);
      },
    );
    return begun;
  }

  function end(): void {
    const ending = line;
    line = null;
    scoredWith.clear();
    troubles.clear();
    ending?.kill();
  }

  function requestFor(watches: readonly WatchRecord[]): Extract<ToWatchProcess, { type: "watch" }> {
    const folders: WatchedFolder[] = [];
    for (const watch of watches) {
      const folder = watchedFolder(watch);
      if (folder.ok) folders.push(folder.value);
      note(watch.id, "deployment", folder.ok ? null : folder.problem);
    }
    return {
      type: "watch",
      registryFile: path.join(home, "registry.db"),
      watches: folders,
      outputFolders: watches.flatMap(({ outputPath }) => (outputPath === null ? [] : [outputPath])),
      largestBatch,
    };
  }

  function watchedFolder(watch: WatchRecord): Result<WatchedFolder> {
    const deployment = resolveDeployment(registry, watch.endpointName, watch.deploymentName);
    if (!deployment.ok) return deployment;
    const { settings, properties, scorer, name, updatedAt } = deployment.value;
    const applied = applyOverrides(settings, properties, watch.overrides);
    if (!applied.ok) return applied;
    const key = JSON.stringify([name, updatedAt]);
    // What was refused by another deployment, or before this program began, may be right for this one.
    if (scoredWith.get(watch.id) !== key) registry.watches.forgetRefused(watch.id);
    scoredWith.set(watch.id, key);
    const endings = readableEndings[itemSource(scorer)];
    return success({
      id: watch.id,
      folder: watch.folder,
      recursive: applied.value.properties["batchdeck.recursive"] === "true",
      endings: endings === null ? null : [...endings],
      settleMs: watch.settleSeconds * 1000,
      rescanMs,
    });
  }

  function hear(message: FromWatchProcess): void {
    if (message.type === "state") {
      note(message.watch, "folder", message.problem);
      return;
    }
    const { watch, batch, files } = message;
    work = work.then(async () => {
      if (isClosing) return;
      const problem = await take(watch, files);
      note(watch, "submit", problem);
      line?.send(
        problem === null ? { type: "taken", watch, batch } : { type: "later", watch, batch, afterMs: tryAgainMs },
      );
    });
  }

  /** Null when every file is in a job, or refused by itself, or not to be scored any more; else why they have to wait. */
  async function take(id: string, files: readonly ArrivedFile[]): Promise<Problem | null> {
    try {
      let rest = files.filter((file) => !registry.watches.knows(id, file));
      while (rest.length > 0) {
        const watch = registry.watches.find(id);
        if (watch === null) return null;
        const submitted = await submitFiles(watch, rest);
        if (submitted.ok) break;
        if (!aboutFiles.includes(submitted.problem.code) || !fs.existsSync(watch.folder)) return submitted.problem;
        // What a job is refused for is found in the first of its files that can be read: that one has to stand for itself.
        const [first, ...others] = rest;
        if (first === undefined) break;
        const alone = others.length === 0 ? submitted : await submitFiles(watch, [first]);
        if (!alone.ok) {
          if (!aboutFiles.includes(alone.problem.code)) return alone.problem;
          refuse(watch, first, alone.problem);
        }
        rest = others;
      }
      return null;
    } catch (error) {
      if (errnoOf(error) === null) throw error;
      return failure(
        "workspace/unusable",
        `The workspace ${home} cannot be written to (${errnoOf(error) ?? ""}).`,
        "What has arrived is submitted once it can be.",
      ).problem;
    }
  }

  async function submitFiles(watch: WatchRecord, files: readonly ArrivedFile[]): Promise<Result<JobView>> {
    const jobName = newJobName(watch.endpointName);
    const request: InvokeRequest = {
      endpointName: watch.endpointName,
      deploymentName: watch.deploymentName,
      inputPath: watch.folder,
      inputKind: "folder",
      files: files.map(({ path, sizeBytes, modifiedMs }) => ({ path, sizeBytes, modifiedMs })),
      watch: watch.id,
      outputFolder: watch.outputPath === null ? null : path.join(watch.outputPath, jobName),
      overrides: watch.overrides,
      jobName,
    };
    return submit(request, (job) => {
      // Asked again where it counts: in the transaction that makes the job.
      if (registry.watches.find(watch.id) === null) return notWatched(watch.folder);
      if (files.some((file) => registry.watches.knows(watch.id, file))) return takenAlready(watch.folder);
      registry.watches.addSubmitted(watch.id, job, files);
      return success(null);
    });
  }

  /** Unless the file is gone or another one meanwhile: then it is nobody's fault. */
  function refuse(watch: WatchRecord, file: ArrivedFile, problem: Problem): void {
    const stats = fs.statSync(path.join(watch.folder, file.path), { throwIfNoEntry: false });
    if (stats?.size !== file.sizeBytes || stats.mtimeMs !== file.modifiedMs) return;
    const { message, remedy } = englishWords(problem);
    const words = `"${file.path}" was not scored: ${message}`;
    registry.watches.addRefused(watch.id, file, written(problem.code, words, remedy));
    changed();
  }

  function note(id: string, finder: Finder, problem: Problem | null): void {
    const found = { ...troubles.get(id), [finder]: problem };
    troubles.set(id, found);
    const first = finders.map((each) => found[each] ?? null).find((each) => each !== null) ?? null;
    if (ifWritable(() => registry.watches.setProblem(id, first))) changed();
  }

  return {
    start() {
      if (timer !== null) return;
      timer = setInterval(() => ifWritable(tick), tickMs);
      ifWritable(tick);
    },
    async close() {
      isClosing = true;
      if (timer !== null) clearInterval(timer);
      timer = null;
      end();
      await work;
      lease.close();
    },
  };
}

function notWatched(folder: string): Result<never> {
  return failure("watch/not-found", `The folder ${folder} is not watched any more.`);
}

function takenAlready(folder: string): Result<never> {
  return failure("watch/invalid", `Files in ${folder} were taken already.`, "They are looked at again.");
}
