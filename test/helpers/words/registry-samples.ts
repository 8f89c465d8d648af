import type { registryProblems } from "../../../electron/contract/words/english/registry-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

export const registrySamples: SamplesOf<typeof registryProblems> = {
  "workspace/newer-version": [{ file: "a file" }],
  "workspace/unusable:migration": [{ file: "a file", step: "a step", reason: "a reason" }],
  "workspace/unusable:not-opened": [{ file: "a file", reason: "a reason" }],
  "workspace/unusable:not-made": [{ file: "a file", reason: "a reason" }],
  "workspace/unusable:busy": [{ place: "a place" }],
  "registry/damaged:file": [{ file: "a file", reason: "a reason" }],
  "registry/damaged:while-open": [{ home: "a home" }],
  "registry/damaged:row": [{ table: "a table", name: "a name" }],
  "registry/damaged:job": [{ job: "a job" }],
  "registry/damaged:content": [{ file: "a file" }],
  "registry/damaged:listing": [{ file: "a file" }],
  "job/exists:registered": [{ job: "a job" }],
  "output/exists:unfinished-job": [{ folder: "a folder", job: "a job" }],
  "job/not-allowed:ended": [{ job: "a job", status: "Completed" }],
  "job/not-allowed:other-priority": [
    { job: "a job", priority: "a priority", other: "a other", otherPriority: "a otherPriority" },
  ],
  "device/unavailable:measurement-ended": [{}],
};
