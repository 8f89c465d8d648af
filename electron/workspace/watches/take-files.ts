import fs from "node:fs";
import path from "node:path";
import type { ArrivedFile } from "../../contract/messages/watch-messages.ts";
import type { JobView } from "../../contract/nouns/job.ts";
import { failure, type Problem, type ProblemCode, problemOf, type Result, success } from "../../contract/problem.ts";
import type { ProblemKind } from "../../contract/words/english-problems.ts";
import { errnoOf } from "../../jobs/folder/blocked.ts";
import { registryProblem } from "../../jobs/folder/error-problem.ts";
import { type InvokeRequest, newJobName } from "../../jobs/submit/check-invocation.ts";
import type { WatchRecord } from "../../registry/watches.repository.ts";
import type { WorkspaceContext } from "../context.ts";
import type { Submission } from "../jobs/submission.ts";

/** Refusals that are about the files and nothing else, so that without the file that is to blame the others can be scored. */
const refusalKinds: Readonly<Partial<Record<ProblemCode, RefusalKind>>> = {
  "input/empty": "input/empty:watched-file",
  "input/unreadable": "input/unreadable:watched-file",
  "input/unsupported": "input/unsupported:watched-file",
  "input/wrong-columns": "input/wrong-columns:watched-file",
};
type RefusalKind = Extract<ProblemKind, `${string}:watched-file`>;

/** What has arrived in a watched folder becomes jobs, and is noted as taken in the transaction that makes them. */
export type FileTaker = (id: string, files: readonly ArrivedFile[]) => Promise<Problem | null>;

export function createFileTaker(context: WorkspaceContext, submit: Submission["submit"]): FileTaker {
  const { registry, home, changed } = context;

  /** Null when every file is in a job, or refused by itself, or not to be scored any more; else why they have to wait. */
  async function take(id: string, files: readonly ArrivedFile[]): Promise<Problem | null> {
    try {
      let rest = files.filter((file) => !registry.watches.knows(id, file));
      while (rest.length > 0) {
        const watch = registry.watches.find(id);
        if (watch === null) return null;
        const submitted = await submitFiles(watch, rest);
        if (submitted.ok) break;
        if (refusalKinds[submitted.problem.code] === undefined || !fs.existsSync(watch.folder))
          return submitted.problem;
        // What a job is refused for is found in the first of its files that can be read: that file is submitted alone.
        const [first, ...others] = rest;
        if (first === undefined) break;
        const alone = others.length === 0 ? submitted : await submitFiles(watch, [first]);
        if (!alone.ok) {
          const kind = refusalKinds[alone.problem.code];
          if (kind === undefined) return alone.problem;
          refuse(watch, first, problemOf(kind, { file: first.path, cause: alone.problem }));
        }
        rest = others;
      }
      return null;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== null) return problemOf("workspace/unusable:watch", { home, errno });
      const damage = registryProblem(error, home);
      if (damage === null) throw error;
      return damage;
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
    registry.watches.addRefused(watch.id, file, problem);
    changed();
  }

  return take;
}

function notWatched(folder: string): Result<never> {
  return failure("watch/not-found", { folder });
}

function takenAlready(folder: string): Result<never> {
  return failure("watch/invalid:taken", { folder });
}
