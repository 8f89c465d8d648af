import type { deploymentProblems } from "../../../electron/contract/words/english/deployment-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

export const deploymentSamples: SamplesOf<typeof deploymentProblems> = {
  "deployment/invalid:type": [
    { file: "a file", place: { line: 41, column: 43 } },
    { file: "a file", place: null },
  ],
  "deployment/invalid:settings-without-type": [{ file: "blue7.yml", place: { line: 4, column: 1 } }],
  "deployment/invalid:misplaced-key": [
    { file: "a file", key: "a key", place: { line: 47, column: 53 } },
    { file: "a file", key: "a key", place: null },
  ],
  "deployment/invalid:two-instance-counts": [{}],
  "deployment/invalid:workers": [{ property: "a property", value: "a value" }],
  "deployment/invalid:unknown-property": [{ property: "a property", known: ["known 1", "known 2"] }],
  "deployment/invalid:property": [
    { property: "a property", reason: { kind: "type", params: { expected: "a expected" } } },
    { property: "a property", reason: { kind: "empty", params: {} } },
    { property: "a property", reason: { kind: "more-than", params: { limit: 59 } } },
    { property: "a property", reason: { kind: "at-least", params: { limit: 61 } } },
    { property: "a property", reason: { kind: "less-than", params: { limit: 67 } } },
    { property: "a property", reason: { kind: "at-most", params: { limit: 71 } } },
    { property: "a property", reason: { kind: "one-of", params: { values: ["values 1", "values 2"] } } },
    { property: "a property", reason: { kind: "azure-name", params: {} } },
    { property: "a property", reason: { kind: "percent", params: {} } },
    { property: "a property", reason: { kind: "other", params: { reason: "a reason" } } },
  ],
  "deployment/invalid:output-file-name": [{ name: "a name" }],
  "deployment/invalid:model": [
    { model: "a model", place: { line: 73, column: 79 } },
    { model: "a model", place: null },
  ],
  "deployment/invalid:script-outside": [{ script: "a script" }],
  "deployment/invalid:no-endpoint": [{ deployment: "a deployment" }],
  "deployment/not-found": [{ deployment: "a deployment" }],
  "deployment/not-found:none": [{ endpoint: "a endpoint", deployment: "a deployment" }],
  "deployment/not-found:others": [
    { endpoint: "a endpoint", deployment: "a deployment", known: ["known 1", "known 2"] },
  ],
  "deployment/not-found:default": [{ endpoint: "a endpoint", deployment: "a deployment" }],
  "deployment/not-found:default-of-file": [{ endpoint: "a endpoint", deployment: "a deployment" }],
  "deployment/unsupported:pipeline": [{ deployment: "a deployment" }],
  "deployment/unsupported:code": [{ code: "a code" }],
  "deployment/unsupported:model": [{ model: "a model" }],
  "deployment/unsupported:model-type": [{ type: "a type" }],
  "deployment/unsupported:scorer-kind": [{ kind: "a kind" }],
  "deployment/unsupported:variable": [
    { name: "a name", fault: "value" },
    { name: "a name", fault: "name" },
    { name: "a name", fault: "reserved" },
  ],
  "deployment/unsupported:variables": [{}],
  "usage/invalid:unknown-property": [{ property: "a property", known: ["known 1", "known 2"] }],
  "usage/invalid:property": [{ property: "a property", reason: { kind: "type", params: { expected: "a expected" } } }],
  "usage/invalid:output-file-name": [{ name: "a name" }],
  "usage/invalid:deployment-key": [{ key: "a key" }],
  "usage/invalid:setting-key": [{ key: "a key", known: ["known 1", "known 2"] }],
  "usage/invalid:setting": [
    { key: "a key", value: "a value", reason: { kind: "type", params: { expected: "a expected" } }, advice: "share" },
    { key: "a key", value: "a value", reason: { kind: "type", params: { expected: "a expected" } }, advice: null },
  ],
  "usage/invalid:nothing-to-trust": [{ deployment: "a deployment" }],
};
