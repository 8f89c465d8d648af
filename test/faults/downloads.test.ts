import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import type { Workspace } from "../../electron/workspace/workspace.ts";
import { batchdeck, deploy } from "../helpers/batchdeck.ts";
import { writeCsvFolder } from "../helpers/data/data-fixtures.ts";
import { isLong } from "../helpers/engine/fault-shim.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { seededRandom } from "../helpers/random.ts";
import { slowAddress, slowSource } from "../helpers/data/slow-source.ts";
import { problemSentence } from "../../electron/contract/words/english-problems.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import { closeEngines, hasEnded, openEngine, untilJob, waitingText } from "../helpers/engine/workspaces.ts";
import { sleep } from "../helpers/sleep.ts";
import { sourceProgram } from "../helpers/source-program.ts";

/** An input that is downloaded first: by a source that copies from a folder, slowly, while engines come and go. */
const { root, home, outOf } = temporaryPlaces("downloads");
const far = path.join(root, "far");
const logFile = path.join(root, "log.txt");
const seed = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const kills = isLong ? 40 : 4;

function openDownloading(more: Partial<Parameters<typeof slowSource>[0]> | null = {}): Workspace {
  const source = { folder: far, logFile, pieceBytes: 1e6, pauseMs: 0 };
  return openEngine({ home, ...(more === null ? {} : { inputSource: slowSource({ ...source, ...more }) }) });
}

function invoke(workspace: Workspace, job: string, more: { input?: string; kind?: "folder" | "file" } = {}) {
  return workspace.jobs.submit({
    endpointName: "dense",
    deploymentName: null,
    inputPath: more.input ?? `${slowAddress}rows`,
    inputKind: more.kind ?? null,
    outputFolder: outOf(job),
    overrides: {},
    jobName: job,
  });
}

const predictionsOf = (job: string) => fs.readFileSync(path.join(outOf(job), "predictions.csv"), "utf8");
const logged = () => (fs.existsSync(logFile) ? fs.readFileSync(logFile, "utf8").trim().split("\n") : []);

beforeAll(async () => {
  console.log(`seed: ${seed}`);
  writeCsvFolder(path.join(far, "rows"), { files: 12, rowsPerFile: 400, features: 4 });
  const [first = ""] = fs.readdirSync(path.join(far, "rows"));
  fs.mkdirSync(path.join(far, "rows", "deeper"));
  fs.renameSync(path.join(far, "rows", first), path.join(far, "rows", "deeper", "z.csv"));
  fs.mkdirSync(path.join(far, "other"));
  fs.writeFileSync(path.join(far, "other", "a.csv"), "x,y\n1,2\n");
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\n";
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), { scorer });
  const ran = await batchdeck(
    home,
    "invoke",
    "-n",
    "dense",
    "--input",
    path.join(far, "rows"),
    "--output-path",
    outOf("plain"),
  );
  expect(ran.code, ran.stderr).toBe(0);
});

afterEach(async () => {
  await closeEngines();
  fs.rmSync(logFile, { force: true });
  // Each test downloads for itself.
  fs.rmSync(path.join(home, "downloads"), { recursive: true, force: true });
});

describe("an input that is downloaded first", () => {
  test("gives the rows of the same input on this computer, tells how far it is, and goes with its job", async () => {
    const workspace = openDownloading({ pieceBytes: 1000, pauseMs: 25 });
    expect(await invoke(workspace, "whole")).toMatchObject({ ok: true, value: { status: "Queued" } });
    workspace.engine.start();
    const said = await untilJob(workspace, "whole", (job) => waitingText(job).includes("downloaded"));
    expect(said).toMatchObject({ status: "Preparing", workers: 0 });
    expect(waitingText(said)).toMatch(/^Its input is being downloaded: [\d.]+ of 1\d\d kB\.$/);
    const job = await untilJob(workspace, "whole", hasEnded);
    const folder = path.join(home, "jobs", "whole");
    expect(job).toMatchObject({
      status: "Completed",
      succeeded: 4800,
      failed: 0,
      input_path: path.join(fs.realpathSync(folder), "input"),
      input_source: `${slowAddress}rows`,
    });
    expect(predictionsOf("whole")).toBe(predictionsOf("plain"));
    expect(fs.readdirSync(folder)).not.toContain("download");
    expect(await workspace.jobs.delete("whole")).toMatchObject({ ok: true });
    expect(fs.existsSync(folder)).toBe(false);
    expect(fs.existsSync(path.join(outOf("whole"), "predictions.csv"))).toBe(true);
  });

  test(`ends with the same bytes after ${kills} kills of its engine, and fetches no finished file again`, async () => {
    expect(await invoke(openDownloading(), "killed")).toMatchObject({ ok: true });
    await closeEngines();
    const random = seededRandom(seed);
    const program = path.join(import.meta.dirname, "downloading-engine.ts");
    const start = () =>
      spawn(process.execPath, sourceProgram(program, home, far, logFile, "killed"), {
        stdio: ["ignore", "ignore", "inherit"],
      });
    const input = path.join(home, "jobs", "killed", "input");
    const whole = () =>
      fs.existsSync(input)
        ? fs.readdirSync(input, { recursive: true }).filter((name) => String(name).endsWith(".csv"))
        : [];
    let fetchedLate = 0;
    for (let kill = 0; kill < kills; kill++) {
      const there = whole();
      const child = start();
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      const before = logged().length;
      // Within the download, which takes a second or two; beginning takes another.
      while (logged().length === before && child.exitCode === null) await sleep(5);
      await sleep(random() * 150);
      child.kill("SIGKILL");
      await ended;
      const asked = logged().slice(before);
      fetchedLate += asked.filter((line) => there.some((name) => line === `fetch ${String(name)}`)).length;
    }
    const last = start();
    expect(await new Promise<number | null>((resolve) => last.once("close", resolve))).toBe(0);
    expect(fetchedLate).toBe(0);
    // Twice when the first kill came before the list was kept.
    expect(logged().filter((line) => line === "list").length).toBeLessThanOrEqual(2);
    expect(predictionsOf("killed")).toBe(predictionsOf("plain"));
  });

  test("can be paused and goes on, and cancelled for good", async () => {
    const workspace = openDownloading({ pieceBytes: 2000, pauseMs: 20 });
    for (const job of ["paused", "cancelled"]) expect(await invoke(workspace, job)).toMatchObject({ ok: true });
    workspace.engine.start();
    const isDownloading = (job: JobView) => waitingText(job).includes("being downloaded");
    await untilJob(workspace, "paused", isDownloading);
    await untilJob(workspace, "cancelled", isDownloading);
    workspace.jobs.pause("paused");
    workspace.jobs.cancel("cancelled");
    await untilJob(workspace, "paused", (job) => job.status === "Paused");
    expect((await untilJob(workspace, "cancelled", hasEnded)).status).toBe("Canceled");
    const asked = logged().length;
    await sleep(200);
    expect(logged().filter((line) => line.startsWith("fetch")).length).toBeLessThanOrEqual(asked);
    workspace.jobs.resume("paused");
    expect((await untilJob(workspace, "paused", hasEnded)).status).toBe("Completed");
    expect(predictionsOf("paused")).toBe(predictionsOf("plain"));
  });

  test("is fetched once for jobs that want it at the same time and later, and lies on the disk once", async () => {
    const workspace = openDownloading();
    for (const job of ["first", "second"]) expect(await invoke(workspace, job)).toMatchObject({ ok: true });
    workspace.engine.start();
    for (const job of ["first", "second"]) {
      expect((await untilJob(workspace, job, hasEnded)).status).toBe("Completed");
    }
    const fetches = () => logged().filter((line) => line.startsWith("fetch"));
    expect(fetches()).toHaveLength(12);
    expect(await workspace.jobs.delete("first")).toMatchObject({ ok: true });
    expect(await workspace.jobs.delete("second")).toMatchObject({ ok: true });
    expect(await invoke(workspace, "third")).toMatchObject({ ok: true });
    expect((await untilJob(workspace, "third", hasEnded)).status).toBe("Completed");
    expect(fetches()).toHaveLength(12);
    const place = path.join(home, "jobs", "third", "input", "deeper", "z.csv");
    expect(fs.statSync(place)).toMatchObject({ nlink: 2 });
    expect(fs.statSync(place).mode & 0o777).toBe(0o400);
    expect(predictionsOf("third")).toBe(predictionsOf("plain"));
    // Another content is fetched; what did not change is not.
    const changed = path.join(far, "rows", "deeper", "z.csv");
    fs.utimesSync(changed, new Date(), new Date(Date.now() + 5000));
    expect(await invoke(workspace, "fourth")).toMatchObject({ ok: true });
    expect((await untilJob(workspace, "fourth", hasEnded)).status).toBe("Completed");
    expect(fetches().slice(12)).toEqual(["fetch deeper/z.csv"]);
  });

  test("may be one file", async () => {
    const workspace = openDownloading();
    expect(await invoke(workspace, "single", { input: `${slowAddress}rows/deeper/z.csv`, kind: "file" })).toMatchObject(
      { ok: true },
    );
    workspace.engine.start();
    expect(await untilJob(workspace, "single", hasEnded)).toMatchObject({ status: "Completed", succeeded: 400 });
    expect(workspace.jobs.spec("single")?.input).toMatchObject({ kind: "file", download: { done: true } });
  });

  test("that turns out to have other columns fails with the sentence of a refusal", async () => {
    const workspace = openDownloading();
    expect(await invoke(workspace, "columns", { input: `${slowAddress}other` })).toMatchObject({ ok: true });
    workspace.engine.start();
    const job = await untilJob(workspace, "columns", hasEnded);
    expect(job).toMatchObject({ status: "Failed", problem: { code: "input/wrong-columns" } });
  });

  test.each([
    ["../secret.csv", "which cannot be a file here"],
    ["/etc/x.csv", "which cannot be a file here"],
    ["a//b.csv", "which cannot be a file here"],
    ["./b.csv", "which cannot be a file here"],
  ])("whose names include %s fails: nothing is written outside of its folder", async (name, reason) => {
    const workspace = openDownloading({ names: ["good.csv", name] });
    const job = `hostile-${name.length}-${name.replaceAll(/\W/g, "")}`;
    expect(await invoke(workspace, job)).toMatchObject({ ok: true });
    workspace.engine.start();
    const ended = await untilJob(workspace, job, hasEnded);
    expect(ended).toMatchObject({ status: "Failed", problem: { code: "input/unsupported" } });
    expect(problemSentence(ended.problem ?? expect.fail())).toContain(reason);
    expect(logged()).toEqual(["list"]);
  });

  test.each([
    [["a.csv", "A.csv"], "differ in case alone"],
    [["a", "a/b.csv"], 'holds "a" as a file and as a folder'],
    [[], "There is nothing at"],
  ])("that holds %j fails with the reason", async (names, reason) => {
    const workspace = openDownloading({ names });
    const job = `odd-${reason.replaceAll(/\W+/g, "-")}x`;
    expect(await invoke(workspace, job)).toMatchObject({ ok: true });
    workspace.engine.start();
    const { problem } = await untilJob(workspace, job, hasEnded);
    expect(problemSentence(problem ?? expect.fail())).toContain(reason);
  });

  test("is refused where nothing can fetch it, and when its address holds a key", async () => {
    expect(await invoke(openDownloading(null), "none")).toMatchObject({
      ok: false,
      problem: { code: "input/needs-download" },
    });
    const keyed = await invoke(openDownloading(), "keyed", { input: `${slowAddress}rows?sig=secret` });
    expect(keyed).toMatchObject({ ok: false, problem: { code: "input/needs-download" } });
    expect(JSON.stringify(keyed)).not.toContain("secret");
  });
});
