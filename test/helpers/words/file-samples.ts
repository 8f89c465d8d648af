import type { fileProblems } from "../../../electron/contract/words/english/file-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

export const fileSamples: SamplesOf<typeof fileProblems> = {
  "data/invalid:file": [
    { fault: { kind: "not-a-file", params: { file: "a file" } } },
    { fault: { kind: "too-large", params: { name: "a name" } } },
    { fault: { kind: "not-text", params: { name: "a name" } } },
    { fault: { kind: "missing", params: { file: "a file" } } },
    { fault: { kind: "unreadable", params: { file: "a file", reason: "a reason" } } },
    { fault: { kind: "too-complex", params: { name: "a name", levels: 73, values: 79 } } },
    { fault: { kind: "too-deep", params: { name: "a name", levels: 83, place: { line: 89, column: 41 } } } },
    { fault: { kind: "too-deep", params: { name: "a name", levels: 83, place: null } } },
    { fault: { kind: "too-many-values", params: { name: "a name", values: 43, place: { line: 47, column: 53 } } } },
    { fault: { kind: "too-many-values", params: { name: "a name", values: 43, place: null } } },
    { fault: { kind: "not-yaml", params: { name: "a name", reason: "a reason", place: { line: 59, column: 61 } } } },
    { fault: { kind: "not-yaml", params: { name: "a name", reason: "a reason", place: null } } },
    { fault: { kind: "alias", params: { name: "a name", place: { line: 67, column: 71 } } } },
    { fault: { kind: "alias", params: { name: "a name", place: null } } },
    { fault: { kind: "odd-key", params: { name: "a name", place: { line: 73, column: 79 } } } },
    { fault: { kind: "odd-key", params: { name: "a name", place: null } } },
    { fault: { kind: "not-a-map", params: { name: "a name" } } },
    { fault: { kind: "unknown-key", params: { name: "a name", key: "a key", place: { line: 83, column: 89 } } } },
    { fault: { kind: "unknown-key", params: { name: "a name", key: "a key", place: null } } },
    { fault: { kind: "no-key", params: { name: "a name", key: "a key" } } },
    {
      fault: {
        kind: "wrong-value",
        params: {
          name: "a name",
          key: "a key",
          place: { line: 41, column: 43 },
          reason: { kind: "type", params: { expected: "a expected" } },
          advice: "share",
        },
      },
    },
    {
      fault: {
        kind: "wrong-value",
        params: {
          name: "a name",
          key: "a key",
          place: null,
          reason: { kind: "type", params: { expected: "a expected" } },
          advice: "share",
        },
      },
    },
    {
      fault: {
        kind: "wrong-value",
        params: {
          name: "a name",
          key: "a key",
          place: { line: 41, column: 43 },
          reason: { kind: "type", params: { expected: "a expected" } },
          advice: null,
        },
      },
    },
  ],
  "deployment/invalid:file": [{ fault: { kind: "not-a-file", params: { file: "a file" } } }],
  "endpoint/invalid:file": [{ fault: { kind: "not-a-file", params: { file: "a file" } } }],
  "model/unreadable:file": [{ fault: { kind: "not-a-file", params: { file: "a file" } } }],
  "scorer/invalid:file": [{ fault: { kind: "not-a-file", params: { file: "a file" } } }],
  "script/invalid:file": [{ fault: { kind: "not-a-file", params: { file: "a file" } } }],
  "usage/invalid:file": [{ fault: { kind: "not-a-file", params: { file: "a file" } } }],
};
