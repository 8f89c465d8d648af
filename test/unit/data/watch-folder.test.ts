import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Problem } from "../../../electron/contract/problem.ts";
import type { ArrivedFile } from "../../../electron/contract/messages/watch-messages.ts";
import { createFolderWatch, type FolderWatch } from "../../../electron/data/watch/watch-folder.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { sleep } from "../../helpers/sleep.ts";

const root = temporaryFolder("watch-folder");
let folder: string;
let count = 0;
let watch: FolderWatch;
let batches: { readonly batch: number; readonly files: readonly ArrivedFile[] }[];
let states: (Problem | null)[];
let known: ArrivedFile[];

beforeEach(() => {
  count += 1;
  folder = path.join(root, `in-${count}`);
  fs.mkdirSync(folder);
  batches = [];
  states = [];
  known = [];
});
afterEach(() => watch.close());

function begin(
  changes: { readonly rescanMs?: number; readonly recursive?: boolean; readonly outputs?: string[] } = {},
) {
  const { rescanMs = 3_600_000, recursive = true, outputs = [] } = changes;
  watch = createFolderWatch(
    { id: "one", folder, recursive, endings: [".csv"], settleMs: 100, rescanMs },
    {
      knows: (_watch, file) =>
        known.some(
          (other) =>
            other.sizeBytes === file.sizeBytes &&
            other.modifiedMs === file.modifiedMs &&
            (other.path === file.path || other.identity === file.identity),
        ),
      jobOutputs: (place) => (place === path.join(fs.realpathSync(folder), "written") ? ["predictions.csv"] : []),
      outputFolders: outputs,
      maxBatch: 5,
    },
    {
      onArrived: (batch, files) => batches.push({ batch, files }),
      onState: (problem) => states.push(problem),
    },
  );
}

function put(name: string, text = "a\n1\n"): void {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}

const paths = (index: number) => batches[index]?.files.map((file) => file.path);

async function ticksUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await watch.tick();
    await sleep(10);
  }
}

/** Many times as long as a file takes to settle. */
async function ticksFor(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  await ticksUntil(() => performance.now() > end);
}

function take(index: number): void {
  const told = batches[index];
  if (told === undefined) throw new Error("There is no such batch.");
  known.push(...told.files);
  watch.taken(told.batch);
}

describe("what is told of a watched folder", () => {
  test("is one batch at a time, in code-point order, as large as it may be", async () => {
    for (const name of ["e", "d", "c", "b", "a", "f", "g"]) put(`${name}.csv`);
    begin();
    await ticksUntil(() => batches.length === 1);
    await ticksFor(500);
    expect(batches).toHaveLength(1);
    expect(paths(0)).toEqual(["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"]);
    take(0);
    await ticksUntil(() => batches.length === 2);
    expect(paths(1)).toEqual(["f.csv", "g.csv"]);
  });

  test("leaves out what lies in folders of outputs, what jobs write elsewhere, links and other endings", async () => {
    for (const name of ["in.csv", "written/in.csv", "outputs/job/extra.csv", "other.xls", "at.tmp"]) put(name);
    for (const name of ["predictions.csv", "predictions.partial.csv", "errors.csv"]) put(`written/${name}`);
    fs.symlinkSync(path.join(folder, "in.csv"), path.join(folder, "link.csv"));
    begin({ outputs: [path.join(fs.realpathSync(folder), "outputs")] });
    await ticksUntil(() => batches.length === 1);
    expect(paths(0)).toEqual(["in.csv", "written/in.csv"]);
    take(0);
    // The same when the system tells of them.
    for (const name of ["written/errors.csv", "outputs/job/more.csv", "outputs/new.csv", "written/late.csv"])
      put(name, "late");
    await ticksUntil(() => batches.length === 2);
    expect(paths(1)).toEqual(["written/late.csv"]);
  });

  test("leaves out folders in it when it is not to be watched with them", async () => {
    put("deep/a.csv");
    put("b.csv");
    begin({ recursive: false });
    await ticksUntil(() => batches.length === 1);
    expect(paths(0)).toEqual(["b.csv"]);
    take(0);
    put("deeper/c.csv");
    put("d.csv");
    await ticksUntil(() => batches.length === 2);
    expect(paths(1)).toEqual(["d.csv"]);
  });

  test("is a file again that changed after it was told of, and before it was taken", async () => {
    put("a.csv");
    put("b.csv");
    begin();
    await ticksUntil(() => batches.length === 1);
    put("a.csv", "changed");
    await ticksFor(50);
    take(0);
    await ticksUntil(() => batches.length === 2);
    expect(paths(1)).toEqual(["a.csv"]);
    expect(batches[1]?.files[0]?.sizeBytes).toBe(7);
  });

  test("is told again later when it could not be taken, without what has gone", async () => {
    put("a.csv");
    put("b.csv");
    begin();
    await ticksUntil(() => batches.length === 1);
    fs.rmSync(path.join(folder, "a.csv"));
    watch.later(batches[0]?.batch ?? 0, 150);
    await ticksUntil(() => batches.length === 2);
    expect(paths(1)).toEqual(["b.csv"]);
  });

  test("is a renamed file only if it was never taken, and another one of its name", async () => {
    put("a.csv");
    begin();
    await ticksUntil(() => batches.length === 1);
    take(0);
    fs.renameSync(path.join(folder, "a.csv"), path.join(folder, "b.csv"));
    put("a.csv", "another");
    await ticksUntil(() => batches.length === 2);
    await ticksFor(300);
    expect(batches.slice(1).flatMap(({ files }) => files.map((file) => file.path))).toEqual(["a.csv"]);
  });

  test("comes from looking through the whole folder when the system told of nothing", async () => {
    begin({ rescanMs: 200 });
    await ticksFor(50);
    // Another folder in its place: whoever listened to the first hears nothing of this one.
    fs.mkdirSync(`${folder}-next`);
    fs.writeFileSync(path.join(`${folder}-next`, "a.csv"), "a\n");
    fs.renameSync(folder, `${folder}-before`);
    fs.renameSync(`${folder}-next`, folder);
    await ticksUntil(() => batches.length === 1);
    expect(paths(0)).toEqual(["a.csv"]);
    take(0);
    // From now on it is listened to.
    put("b.csv");
    await ticksUntil(() => batches.length === 2);
    expect(paths(1)).toEqual(["b.csv"]);
  });

  test("says that the folder is not there, once, and that it is back", async () => {
    begin();
    await ticksFor(50);
    fs.renameSync(folder, `${folder}-away`);
    await ticksFor(200);
    fs.renameSync(`${folder}-away`, folder);
    await ticksFor(200);
    expect(states.map((state) => state?.code ?? null)).toEqual([null, "input/not-found", null]);
  });
});
