import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy, startBatchdeckWith } from "../helpers/batchdeck.ts";
import { writeCsvFolder } from "../helpers/data/data-fixtures.ts";
import type { FaultErrno, FaultPlace, FaultRule } from "../helpers/engine/fault-shim.ts";
import { buildFaultShim, faultPlace, isLong, startFaultyEngine } from "../helpers/engine/fault-shim.ts";
import type { EngineRequest } from "./faulty-engine.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import { sleep } from "../helpers/sleep.ts";
import { problemSchema } from "../../electron/contract/problem.ts";
import { englishWords } from "../../electron/contract/words/english-problems.ts";

/**
 * A disk that refuses: at every kind of call on the output, on the job's folder and on the registry, with every errno
 * that a disk has for it. The job pauses with a sentence that names the place, leaves nothing partial under a final name,
 * goes on by itself within ten seconds of the repair, and ends with the same bytes.
 */
const { root, home, input } = temporaryPlaces("blocked");
const outputs = path.join(root, "out");
const errnos: readonly FaultErrno[] = ["ENOSPC", "EIO", "EACCES", "EDQUOT"];
const withinMs = 10_000;

let place: FaultPlace;
let registry: Database.Database;

const outOf = (job: string) => path.join(outputs, job);
const read = (job: string, name: string) => fs.readFileSync(path.join(outOf(job), name));

type Point = {
  readonly name: string;
  readonly format: "csv" | "parquet";
  /** Calls that are refused, all of them. `JOB` in the pattern is the job's name. */
  readonly rules: readonly Pick<FaultRule, "program" | "call" | "pattern" | "nth">[];
  readonly where: "output" | "job";
  readonly only?: readonly FaultErrno[];
};

function output(name: string, program: string, calls: string, file: string, format: Point["format"] = "csv"): Point {
  const rules = calls.split(" ").map((call) => ({ program, call, pattern: `*/out/JOB${file}`, nth: 1 }));
  return { name, format, rules, where: "output" };
}

function jobFolder(name: string, program: string, call: string, file: string, nth = 1): Point {
  return { name, format: "csv", rules: [{ program, call, pattern: `*/jobs/JOB/${file}`, nth }], where: "job" };
}

const points: readonly Point[] = [
  output("making the output folder", "engine", "mkdir", ""),
  output("opening the rows", "merge-process", "open", "/predictions.csv.part"),
  output("writing rows", "merge-process", "write", "/predictions.csv.part"),
  output("writing errors", "merge-process", "write", "/errors.csv.part"),
  output("syncing rows", "merge-process", "sync", "/predictions.csv.part"),
  output("cutting the rows to length", "merge-process", "truncate", "/predictions.csv.part"),
  output("opening the Parquet file", "merge-process", "open", "/predictions.parquet.part", "parquet"),
  output("writing the Parquet file", "merge-process", "write", "/predictions.parquet.part", "parquet"),
  output("syncing the Parquet file", "merge-process", "sync", "/predictions.parquet.part", "parquet"),
  output("naming the predictions", "engine", "link rename", "/predictions.csv"),
  output("naming the errors", "engine", "link rename", "/errors.csv"),
  output("writing job.json", "engine", "write", "/job.json.part"),
  output("naming job.json", "engine", "link rename", "/job.json"),
  output("syncing the output folder", "engine", "sync", ""),
  jobFolder("opening the journal", "engine", "open", "journal.db"),
  jobFolder("writing the journal's tables", "engine", "write", "journal.db-wal"),
  jobFolder("writing the plan to the journal", "engine", "write", "journal.db-wal", 18),
  jobFolder("writing what is done to the journal", "engine", "write", "journal.db-wal", 40),
  jobFolder("syncing the journal", "engine", "sync", "journal.db-wal"),
  jobFolder("listing the input", "data-process-", "write", "listing.jsonl.*"),
  jobFolder("opening a segment", "worker-", "open", "segments/*.segment"),
  jobFolder("writing a segment", "worker-", "write", "segments/*.segment"),
  jobFolder("syncing a segment", "worker-", "sync", "segments/*.segment"),
  jobFolder("noting what is at risk", "worker-", "write", "segments/*.status"),
  { ...jobFolder("reading a segment", "merge-process", "read", "segments/*.segment"), only: ["EIO", "EACCES"] },
];

const atOnce = 6;

type Case = Point & { readonly errno: FaultErrno; readonly job: string };

/** Every point with one errno, in turn; in the long run with each that it can have. */
const cases: readonly Case[] = points.flatMap((point, index) => {
  // Files run out where files are opened.
  const own = point.only ?? (point.rules[0]?.call === "open" ? [...errnos, "EMFILE" as const] : errnos);
  const chosen = isLong ? own : [own[index % own.length] ?? "EIO"];
  return chosen.map((errno) => ({ ...point, errno, job: `p${index}-${errno.toLowerCase()}` }));
});

const groups = Array.from({ length: Math.ceil(cases.length / atOnce) }, (_, group) =>
  cases.slice(group * atOnce, (group + 1) * atOnce),
);

function requestOf(jobs: readonly { readonly job: string; readonly format: string }[]) {
  return {
    home,
    invocations: jobs.map(({ job, format }) => ({
      endpointName: "dense",
      deploymentName: null,
      inputPath: input,
      outputFolder: outOf(job),
      overrides: { instance_count: "1", mini_batch_size: "1", "batchdeck.output_format": format },
      jobName: job,
    })),
  };
}

function rulesOf({ rules, errno, job }: Case): readonly FaultRule[] {
  return rules.map((rule) => ({ ...rule, pattern: rule.pattern.replace("JOB", job), action: errno, times: "always" }));
}

type JobRow = { readonly status: string; readonly problem: string | null };
const jobRow = (job: string) =>
  registry.prepare("SELECT status, problem FROM jobs WHERE name = ?").get(job) as JobRow | undefined;

/** The sentence of the first pause of a job, from its history: by now it may be trying again. */
function pausedBecause(job: string): string | null {
  const note = registry.prepare(
    "SELECT note -> '$.problem' FROM job_history WHERE job = ? AND status = 'Paused' ORDER BY id LIMIT 1",
  );
  const problem = note.pluck().get(job) as string | null | undefined;
  return typeof problem === "string" ? englishWords(problemSchema.parse(JSON.parse(problem))).message : null;
}

/** When a job left Paused for the last time. */
function resumedAt(job: string): number {
  const at = registry.prepare(
    "SELECT at FROM job_history WHERE job = ? AND status = 'Queued' ORDER BY id DESC LIMIT 1",
  );
  return Date.parse(at.pluck().get(job) as string);
}

function expectUndisturbed(job: string, format: string): void {
  for (const name of [`predictions.${format}`, "errors.csv"]) {
    expect(read(job, name).equals(read(`undisturbed-${format}`, name)), `${job}: ${name}`).toBe(true);
  }
  expect(fs.readdirSync(outOf(job)).sort()).toEqual([`predictions.${format}`, "errors.csv", "job.json"].sort());
}

beforeAll(async () => {
  fs.mkdirSync(outputs);
  writeCsvFolder(input, { files: 6, rowsPerFile: 40, features: 4 });
  fs.appendFileSync(path.join(input, "part-0002.csv"), "9999,abc,1,1,1\n");
  await deploy(home, "dense", denseModel({ features: 4, hidden: [16], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
  place = faultPlace(buildFaultShim(root), path.join(root, "faults"), [home, outputs]);
  registry = new Database(path.join(home, "registry.db"), { readonly: true, timeout: 5000 });
  const both = (["csv", "parquet"] as const).map((format) => ({ job: `undisturbed-${format}`, format }));
  const ended = await startFaultyEngine(place, requestOf(both)).ended;
  expect(ended.code, ended.stderr).toBe(0);
});

const running = new Set<ChildProcess>();

function started(request: EngineRequest): ReturnType<typeof startFaultyEngine> {
  const engine = startFaultyEngine(place, request);
  running.add(engine.child);
  return engine;
}

afterEach(() => {
  place.repair();
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

afterAll(() => registry.close());

describe("a job that the disk refuses", () => {
  it.each(groups.map((group) => ({ names: group.map(({ name, errno }) => `${name} (${errno})`).join(", "), group })))(
    "pauses, says where, and goes on by itself: $names",
    async ({ group }) => {
      place.setRules(group.flatMap(rulesOf));
      const engine = started(requestOf(group));
      while (!group.every(({ job }) => pausedBecause(job) !== null)) {
        const over = group.filter(({ job }) => ["Completed", "Failed"].includes(jobRow(job)?.status ?? ""));
        expect(over.map(({ job, name }) => ({ name, ...jobRow(job) }))).toEqual([]);
        expect(engine.child.exitCode).toBe(null);
        await sleep(50);
      }
      for (const { job, name, format, where } of group) {
        const folder = where === "output" ? outOf(job) : path.join(home, "jobs", job);
        expect(pausedBecause(job), name).toContain(folder);
        for (const final of [`predictions.${format}`, "errors.csv"]) {
          if (!fs.existsSync(path.join(outOf(job), final))) continue;
          expect(read(job, final).equals(read(`undisturbed-${format}`, final)), `${name}: partial ${final}`).toBe(true);
        }
      }
      const repairedAt = Date.now();
      place.repair();
      const ended = await engine.ended;
      expect(ended.code, ended.stderr).toBe(0);
      for (const { job, name, format } of group) {
        expect(jobRow(job)?.status, name).toBe("Completed");
        expect(resumedAt(job) - repairedAt, name).toBeLessThan(withinMs);
        expectUndisturbed(job, format);
      }
    },
  );
});

describe("a registry that cannot be written", () => {
  const moments = isLong ? [1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60] : [1, 25, 40];
  it.each(
    errnos
      .flatMap((errno) => moments.map((nth) => ({ errno, nth })))
      .filter(({ nth, errno }) => isLong || (nth + errno.length) % 2 === 0),
  )("holds a job up and nothing is lost ($errno from write $nth on)", async ({ errno, nth }) => {
    const job = `registry-${errno.toLowerCase()}-${nth}`;
    // Submitted before: what is tried here is what the engine writes.
    place.setRules([
      { action: "before", program: "engine", call: "open", pattern: `*/jobs/${job}/*`, nth: 1, times: "once" },
    ]);
    await startFaultyEngine(place, requestOf([{ job, format: "csv" }])).ended;
    place.setRules([
      { action: errno, program: "engine", call: "write", pattern: "*/registry.db-wal", nth, times: "always" },
    ]);
    const engine = started(requestOf([{ job, format: "csv" }]));
    await sleep(4000);
    const wasHeldUp = engine.child.exitCode === null;
    place.repair();
    const ended = await engine.ended;
    // One that cannot write at all when it opens the workspace says so and ends; the next one goes on.
    if (ended.code !== 0) {
      expect(ended.stderr).toContain(path.join(home, "registry.db"));
      const next = await startFaultyEngine(place, requestOf([{ job, format: "csv" }])).ended;
      expect(next.code, next.stderr).toBe(0);
    } else if (nth < 40) expect(wasHeldUp).toBe(true);
    expect(jobRow(job)?.status).toBe("Completed");
    expectUndisturbed(job, "csv");
  });
});

describe("a command that must write to a registry that takes nothing", () => {
  it.each([
    ["ENOSPC", "There is no space left to write to"],
    ["EIO", "cannot be used right now (EIO)"],
  ] as const)("is refused with a sentence, and changes nothing (%s)", async (errno, sentence) => {
    const job = `refused-${errno.toLowerCase()}`;
    const submit = ["invoke", "-n", "dense", "--input", input, "--output-path", outOf(job), "--job-name", job];
    expect((await batchdeck(home, ...submit, "--no-wait")).code).toBe(0);
    place.setRules([
      { action: errno, program: "engine", call: "write", pattern: "*/registry.db-wal", nth: 1, times: "always" },
    ]);
    const ran = await startBatchdeckWith(place.environment, home, "job", "update", "-n", job, "--priority", "high")
      .ended;
    place.repair();
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(sentence);
    expect(ran.stderr).toContain(home);
    expect(ran.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(jobRow(job)?.status).toBe("Queued");
    expect((await batchdeck(home, "job", "cancel", "-n", job)).code).toBe(0);
  });
});
