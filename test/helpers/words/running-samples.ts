import type { addressProblems } from "../../../electron/contract/words/english/address-problems.ts";
import type { computeProblems } from "../../../electron/contract/words/english/compute-problems.ts";
import type { dataProblems } from "../../../electron/contract/words/english/data-problems.ts";
import type { inputProblems } from "../../../electron/contract/words/english/input-problems.ts";
import type { invocationProblems } from "../../../electron/contract/words/english/invocation-problems.ts";
import type { jobProblems } from "../../../electron/contract/words/english/job-problems.ts";
import type { outputProblems } from "../../../electron/contract/words/english/output-problems.ts";
import type { watchProblems } from "../../../electron/contract/words/english/watch-problems.ts";
import type { windowProblems } from "../../../electron/contract/words/english/window-problems.ts";
import type { workerProblems } from "../../../electron/contract/words/english/worker-problems.ts";
import { cause, type SamplesOf } from "./samples-of.ts";

const address = "azureml:in7:1";
const folder = "/data/in7";
const path = "/data/in7/one.csv";
const file = "one7.csv";
const job = "night-1";
const retried = "evening-2";
const model = { model: "iris7", version: "3" };
const asset = { asset: "in7:1", cause };
const refused = { file, cause };
const refusedCells = [{ column: "length7", value: "long7" }];
const columns = { names: ["length7", "width7"], count: 2 };
const many = { names: ["length7"], count: 30 };
const unreadable = { input: folder, how: "table", file, reason: "The file is empty." } as const;

type Tables = typeof addressProblems &
  typeof computeProblems &
  typeof dataProblems &
  typeof inputProblems &
  typeof invocationProblems &
  typeof jobProblems &
  typeof outputProblems &
  typeof watchProblems &
  typeof windowProblems &
  typeof workerProblems;

/** Of inputs, outputs, jobs and what runs them. */
export const runningSamples: SamplesOf<Tables> = {
  "input/unsupported:scheme": [{ address }],
  "input/unsupported:asset-name": [{ address }],
  "input/unsupported:label": [{ address, label: "newest2" }],
  "input/unsupported:outside-datastore": [{ address }],
  "input/unsupported:outside-output": [{ address }],
  "input/unsupported:azureml-address": [{ address }],
  "input/unsupported:file-uri": [{ uri: "file:one7", fault: "not-whole" }],
  "input/unsupported:file-uri-host": [{ uri: "file://host7/a", host: "host7" }],
  "input/unsupported:link-outside": [{ address, folder }],
  "input/not-found:folder-of-address": [{ address, folder, errno: "EIO" }],
  "input/not-found:path": [{ path, wanted: null }],
  "input/unsupported:special-file": [{ path }],
  "usage/invalid:input-kind": [{ path, kind: "file", wanted: "folder" }],
  "usage/invalid:asset-type": [{ asset: "in7:1", type: "uri_file", wanted: "folder" }],
  "input/unsupported:job-output": [{ job, output: "other9" }],
  "input/needs-download": [{ address }],
  "data/not-found:asset": [asset],
  "datastore/not-found:asset": [asset],
  "input/not-found:asset": [asset],
  "input/unsupported:asset": [asset],
  "job/not-allowed:asset": [asset],
  "job/not-found:asset": [asset],
  "usage/invalid:asset": [asset],

  "compute/not-found": [{ name: "night7" }],
  "compute/invalid:name": [{ name: "night 7" }],
  "compute/invalid:exists": [{ name: "night7" }],
  "compute/invalid:device": [{ device: "gpu7", known: ["auto", "cpu"] }],
  "compute/invalid:tier": [{ tier: "low7" }],
  "compute/in-use:local": [{}],
  "compute/in-use:deployment": [{ name: "night7", endpoint: "iris7", deployment: "blue7" }],
  "compute/in-use:job": [{ name: "night7", job }],

  "data/invalid:name": [{ name: "in 7" }],
  "data/invalid:version-exists": [{ name: "in7", version: "3" }],
  "data/invalid:is-asset": [{ path: address }],
  "data/invalid:secret": [{}],
  "data/invalid:mltable": [{}],
  "data/invalid:type": [{ type: "uri_7" }],
  "data/not-found": [{ name: "in7" }],
  "data/not-found:version": [{ name: "in7", version: "9", known: ["1", "2"] }],
  "datastore/invalid:name": [{ name: "store 7" }],
  "datastore/invalid:no-folder": [{ path: folder }],
  "datastore/not-found": [{ name: "store7" }],

  "input/not-found": [{ path }],
  "input/unreadable": [{ path }],
  "input/unreadable:folder": [{ folder }],
  "input/unreadable:disk": [{ path, errno: "EIO" }],
  "input/unreadable:right-now": [{ place: folder, errno: "EIO" }],
  "input/unreadable:timeout": [{}],
  "engine/bug:preview": [{}],
  "input/unreadable:preview-ended": [{}],
  "input/unreadable:check-ended": [{}],
  "input/unreadable:hashing-ended": [{}],
  "input/unreadable:listing-ended": [{}],
  "input/unsupported:not-a-folder": [{ path }],
  "input/unsupported:not-a-file": [{ path: folder }],
  "input/unsupported:ending": [{ file, endings: [".csv", ".tsv"] }],
  "input/empty": [{}],
  "input/empty:no-rows": [{ path }],
  "input/empty:no-files": [{ folder, skipped: 2, endings: [".csv"] }],
  "input/empty:no-readable-file": [{ ...unreadable, kind: "folder", code: "file-empty" }],
  "input/unreadable:no-readable-file": [{ ...unreadable, kind: "file", code: "file-encoding" }],
  "input/unreadable:encoding": [
    { file, likely: "windows-1251", text: "7" },
    { file, likely: null, text: null },
  ],
  "input/changed": [{ job, changed: 1, missing: 2, examples: ["one7.csv", "two7.csv"] }],
  "input/changed:file": [{ file }],
  "input/changed:gone": [{ job, endpoint: "iris7", missing: 1, example: file }],
  "input/wrong-columns:none": [{ file }],
  "input/wrong-columns:no-header": [{ file }],
  "input/wrong-columns:signature": [
    { file, missing: columns, columns: many, lookAlike: { wanted: "a7", found: "A7" } },
  ],
  "input/wrong-columns:missing": [
    { file, missing: columns, columns: many, lookAlike: { wanted: "a 7", found: "a\u00a07" }, place: "output.keep" },
  ],
  "input/wrong-columns:repeated": [{ file, repeated: columns }],
  "input/wrong-columns:count": [
    { file, input: "x7", width: 4, isNumeric: true, fitting: columns, refused: refusedCells, hasKept: true },
  ],
  "input/wrong-columns:missing-rule": [{ file, columns, taken: many }],
  "input/wrong-columns:values": [{ file, columns, refused: refusedCells }],
  "input/empty:address": [{ address }],
  "input/unsupported:download-many": [{ address }],
  "input/unsupported:download-name": [{ address, name: "../7" }],
  "input/unsupported:download-case": [{ address }],
  "input/unsupported:download-twice": [{ address, name: "a7" }],
  "input/unreadable:download-short": [{ file, bytes: 7, expected: 9 }],
  "input/not-found:picture": [{ file }],
  "input/changed:picture": [{ file }],
  "input/unreadable:picture": [{ file, code: "image-damaged", reason: "The PNG picture is damaged." }],
  "input/unreadable:picture-ended": [{}],
  "input/unreadable:watched-files": [{ folder, files: 2, example: file }],
  "input/not-found:watched-folder": [{ folder }],
  "input/unreadable:watched-folder": [{ folder }],
  "input/empty:watched-file": [refused],
  "input/unreadable:watched-file": [refused],
  "input/unsupported:watched-file": [refused],
  "input/wrong-columns:watched-file": [refused],

  "usage/invalid:input-without-path": [{ input: "data7", place: { line: 3, column: 5 } }],
  "usage/invalid:no-input": [{ file: "job7.yml" }],
  "input/unsupported:literal": [{ input: "data7", place: null }],
  "input/unsupported:many-inputs": [{ file: "job7.yml", inputs: 2 }],
  "input/unsupported:input-type": [{ input: "data7", type: "mltable" }],
  "input/unsupported:many-outputs": [{ file, outputs: 3 }],
  "usage/invalid:output-type": [{ output: "score7", type: "mltable", place: { line: 3, column: 5 } }],
  "usage/invalid:output-without-name": [{ output: "score7", path: "results/" }],

  "job/not-found": [{ job }],
  "job/not-found:here": [{ job }],
  "job/exists": [{ job }],
  "job/no-progress": [
    { job, times: 10, cause },
    { job, times: 10, cause: null },
  ],
  "usage/invalid:job-name": [{ name: "a 1" }],
  "usage/invalid:no-such-output": [{ output: "an output", job: "a-job", known: "score" }],
  "usage/invalid:output-name": [{ name: "a/1" }],
  "usage/invalid:output-name-taken": [{ name: "job1.json" }],
  "model/not-found:lost": [model],
  "model/not-found:lost-by-job": [model],
  "job/not-allowed:command": [{ job, command: "paused", status: "Completed" }],
  "job/not-allowed:delete": [{ job, status: "Running" }],
  "job/not-allowed:unfinished": [{ job, status: "Queued" }],
  "job/not-allowed:gave-up": [{ job, status: "Failed" }],
  "job/not-allowed:retry": [{ job, retried }],
  "job/not-allowed:base-in-use": [{ job, user: retried }],
  "job/not-allowed:holds-records": [{ job, retried }],
  "job/not-allowed:output-partial": [{ address, job, status: "Failed" }],
  "job/not-allowed:output-unfinished": [{ address, job, status: "Running" }],
  "job/not-allowed:no-predictions": [{ job, status: "Canceled" }],
  "job/not-allowed:other-items": [{ a: job, itemsOfA: "row", b: retried, itemsOfB: "file" }],
  "job/not-allowed:no-common-column": [{ a: job, b: retried }],
  "job/not-allowed:damaged-list": [{ folder }],
  "job/nothing-failed": [{ job }],
  "job/interrupted": [{ job }],
  "job/no-success": [{}],
  "job/error-threshold": [{ unit: "row", failed: 4, allowed: 3 }],
  "job/error-threshold:percent": [{ unit: "file", failed: 1, total: 9, percent: 2.5 }],
  "registry/damaged:journal": [{ folder }],
  "engine/bug:job": [{ reason: "x7 is not a function" }],
  "engine/bug:planning": [{ reason: "x7 is not a function" }],
  "engine/bug:output": [{ reason: "x7 is not a function." }],
  "engine/bug:output-ended": [{}],
  "engine/bug:compare": [{}],
  "engine/bug:compare-silent": [{}],

  "output/exists": [{ path }],
  "output/exists:meanwhile": [{ path }],
  "output/exists:part": [{ path }],
  "output/exists:job-writes": [{ job, folder }],
  "output/exists:claimed": [
    { job, workspace: "/home7", host: null, folder, file: path },
    { job, workspace: "/home7", host: "host7", folder, file: path },
  ],
  "output/exists:claimed-meanwhile": [{ job, workspace: "/home7", host: null, folder, file: path }],
  "output/exists:claim-unreadable": [{ folder, file: path }],
  "output/exists:download": [{ path }],
  "output/exists:appeared": [{ path }],
  "output/unwritable": [{ place: folder, errno: "EROFS" }],
  "output/unwritable:download": [{ folder, errno: "EROFS" }],
  "output/unwritable:listing": [{ folder, errno: "EROFS" }],
  "output/unwritable:differences": [{ cause }],
  "output/unwritable:command": [{ cause }],
  "output/unwritable:address": [{ cause }],
  "output/unwritable:remote": [{ address }],
  "output/unwritable:place": [{ cause }],
  "output/unwritable:file": [{ path }],
  "output/unwritable:folder": [{ path: folder }],
  "output/unwritable:same-name": [{ file: "out/a.png.npy" }],
  "output/unwritable:link": [{ path: folder }],
  "output/unwritable:workspace": [{ folder, workspace: "/home7" }],
  "output/unwritable:not-chosen": [{}],
  "output/unwritable:not-shown": [{ folder }],
  "output/no-space": [{ place: folder }],
  "output/no-space:listing": [{ folder, errno: "ENOSPC" }],
  "output/no-space:differences": [{ cause }],
  "output/no-space:command": [{ cause }],
  "output/no-space:workspace": [{}],
  "output/no-space:estimate": [{ place: folder, needed: 20_000_000, free: 10_000_000 }],
  "output/no-space:download": [{ folder, needed: 20_000_000, free: 10_000_000 }],
  "output/gone": [{ folder }],
  "output/gone:part": [{ path }],
  "output/gone:changed": [{ job }],
  "output/gone:moved": [{ job, folder }],
  "output/gone:differences": [{ folder }],
  "input/unreadable:results": [{ reason: "IO Error: 7" }],
  "input/unreadable:results-ended": [{}],
  "input/unreadable:results-timeout": [{}],
  "input/unreadable:closing": [{}],

  "watch/not-found": [{ folder }],
  "watch/not-found:this": [{}],
  "watch/not-found:folder": [{ folder, endpoint: "iris7" }],
  "watch/not-found:removed": [{}],
  "watch/invalid:no-folder": [{ folder }],
  "watch/invalid:remote-output": [{ path: "https://host7/a" }],
  "watch/invalid:workspace": [{ folder }],
  "watch/invalid:in-output": [{ folder, output: "/data/out7" }],
  "watch/invalid:watched": [{ folder, endpoint: "iris7" }],
  "watch/invalid:taken": [{ folder }],
  "workspace/unusable:watch": [{ home: "/home7", errno: "EROFS" }],
  "workspace/unusable:no-folder": [{ home: "/home7", errno: null }],

  "usage/invalid:call": [{ call: "jobs:7" }],
  "engine/bug:call": [{ call: "jobs:show", reason: "x7 is not a function" }],
  "input/not-found:chosen": [{ name: file }],
  "input/not-found:not-chosen": [{}],
  "input/not-found:dropped": [{}],
  "input/not-found:sample": [{ endpoint: "iris7" }],

  "worker/cannot-start": [{ times: 3 }],
  "worker/cannot-start:model": [{ reason: "Load model failed: 7" }],
  "worker/crash-loop": [{ items: 3 }],
  "worker/crash-loop:between": [{ times: 5 }],
  "script/failed:init": [{ reason: "init() raised ValueError: 7.", traces: "/jobs/7/error" }],
  "script/failed:init-timeout": [{ seconds: 30, times: 3, traces: "/jobs/7/error" }],
  "script/invalid:start": [{ reason: "score7.py has no run()." }],
  "script/not-trusted:start": [{ reason: "score7.py was changed." }],
  "environment/invalid:start": [{ reason: "python7 is not there." }],
  "model/unreadable:measuring": [{ reason: "Load model failed: 7." }],
  "scorer/invalid:tokenizer": [{ file: "tokenizer7.json", reason: "it has no model7" }],
};
