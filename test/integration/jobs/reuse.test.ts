import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, batchdeckJson, deploy, showJob } from "../../helpers/batchdeck.ts";
import { runInProcess } from "../../helpers/command-line.ts";
import { writeImageFolder, writeParquetFolder } from "../../helpers/data/data-fixtures.ts";
import { neighboursModel } from "../../helpers/models/model-fixtures.ts";
import { echoModel } from "../../helpers/models/text-models.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { imageModel } from "../../helpers/models/image-models.ts";

/**
 * Jobs that take rows over from a finished one. The model adds up all rows of a run, so that a row that was taken over out of
 * another run than a fresh job would make shows in the bytes.
 */
const { root, home } = temporaryPlaces("reuse");
let places = 0;

const formats = ["csv", "parquet", ...(isLong ? (["jsonl", "azureml"] as const) : [])] as const;

/** A folder of three tables. */
function makeInput(): string {
  places += 1;
  const folder = path.join(root, `input-${places}`);
  fs.mkdirSync(folder);
  for (const name of ["b", "d", "f"]) writeTable(folder, name, 100);
  return folder;
}

/** `bad` names rows (from 1) that hold a word for a number. */
function writeTable(folder: string, name: string, rows: number, bad: readonly number[] = []): void {
  const lines = Array.from({ length: rows }, (_, index) => {
    const id = index % 9 === 4 ? `"${name}\n""${index}"", ü"` : `${name}${index}`;
    return `${id},${bad.includes(index + 1) ? "abc" : index},${rows}`;
  });
  fs.writeFileSync(path.join(folder, `${name}.csv`), `id,a,b\n${lines.join("\n")}\n`);
}

async function invoke(endpoint: string, input: string, job: string, ...more: readonly string[]) {
  const args = ["invoke", "-n", endpoint, "--input", input, "--output-path", path.join(root, job), "--job-name", job];
  const ran = await runInProcess(home, ...args, ...more);
  expect([0, 3], ran.stderr).toContain(ran.code);
  return ran;
}

/** What a job left, by file: the predictions whatever they are called, and the errors. */
function filesOf(job: string): Readonly<Record<string, string>> {
  const folder = path.join(root, job);
  const names = fs.readdirSync(folder).filter((name) => name !== "job.json");
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "latin1")]));
}

type JobFile = { readonly counts: { total: number; succeeded: number; failed: number; skipped: number } };

function countsOf(job: string): JobFile["counts"] {
  return (JSON.parse(fs.readFileSync(path.join(root, job, "job.json"), "utf8")) as JobFile).counts;
}

async function expectAsFresh(endpoint: string, input: string, job: string, ...more: readonly string[]): Promise<void> {
  places += 1;
  const fresh = `fresh-${places}`;
  await invoke(endpoint, input, fresh, ...more);
  expect(Object.keys(filesOf(job)).sort()).toHaveLength(2);
  expect(filesOf(job)).toEqual(filesOf(fresh));
  const [found, wanted] = [countsOf(job), countsOf(fresh)];
  expect([found.total, found.succeeded, found.failed]).toEqual([wanted.total, wanted.succeeded, wanted.failed]);
  expect(found.succeeded + found.failed + found.skipped).toBe(found.total);
}

beforeAll(async () => {
  await deploy(home, "sums", neighboursModel(2), {
    scorer: "input:\n  columns: {features: [a, b]}\noutput:\n  keep: [id]\nbatch: 7\n",
  });
  await deploy(home, "pictures", imageModel(), { scorer: "batch: 4\n", settings: ["mini_batch_size: 10"] });
});

describe.each(formats)("an incremental job (%s)", (format) => {
  const set = ["--set", `batchdeck.output_format=${format}`];

  it("scores what is new, changed or had failed, and keeps the rest, from job to job", async () => {
    const input = makeInput();
    writeTable(input, "d", 100, [50]);
    await invoke("sums", input, `first-${format}`, ...set);
    writeTable(input, "a", 30);
    writeTable(input, "f", 90);
    const ran = await invoke("sums", input, `second-${format}`, ...set, "--incremental");
    // Of d the run of seven rows that holds the bad one is scored again.
    expect(ran.stderr).toContain(`Reused 193 of 320 rows from first-${format}; 127 are scored.`);
    fs.rmSync(path.join(input, "b.csv"));
    writeTable(input, "d", 100);
    const third = await invoke("sums", input, `third-${format}`, ...set, "--incremental");
    expect(third.stderr).toContain(`Reused 120 of 220 rows from second-${format}; 100 are scored.`);
    await expectAsFresh("sums", input, `third-${format}`, ...set);
    expect(await showJob(home, `third-${format}`)).toMatchObject({ reused: 120, base_job: `second-${format}` });
  });
});

describe("an incremental job", () => {
  it("takes over runs of Parquet rows as they were cut", async () => {
    const input = path.join(root, "input-parquet");
    await writeParquetFolder(input, { files: 2, rowsPerFile: 500, features: 2, seed: 3, rowGroupSize: 100 });
    await deploy(home, "rows", neighboursModel(2), {
      scorer: "input:\n  columns: {features: [f0, f1]}\nbatch: 7\n",
    });
    await invoke("rows", input, "parquet-first");
    fs.copyFileSync(path.join(input, fs.readdirSync(input).sort()[0] ?? ""), path.join(input, "zz.parquet"));
    const ran = await invoke("rows", input, "parquet-second", "--incremental");
    expect(ran.stderr).toContain("Reused 1,000 of 1,500 rows from parquet-first; 500 are scored.");
    await expectAsFresh("rows", input, "parquet-second");
  });

  it("takes over pictures as far as the same ones are run together", async () => {
    const input = path.join(root, "input-pictures");
    writeImageFolder(input, { count: 26 });
    await invoke("pictures", input, "pictures-first");
    fs.copyFileSync(path.join(input, "image-0003.png"), path.join(input, "image-0999.png"));
    const ran = await invoke("pictures", input, "pictures-second", "--incremental");
    // Mini-batches of 10, 10 and 6 pictures, in runs of 4, 4 and 2: the last one has a third picture now.
    expect(ran.stderr).toContain("Reused 24 of 27 files from pictures-first; 3 are scored.");
    fs.rmSync(path.join(input, "image-0011.png"));
    const third = await invoke("pictures", input, "pictures-third", "--incremental");
    expect(third.stderr).toContain("Reused 10 of 26 files from pictures-second; 16 are scored.");
    await expectAsFresh("pictures", input, "pictures-third");
  });

  it("takes over lines of texts that were run together, and whole texts in runs of neighbours", async () => {
    const input = path.join(root, "input-texts");
    fs.mkdirSync(input);
    const write = (name: string, lines: number) =>
      fs.writeFileSync(
        path.join(input, name),
        Array.from({ length: lines }, (_, line) => `${name} ${line}\n`).join(""),
      );
    for (const name of ["a.txt", "b.txt", "c.txt"]) write(name, 20);
    await deploy(home, "lines", echoModel(), { scorer: "input: {kind: text, items: line}\nbatch: 7\n" });
    await deploy(home, "texts", echoModel(), { scorer: "input: {kind: text}\nbatch: 2\n" });
    for (const endpoint of ["lines", "texts"]) await invoke(endpoint, input, `${endpoint}-first`);
    write("b.txt", 30);
    const lines = await invoke("lines", input, "lines-second", "--incremental");
    expect(lines.stderr).toContain("Reused 40 of 70 rows from lines-first; 30 are scored.");
    await expectAsFresh("lines", input, "lines-second");
    const texts = await invoke("texts", input, "texts-second", "--incremental");
    expect(texts.stderr).toContain("Reused 1 of 3 files from texts-first; 2 are scored.");
    await expectAsFresh("texts", input, "texts-second");
  });

  it("says when there is nothing to take over, and when other settings made the rows", async () => {
    const input = makeInput();
    const ran = await invoke("sums", input, "alone", "--incremental");
    expect(ran.stderr).toContain("There is no finished job to take rows over from: everything is scored.");
    const other = await invoke("sums", input, "other", "--incremental", "--set", "batchdeck.csv_formulas=keep");
    expect(other.stderr).toContain("everything is scored");
    expect(await showJob(home, "other")).toMatchObject({ reused: 0, base_job: null });
  });

  it("scores again what somebody changed in the base's predictions, however little", async () => {
    const input = makeInput();
    await invoke("sums", input, "touched");
    const predictions = path.join(root, "touched", "predictions.csv");
    const text = fs.readFileSync(predictions, "utf8");
    fs.writeFileSync(predictions, text.replace("d30", "d31"));
    await invoke("sums", input, "after-touched", "--incremental");
    await expectAsFresh("sums", input, "after-touched");
    fs.appendFileSync(predictions, "more\n");
    const ran = await invoke("sums", input, "from-another", "--incremental");
    expect(ran.stderr).toMatch(/Reused 300 of 300 rows from \S+; 0 are scored/);
    await expectAsFresh("sums", input, "from-another");
  });
});

describe.each(formats)("a retry (%s)", (format) => {
  it("keeps the rows of runs without a failure and puts the others in their places", async () => {
    const job = `mended-${format}`;
    const input = makeInput();
    writeTable(input, "b", 100, [1, 2]);
    writeTable(input, "d", 100, [50]);
    const set = ["--set", `batchdeck.output_format=${format}`];
    await invoke("sums", input, job, ...set);
    // Of b all is scored again, since it was changed; of d the run with the bad row, which is still bad.
    writeTable(input, "b", 80);
    writeTable(input, "new", 10);
    const ran = await runInProcess(home, "job", "retry-failed", "-n", job);
    expect(ran.code, ran.stderr).toBe(3);
    expect(ran.stderr).toContain(`1 file was changed since ${job} ran: scored again whole.`);
    expect(ran.stderr).toContain(`Reused 193 of 280 rows from ${job}; 87 are scored.`);
    expect(ran.stdout).toContain(`${job}: Completed with 1 error.`);
    fs.rmSync(path.join(input, "new.csv"));
    writeTable(input, "d", 100);
    const again = await runInProcess(home, "job", "retry-failed", "-n", job);
    expect(again.code, again.stderr).toBe(0);
    await expectAsFresh("sums", input, job, ...set);
    expect(JSON.parse(fs.readFileSync(path.join(root, job, "job.json"), "utf8"))).toMatchObject({
      name: job,
      status: "Completed",
      counts: { total: 280, failed: 0 },
      reuse: { job, reason: "retry-failed", by: `${job}-retry-2`, items: 180 },
    });
  });
});

describe("a retry", () => {
  const retry = (job: string) => runInProcess(home, "job", "retry-failed", "-n", job);

  async function failedJob(job: string): Promise<string> {
    const input = makeInput();
    writeTable(input, "d", 100, [50]);
    await invoke("sums", input, job);
    return input;
  }

  it("is refused in one sentence when it cannot be", async () => {
    const input = await failedJob("refused");
    await invoke("sums", makeInput(), "flawless");
    const before = filesOf("refused");
    const expectRefused = async (job: string, sentence: RegExp) => {
      const ran = await retry(job);
      expect([ran.code, ran.stderr.trim()]).toEqual([2, expect.stringMatching(sentence)]);
      expect(ran.stderr.trim().split("\n")).toHaveLength(1);
    };
    await expectRefused("nobody", /^There is no job named "nobody"\./);
    await expectRefused("flawless", /^Nothing failed in the job flawless\.$/);
    fs.renameSync(path.join(input, "b.csv"), path.join(root, "b.csv"));
    await expectRefused("refused", /^Of the files that the job refused had scored 1 is gone \(such as "b\.csv"\)/);
    fs.renameSync(path.join(root, "b.csv"), path.join(input, "b.csv"));
    fs.renameSync(input, `${input}-away`);
    await expectRefused("refused", /does not exist/);
    fs.renameSync(`${input}-away`, input);
    fs.renameSync(path.join(root, "refused", "predictions.csv"), path.join(root, "away.csv"));
    await expectRefused("refused", /^The files that the job refused wrote are not in /);
    fs.renameSync(path.join(root, "away.csv"), path.join(root, "refused", "predictions.csv"));
    await runInProcess(home, "job", "pause", "--all");
    const waiting = await batchdeckJson<{ name: string }>(home, ...invokeWaiting(input, "waiting"));
    await expectRefused(waiting.name, /^The job waiting has not ended: it is Queued\./);
    await runInProcess(home, "job", "cancel", "-n", "waiting");
    await runInProcess(home, "job", "resume", "--all");
    await expectRefused("waiting", /^The job waiting is Canceled: it ended before it had tried everything\./);
    expect(filesOf("refused")).toEqual(before);
  });

  function invokeWaiting(input: string, job: string): string[] {
    const place = ["--output-path", path.join(root, job), "--job-name", job];
    return ["invoke", "-n", "sums", "--input", input, ...place, "--no-wait"];
  }

  it("makes a Completed job of one in which nothing had succeeded", async () => {
    const input = path.join(root, "input-hopeless");
    fs.mkdirSync(input);
    writeTable(input, "a", 2, [1, 2]);
    const args = ["invoke", "-n", "sums", "--input", input, "--output-path", path.join(root, "hopeless")];
    // A column whose first cells are no numbers is refused at once, so they fail later.
    fs.writeFileSync(path.join(input, "a.csv"), `id,a,b\n${Array.from({ length: 3 }, () => "x,1,2,3").join("\n")}\n`);
    const ran = await runInProcess(home, ...args, "--job-name", "hopeless");
    expect(ran.code, ran.stderr).toBe(1);
    writeTable(input, "a", 20);
    const again = await retry("hopeless");
    expect(again.code, again.stderr).toBe(0);
    await expectAsFresh("sums", input, "hopeless");
    expect(await showJob(home, "hopeless")).toMatchObject({ status: "Completed", problem: null, total: 20 });
  });

  it("that fails leaves the job as it was", async () => {
    const input = await failedJob("untouched");
    const before = filesOf("untouched");
    const record = fs.readFileSync(path.join(root, "untouched", "job.json"), "utf8");
    const everyRow = Array.from({ length: 100 }, (_, index) => index + 1);
    for (const name of ["b", "d", "f"]) writeTable(input, name, 100, everyRow);
    const ran = await retry("untouched");
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("There is no succeeded mini batch item")]);
    expect(filesOf("untouched")).toEqual(before);
    expect(fs.readFileSync(path.join(root, "untouched", "job.json"), "utf8")).toBe(record);
    expect(await showJob(home, "untouched")).toMatchObject({ status: "Completed", succeeded: 299, failed: 1 });
  });

  it("that is cancelled leaves the job as it was, and what it needs is not deleted", async () => {
    await failedJob("steady");
    const before = filesOf("steady");
    await runInProcess(home, "job", "pause", "--all");
    // Two commands at once are two processes.
    const running = batchdeck(home, "job", "retry-failed", "-n", "steady");
    while ((await batchdeck(home, "job", "show", "-n", "steady-retry-1")).code !== 0) continue;
    const kept = await runInProcess(home, "job", "delete", "-n", "steady", "--yes");
    expect([kept.code, kept.stderr]).toEqual([2, expect.stringContaining("takes rows over from steady")]);
    const second = await retry("steady");
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining("writes to the same output folder")]);
    await runInProcess(home, "job", "cancel", "-n", "steady-retry-1");
    expect((await running).code).toBe(130);
    await runInProcess(home, "job", "resume", "--all");
    expect(filesOf("steady")).toEqual(before);
    expect(await showJob(home, "steady")).toMatchObject({ status: "Completed", failed: 1 });
    expect((await retry("steady")).code).toBe(3);
    const holder = await runInProcess(home, "job", "delete", "-n", "steady-retry-2", "--yes");
    expect([holder.code, holder.stderr]).toEqual([2, expect.stringContaining("holds the records of steady")]);
    expect((await retry("steady-retry-2")).stderr).toContain("batchdeck job retry-failed -n steady");
  });
});
