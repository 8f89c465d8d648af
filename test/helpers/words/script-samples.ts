import type { scriptProblems } from "../../../electron/contract/words/english/script-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

export const scriptSamples: SamplesOf<typeof scriptProblems> = {
  "script/not-trusted": [
    {
      runs: {
        deployment: "a deployment",
        script: "a script",
        files: 67,
        folder: "a folder",
        interpreter: "a interpreter",
      },
      endpoint: "a endpoint",
    },
    {
      runs: { deployment: "a deployment", script: "a script", files: 67, folder: "a folder", interpreter: null },
      endpoint: "a endpoint",
    },
  ],
  "script/not-trusted:changed": [{ deployment: "a deployment" }],
  "script/invalid:code-gone": [{ deployment: "a deployment" }],
  "script/invalid:no-folder": [{ folder: "a folder" }],
  "script/invalid:holds-workspace": [{ folder: "a folder" }],
  "script/invalid:in-workspace": [{ folder: "a folder" }],
  "script/invalid:too-much": [{ folder: "a folder", files: 71, bytes: 73 }],
  "script/invalid:missing": [{ file: "a file" }],
  "script/invalid:unreadable": [{ file: "a file", reason: "a reason" }],
  "script/invalid:link": [{ file: "a file" }],
  "script/invalid:folder-link": [{ file: "a file" }],
  "script/invalid:not-a-file": [{ file: "a file" }],
  "script/invalid:changed": [{ file: "a file" }],
  "script/invalid:language": [{ script: "a script" }],
  "script/invalid:no-script": [{ script: "a script", folder: "a folder" }],
  "script/invalid:syntax": [{ deployment: "a deployment", script: "a script", line: 79, reason: "a reason" }],
  "script/invalid:no-function": [
    { script: "a script", name: "init" },
    { script: "a script", name: "run" },
  ],
};
