import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob, startBatchdeck, untilScored, type ShownJob } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { kill } from "../../helpers/processes.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** A job that is set aside while its input changes: refused, or gone on with as its user says, never in silence. */
const { root, home } = temporaryPlaces("changed-input");
const files = 1500;
const rowsPerFile = 150;
let input = "";
let job = "";
let jobs = 0;

const inInput = (file: number) => path.join(input, `part-${String(file).padStart(4, "0")}.csv`);
const last = files - 1;
const resume = (...more: string[]) => batchdeck(home, "job", "resume", "-n", job, ...more);

function outputs(name: string): string[][] {
  return parse(fs.readFileSync(path.join(root, "out", job, name)), { from_line: 2, relax_column_count: true });
}

beforeAll(async () => {
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\nbatch: 64\n";
  const settings = ["mini_batch_size: 1"];
  await deploy(home, "dense", denseModel({ features: 4, hidden: [512, 512], classes: 3 }), { scorer, settings });
});

/** A job of 1,500 files that has scored some of them when its program is interrupted, or killed. */
async function interrupted(signal: "SIGINT" | "SIGKILL", scored = 1): Promise<ShownJob> {
  const running = startBatchdeck(
    home,
    ...["invoke", "-n", "dense", "--input", input, "--output-path", path.join(root, "out", job), "--job-name", job],
  );
  await untilScored(home, job, scored);
  kill(running.child.pid, signal);
  await running.ended;
  return showJob(home, job);
}

function change(file: number): void {
  fs.appendFileSync(inInput(file), "9,1,2,3,4\n");
}

beforeEach(() => {
  jobs += 1;
  job = `changed-${jobs}`;
  input = path.join(root, `input-${jobs}`);
  writeCsvFolder(input, { files, rowsPerFile, features: 4 });
});

describe("job resume, after files changed or went away", () => {
  it("refuses with their number and names, and the job stays paused with that problem", async () => {
    expect((await interrupted("SIGINT")).status).toBe("Paused");
    change(last);
    change(last - 1);
    fs.rmSync(inInput(last - 2));
    const refused = await resume();
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toContain("2 files were changed and 1 file is gone");
    expect(refused.stderr).toContain(`part-${last}.csv`);
    expect(refused.stderr).toContain("--skip-changed");
    expect(refused.stdout).toBe("");
    const paused = await showJob(home, job);
    expect([paused.status, paused.problem?.code]).toEqual(["Paused", "input/changed"]);
    expect(fs.existsSync(path.join(root, "out", job, "predictions.csv"))).toBe(false);
  });

  it("goes on once the files are as they were", async () => {
    fs.utimesSync(inInput(last), 1_700_000_000, 1_700_000_000);
    await interrupted("SIGINT");
    const content = fs.readFileSync(inInput(last));
    change(last);
    expect((await resume()).code).toBe(2);
    fs.writeFileSync(inInput(last), content);
    fs.utimesSync(inInput(last), 1_700_000_000, 1_700_000_000);
    const resumed = await resume();
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((await showJob(home, job)).succeeded).toBe(files * rowsPerFile);
  });

  it("with --skip-changed fails what was left of those files, keeps what was scored, and ignores files that are new", async () => {
    await interrupted("SIGINT");
    change(0);
    change(last);
    fs.rmSync(inInput(last - 1));
    fs.writeFileSync(path.join(input, "part-0000b.csv"), "id,f0,f1,f2,f3\n1,1,2,3,4\n");
    const resumed = await resume("--skip-changed");
    expect(resumed.code, resumed.stderr).toBe(3);
    const ended = await showJob(home, job);
    expect(ended.status).toBe("Completed");
    expect(ended.succeeded + ended.failed + ended.skipped).toBe(ended.total);
    const rows = outputs("predictions.csv");
    expect(rows.length).toBe(ended.succeeded);
    const scored = new Set(rows.map((row) => row[0]));
    // The first file was scored before the job was set aside.
    expect(rows.filter((row) => row[0] === "part-0000.csv").length).toBe(rowsPerFile);
    expect(scored.has("part-0000b.csv")).toBe(false);
    expect(ended.succeeded).toBe((files - 2) * rowsPerFile);
    const errors = outputs("errors.csv");
    expect(errors.length).toBe(ended.failed);
    expect(new Set(errors.map((row) => `${row[0]} ${row[2]} ${row[3]}`))).toEqual(
      new Set([`part-${last - 1}.csv read input-changed`, `part-${last}.csv read input-changed`]),
    );
  });
});

describe("an interrupted job that is taken up by itself", () => {
  it("pauses with the problem instead of going on in silence, and stays so", async () => {
    const left = await interrupted("SIGKILL");
    expect(left.status).toBe("Running");
    change(last);
    const streamed = await batchdeck(home, "job", "stream", "-n", job);
    expect(streamed.code, streamed.stderr).toBe(2);
    expect(streamed.stderr).toContain("1 file was changed");
    const paused = await showJob(home, job);
    expect([paused.status, paused.problem?.code]).toEqual(["Paused", "input/changed"]);
    // That an engine leaves it alone, however long it looks, is proven in test/engine.
    const waiting = startBatchdeck(home, "job", "stream", "-n", job);
    expect((await showJob(home, job)).status).toBe("Paused");
    const cancelled = await batchdeck(home, "job", "cancel", "-n", job);
    expect(cancelled.code, cancelled.stderr).toBe(0);
    expect((await waiting.ended).code).toBe(130);
  });

  it("of a single file whose content was replaced pauses, too", async () => {
    const single = path.join(root, `single-${jobs}.csv`);
    const [first] = writeCsvFolder(input, { files: 1, rowsPerFile: 800_000, features: 4 });
    fs.renameSync(path.join(input, first ?? ""), single);
    input = single;
    // Two of its slices, at least, so that one is committed.
    await interrupted("SIGKILL", 600_000);
    fs.appendFileSync(single, "9,1,2,3,4\n");
    const resumed = await resume();
    expect(resumed.code, resumed.stderr).toBe(2);
    expect(resumed.stderr).toContain("1 file was changed");
    const skipped = await resume("--skip-changed");
    expect(skipped.code, skipped.stderr).toBe(3);
    const ended = await showJob(home, job);
    expect(ended.succeeded).toBeGreaterThan(0);
    expect(ended.failed).toBeGreaterThan(0);
    expect(outputs("errors.csv").length).toBe(ended.failed);
    expect(outputs("predictions.csv").length).toBe(ended.succeeded);
  });
});
