import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchdeck, batchdeckJson, type Running } from "../../helpers/batchdeck.ts";
import { helpersOf } from "../../helpers/processes.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import {
  deployRows,
  idsOf,
  jobRows,
  put,
  rowsOf,
  scoredIds,
  startWatching,
  stopWatching,
  submittedFiles,
  tableOf,
  untilScored,
  watched,
} from "../../helpers/watches.ts";
import { until } from "../../helpers/until.ts";
import { sleep } from "../../helpers/sleep.ts";

const { root, home } = temporaryPlaces("watch");
let watching: Running;
let folders = 0;

/** Watches a new folder; what is in it already is written by `before`. */
async function watchNew(
  before: (folder: string) => void = () => undefined,
  ...args: readonly string[]
): Promise<{ readonly folder: string; readonly scored: (files: number) => Promise<readonly string[]> }> {
  folders += 1;
  const folder = path.join(root, `in-${folders}`);
  fs.mkdirSync(folder);
  before(folder);
  const had = submittedFiles(home);
  const known = new Set(scoredIds(home));
  const settle = args.includes("--settle") ? [] : ["--settle", "0.3"];
  await batchdeckJson(home, "watch", "add", folder, "-n", "rows", ...settle, ...args);
  return {
    folder,
    scored: async (files) => {
      await untilScored(home, had + files, watching);
      return scoredIds(home).filter((id) => !known.has(id));
    },
  };
}

beforeAll(async () => {
  await deployRows(home, "rows");
  // It needs something to watch.
  fs.mkdirSync(path.join(root, "first"));
  await batchdeckJson(home, "watch", "add", path.join(root, "first"), "-n", "rows");
  watching = startWatching(home);
});
afterAll(() => stopWatching(watching));

describe("a watched folder", () => {
  it("has scored what was there and what arrives, in folders of it and moved in with a folder, hidden and unfinished files apart", async () => {
    const { folder, scored } = await watchNew((place) => put(place, "there.csv", tableOf("there")));
    expect(await scored(1)).toEqual(idsOf("there"));
    put(folder, "new.csv", tableOf("new"));
    put(folder, "deep/er/nested.csv", tableOf("nested"));
    put(folder, ".hidden.csv", tableOf("hidden"));
    put(folder, "unfinished.csv.part", tableOf("unfinished"));
    put(folder, "notes.xls", "no table");
    put(path.join(root, "elsewhere"), "moved.csv", tableOf("moved"));
    fs.renameSync(path.join(root, "elsewhere"), path.join(folder, "moved-in"));
    expect(await scored(4)).toEqual([...idsOf("moved"), ...idsOf("nested"), ...idsOf("new"), ...idsOf("there")]);
    // Folders that came later are listened to as well.
    put(folder, "moved-in/later.csv", tableOf("later"));
    expect(await scored(5)).toHaveLength(10);
  });

  it("has a slowly written file scored once it has stopped growing, and again when it has grown", async () => {
    const { folder, scored } = await watchNew(undefined, "--settle", "1.2");
    put(folder, "slow.csv", tableOf("slow", 1));
    for (let row = 2; row <= 30; row += 1) {
      await sleep(100);
      fs.appendFileSync(path.join(folder, "slow.csv"), rowsOf("slow", row, 1));
    }
    expect(await scored(1)).toEqual(idsOf("slow", 30).sort());
    fs.appendFileSync(path.join(folder, "slow.csv"), rowsOf("slow", 31, 1));
    expect(await scored(2)).toEqual([...idsOf("slow", 30), ...idsOf("slow", 31)].sort());
  });

  it("has files scored once that are renamed before and after, and none that is gone before it settled", async () => {
    const { folder, scored } = await watchNew();
    put(folder, "renamed.tmp", tableOf("renamed"));
    put(folder, "gone.csv", tableOf("gone"));
    fs.renameSync(path.join(folder, "renamed.tmp"), path.join(folder, "renamed.csv"));
    fs.rmSync(path.join(folder, "gone.csv"));
    expect(await scored(1)).toEqual(idsOf("renamed"));
    fs.renameSync(path.join(folder, "renamed.csv"), path.join(folder, "again.csv"));
    put(folder, "other.csv", tableOf("other"));
    expect(await scored(2)).toEqual([...idsOf("other"), ...idsOf("renamed")]);
    // What comes last is scored last: nothing else was scored until then.
    put(folder, "last.csv", tableOf("last"));
    expect(await scored(3)).toEqual([...idsOf("last"), ...idsOf("other"), ...idsOf("renamed")]);
  });

  it("never takes its own outputs, wherever in it they are", async () => {
    const inside = path.join(root, `in-${folders + 1}`, "results");
    const { folder, scored } = await watchNew((place) => put(place, "a.csv", tableOf("a")), "--output-path", inside);
    expect(await scored(1)).toEqual(idsOf("a"));
    const [job] = jobRows(home).filter(({ output_folder }) => path.dirname(output_folder) === inside);
    expect(path.basename(job?.output_folder ?? "")).toBe(job?.name);
    expect(job === undefined ? null : jobFile(job.output_folder).input.watch).toMatch(/^[-0-9a-f]{36}$/);
    // A job of its user that writes between the inputs.
    const ran = await batchdeck(home, "invoke", "-n", "rows", "--input", folder, "--output-path", folder);
    expect(ran.code, ran.stderr).toBe(0);
    // What comes last is taken last: none of the outputs was taken until then.
    put(folder, "last.csv", tableOf("last"));
    await scored(2);
    expect(await watched(home, folder)).toMatchObject({ files_submitted: 2, jobs: 2, problem: null });
  });

  it("has a file that is refused by itself named, and the others scored", async () => {
    const { folder, scored } = await watchNew((place) => {
      put(place, "a.csv", "id,other\n1,2\n");
      put(place, "b.csv", tableOf("b"));
      put(place, "c.csv", tableOf("c"));
    });
    expect(await scored(2)).toEqual([...idsOf("b"), ...idsOf("c")]);
    const found = await watched(home, folder);
    expect(found).toMatchObject({ state: "watching", files_submitted: 2, files_refused: 1 });
    expect(found.problem).toMatchObject({ code: "input/wrong-columns" });
    expect(found.problem?.message).toContain('"a.csv" was not scored');
    put(folder, "a.csv", tableOf("mended"));
    expect(await scored(3)).toEqual([...idsOf("b"), ...idsOf("c"), ...idsOf("mended")]);
    expect(await watched(home, folder)).toMatchObject({ files_refused: 0 });
  });

  it("says why nothing is submitted, and goes on by itself", async () => {
    const { folder, scored } = await watchNew();
    fs.renameSync(folder, `${folder}-away`);
    await until(async () => (await watched(home, folder)).state === "blocked");
    fs.renameSync(`${folder}-away`, folder);
    put(folder, "back.csv", tableOf("back"));
    expect(await scored(1)).toEqual(idsOf("back"));
    expect(await watched(home, folder)).toMatchObject({ state: "watching", problem: null });
  });

  it("is watched by one of two commands, and by the other one when that ends", async () => {
    const { folder, scored } = await watchNew();
    const second = startWatching(home);
    await sleep(500);
    const isWatcher = ({ child }: Running) => helpersOf(child.pid ?? 0).length > 0;
    put(folder, "one.csv", tableOf("one"));
    expect(await scored(1)).toEqual(idsOf("one"));
    expect(isWatcher(watching)).toBe(true);
    await stopWatching(watching);
    watching = second;
    put(folder, "two.csv", tableOf("two"));
    expect(await scored(2)).toEqual([...idsOf("one"), ...idsOf("two")]);
  });
});

function jobFile(folder: string): { readonly input: { readonly watch: string | null } } {
  return JSON.parse(fs.readFileSync(path.join(folder, "job.json"), "utf8")) as {
    readonly input: { readonly watch: string | null };
  };
}
