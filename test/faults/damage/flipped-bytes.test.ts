import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import { batchdeck, deploy, showJob } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import type { OpenWorkspace } from "../../helpers/engine/open-workspace.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { watchedHost } from "../../helpers/engine/watched-host.ts";
import { closeEngines, openEngine, show, submit } from "../../helpers/engine/workspaces.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { expectSameFiles } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";
import { until } from "../../helpers/until.ts";

/**
 * Two jobs that were interrupted half way, and one byte of a file of the first, or of the registry, that the disk changed
 * or lost with all behind it. The first job comes to the same files, or says what is wrong; the second one always comes to
 * them. Set DAMAGE_SEED to see a run again.
 */
const { root, home, input, outOf } = temporaryPlaces("flipped");
const seed = Number(process.env["DAMAGE_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = Number(process.env["DAMAGE_ROUNDS"] ?? (isLong ? 1000 : 7));
const random = seededRandom(seed);
const jobs = ["hit", "other"] as const;
const kept = path.join(root, "kept");
const request = { endpointName: "dense", inputPath: input, overrides: { instance_count: "1", mini_batch_size: "1" } };

const inJob = (name: string) => path.join(home, "jobs", "hit", name);

function filesBelow(folder: string, ending: RegExp): readonly string[] {
  if (!fs.existsSync(folder)) return [];
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map(({ name }) => path.join(folder, name));
}

/** The kinds of files that are damaged in turn. */
const kinds: readonly (readonly [what: string, files: () => readonly string[]])[] = [
  ["journal", () => [inJob("journal.db")]],
  ["listing", () => [inJob("listing.jsonl")]],
  ["segment", () => filesBelow(inJob("segments"), /\.segment$/)],
  ["part", () => filesBelow(outOf("hit"), /\.part$/)],
  ["status", () => filesBelow(inJob("segments"), /\.status$/)],
  ["write-ahead log", () => filesBelow(inJob(""), /journal\.db-wal$/)],
  ["registry", () => [path.join(home, "registry.db")]],
];

type Harm = { readonly words: string; readonly kind: string };

function harm(round: number): Harm {
  const [kind = "", filesOf = () => []] = kinds[round % kinds.length] ?? [];
  const files = filesOf().filter((file) => fs.existsSync(file) && fs.statSync(file).size > 0);
  const file = files[Math.floor(random() * files.length)];
  if (file === undefined) return { words: `no ${kind} to damage`, kind };
  const { size } = fs.statSync(file);
  const at = Math.floor(random() * size);
  if (random() < 0.25) {
    fs.truncateSync(file, at);
    return { words: `${path.basename(file)} cut from ${size} to ${at} bytes`, kind };
  }
  const bytes = fs.readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255));
  fs.writeFileSync(file, bytes);
  return { words: `byte ${at} of ${size} of ${path.basename(file)} flipped`, kind };
}

function restore(): void {
  for (const [from, to] of [
    ["home", home],
    ["out", path.join(root, "out")],
  ] as const) {
    fs.rmSync(to, { recursive: true, force: true });
    fs.cpSync(path.join(kept, from), to, { recursive: true, preserveTimestamps: true });
  }
}

const isSettled = (job: JobView) => isTerminal(job.status) || (job.status === "Paused" && job.problem !== null);

/** Waits until both jobs have ended, or say why they cannot; a pause that passes by itself is waited out. */
async function settle(workspace: OpenWorkspace): Promise<string | null> {
  const since = Date.now();
  let told: string | null = null;
  await until(() => {
    told = problemLineOf(workspace);
    if (told !== null) return true;
    const shown = jobs.map((job) => show(workspace, job));
    return shown.every((job) => isTerminal(job.status)) || (Date.now() - since > 15_000 && shown.every(isSettled));
  }, 20);
  return told;
}

function problemLineOf(workspace: OpenWorkspace): string | null {
  const problem = workspace.engine.writeProblem();
  return problem === null ? null : problemSentence(problem);
}

function openOrRefusal(): OpenWorkspace | string {
  try {
    return openEngine({ home });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What completed jobs no longer need goes after their end: it must not go on while the next round begins. */
async function closeAll(workspace: OpenWorkspace): Promise<void> {
  const isLeft = (job: string) =>
    workspace.registry.jobs.find(job)?.status === "Completed" &&
    fs.existsSync(path.join(home, "jobs", job, "segments"));
  const since = Date.now();
  await until(() => !jobs.some(isLeft) || Date.now() - since > 2000).catch(() => undefined);
  await closeEngines();
}

function countsOf({ succeeded, failed, skipped, total }: JobView) {
  return { succeeded, failed, skipped, total };
}

/** Taken before anything is damaged: a round may damage the registry's row of the undisturbed job, too. */
let undisturbedCounts: ReturnType<typeof countsOf>;

function isRight(workspace: OpenWorkspace, job: string): boolean {
  const shown = show(workspace, job);
  if (shown.status !== "Completed") return false;
  expectSameFiles(outOf(job), outOf("undisturbed"));
  expect(countsOf(shown), job).toEqual(undisturbedCounts);
  return true;
}

beforeAll(async () => {
  console.log(`damage seed: ${seed}`);
  writeCsvFolder(input, { files: 12, rowsPerFile: 40, features: 4 });
  fs.appendFileSync(path.join(input, "part-0003.csv"), "9999,abc,1,1,1\n");
  await deploy(home, "dense", denseModel({ features: 4, hidden: [16], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
  const first = openEngine({ home });
  first.engine.start();
  await submit(first, { ...request, outputFolder: outOf("undisturbed"), jobName: "undisturbed" });
  await until(() => isTerminal(show(first, "undisturbed").status));
  undisturbedCounts = countsOf(show(first, "undisturbed"));
  await closeEngines();
  // Of the later mini-batches nobody ever hears that they are done; then the engine ends as if it was killed.
  const second = openEngine({
    home,
    processHost: watchedHost({
      fromProcess(program, message, deliver) {
        if (program !== "worker" || message.type !== "mini-batches-committed") return false;
        const { miniBatches } = message as unknown as { readonly miniBatches: readonly { miniBatchId: number }[] };
        const heard = miniBatches.filter(({ miniBatchId }) => miniBatchId < 7);
        if (heard.length > 0) deliver({ ...message, miniBatches: heard });
        return true;
      },
    }),
  });
  second.engine.start();
  for (const job of jobs) await submit(second, { ...request, outputFolder: outOf(job), jobName: job });
  const partOf = (job: string) => path.join(outOf(job), "predictions.csv.part");
  await until(() => jobs.every((job) => fs.existsSync(partOf(job)) && fs.statSync(partOf(job)).size > 3000));
  second.engine.kill();
  await closeEngines();
  fs.cpSync(home, path.join(kept, "home"), { recursive: true, preserveTimestamps: true });
  fs.cpSync(path.join(root, "out"), path.join(kept, "out"), { recursive: true, preserveTimestamps: true });
});

afterEach(closeEngines);

describe("damage of one job", () => {
  it("is healed or told, and no other job suffers", async () => {
    const healed = new Map<string, number>();
    for (let round = 0; round < rounds; round += 1) {
      restore();
      const { words, kind } = harm(round);
      const opened = openOrRefusal();
      if (typeof opened === "string") {
        expect(opened, words).toMatch(/registry\.db/);
        expect(kind, `${words}: ${opened}`).toBe("registry");
        continue;
      }
      opened.engine.start();
      const told = await settle(opened);
      if (told !== null) {
        expect(kind, `${words}: ${told}`).toBe("registry");
        await closeAll(opened);
        continue;
      }
      const right = jobs.filter((job) => isRight(opened, job));
      for (const job of jobs.filter((one) => !right.includes(one))) {
        const { problem } = show(opened, job);
        const sentence = problem === null ? "" : problemSentence(problem);
        expect(problem?.code, `${words}: ${job}: ${sentence}`).toMatch(
          /^(registry|input|output|workspace|model|job)\//,
        );
      }
      if (kind !== "registry") expect(right, words).toContain("other");
      if (right.includes("hit")) healed.set(kind, (healed.get(kind) ?? 0) + 1);
      await closeAll(opened);
    }
    console.log(`healed, by what was damaged: ${JSON.stringify(Object.fromEntries(healed))} of ${rounds} rounds`);
    if (rounds < 7) return;
    for (const kind of ["journal", "listing", "segment", "part"])
      expect(healed.get(kind) ?? 0, kind).toBeGreaterThan(0);
  });
});

describe("one byte of a journal's JSON", () => {
  it("costs the job what it had done, and says so; a healthy job of the same engine does not notice", async () => {
    restore();
    const journal = new Database(inJob("journal.db"));
    journal.exec("UPDATE units SET parts = replace(parts, '\"modifiedMs\":', '\"modifiedMs\";')");
    journal.close();
    const [hit, other] = await Promise.all(jobs.map((job) => batchdeck(home, "job", "resume", "-n", job)));
    expect([hit?.code, other?.code], `${hit?.stderr}${other?.stderr}`).toEqual([3, 3]);
    for (const job of jobs) expectSameFiles(outOf(job), outOf("undisturbed"));
    expect(hit?.stderr).toContain("The journal of the job was damaged, so everything was scored again");
    expect(other?.stderr).not.toContain("damaged");
    expect(fs.existsSync(`${inJob("journal.db")}.damaged`)).toBe(true);
    expect((await showJob(home, "hit")).warnings.join()).toContain("journal");
  });
});

describe("a list of files that was cut at a line's end", () => {
  it("is listed again, and no file is left out", async () => {
    restore();
    const lines = fs.readFileSync(inJob("listing.jsonl"), "utf8").split("\n");
    fs.writeFileSync(inJob("listing.jsonl"), `${lines.slice(0, 6).join("\n")}\n`);
    const ran = await batchdeck(home, "job", "resume", "-n", "hit");
    expect(ran.code, ran.stderr).toBe(3);
    expectSameFiles(outOf("hit"), outOf("undisturbed"));
    expect(ran.stderr).toContain("The list of the job's files was damaged");
  });
});

describe("a job whose row in the registry is damaged", () => {
  it("is named with what can be done, the others go on, and it can be deleted", async () => {
    restore();
    const registry = new Database(path.join(home, "registry.db"));
    registry.exec("UPDATE jobs SET spec = replace(spec, '\"batch\":', '\"batch\";') WHERE name = 'hit'");
    registry.close();
    const listed = await batchdeck(home, "job", "list", "--json");
    expect(listed.code, listed.stderr).toBe(0);
    const found = JSON.parse(listed.stdout) as readonly { readonly name: string; readonly status: string }[];
    expect(found.map(({ name, status }) => [name, status])).toContainEqual(["hit", "Failed"]);
    const resumed = await batchdeck(home, "job", "resume", "-n", "hit");
    expect([resumed.code, resumed.stderr]).toEqual([1, expect.stringContaining("batchdeck job delete -n hit --yes")]);
    const other = await batchdeck(home, "job", "resume", "-n", "other");
    expect(other.code, other.stderr).toBe(3);
    expectSameFiles(outOf("other"), outOf("undisturbed"));
    expect((await batchdeck(home, "job", "delete", "-n", "hit", "--yes")).code).toBe(0);
    expect((await batchdeck(home, "job", "show", "-n", "hit")).code).toBe(2);
  });
});
