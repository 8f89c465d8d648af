import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { problemSchema } from "../../../electron/contract/problem.ts";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import { batchdeck, deploy, type Running, startBatchdeck, untilScored } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { expectSameFiles } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { kill } from "../../helpers/processes.ts";
import { seededRandom } from "../../helpers/random.ts";
import { sleep } from "../../helpers/sleep.ts";
import { until } from "../../helpers/until.ts";

/**
 * Two workspaces whose jobs write to one folder, each with a real engine of its own. Their models differ, so it shows whose
 * rows a file holds. Set SHARED_SEED to see the moments of a run again.
 */
const { root, input, outOf } = temporaryPlaces("shared-output");
const seed = Number(process.env["SHARED_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = isLong ? 500 : 3;

type Side = { readonly name: string; readonly home: string; readonly registry: Database.Database };
const sides: Side[] = [];
const running = new Set<Running>();

function start(home: string, ...args: readonly string[]): Running {
  const command = startBatchdeck(home, ...args);
  running.add(command);
  return command;
}

const invokeArguments = (job: string, out: string) => [
  ...["invoke", "-n", "dense", "--input", input, "--output-path", out, "--job-name", job],
  ...["--instance-count", "1", "--mini-batch-size", "1"],
];

type JobRow = { readonly status: string; readonly problem: string | null };
const jobRow = ({ registry }: Side, job: string) =>
  registry.prepare("SELECT status, problem FROM jobs WHERE name = ?").get(job) as JobRow | undefined;
const statusOf = (side: Side, job: string) => jobRow(side, job)?.status ?? "refused";

/** Why a job paused itself, in words; empty when it did not. */
function pausedFor(side: Side, job: string): string {
  const row = jobRow(side, job);
  if (row?.status !== "Paused" || row.problem === null) return "";
  return problemSentence(problemSchema.parse(JSON.parse(row.problem)));
}

/** How often a job paused itself. */
function pausesOf({ registry }: Side, job: string): number {
  const query = registry.prepare("SELECT count(*) FROM job_history WHERE job = ? AND status = 'Paused'").pluck();
  return Number(query.get(job));
}

function expectOwnFiles({ name }: Side, job: string, out: string): void {
  expectSameFiles(out, outOf(`undisturbed-${name}`));
  const record = JSON.parse(fs.readFileSync(path.join(out, "job.json"), "utf8")) as { readonly name: string };
  expect(record.name).toBe(job);
  expect(fs.readdirSync(out).sort()).toEqual(["errors.csv", "job.json", "predictions.csv"]);
}

function moveFiles(out: string): void {
  fs.mkdirSync(`${out}-first`);
  for (const name of fs.readdirSync(out)) fs.renameSync(path.join(out, name), path.join(`${out}-first`, name));
}

const [first, second] = [() => sides[0] as Side, () => sides[1] as Side];

beforeAll(async () => {
  console.log(`shared output seed: ${seed}`);
  writeCsvFolder(input, { files: 400, rowsPerFile: 60, features: 4 });
  fs.appendFileSync(path.join(input, "part-0003.csv"), "9999,abc,1,1,1\n");
  for (const [index, name] of ["a", "b"].entries()) {
    const home = path.join(root, `home-${name}`);
    await deploy(home, "dense", denseModel({ features: 4, hidden: [1024, 1024, 1024], classes: 3, seed: index + 1 }), {
      scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
    });
    const ran = await batchdeck(home, ...invokeArguments(`undisturbed-${name}`, outOf(`undisturbed-${name}`)));
    expect(ran.code, ran.stderr).toBe(3);
    sides.push({
      name,
      home,
      registry: new Database(path.join(home, "registry.db"), { readonly: true, timeout: 5000 }),
    });
  }
});

afterEach(async () => {
  for (const { child } of running) kill(child.pid, "SIGKILL");
  await Promise.all([...running].map(({ ended }) => ended));
  running.clear();
});

afterAll(() => {
  for (const { registry } of sides) registry.close();
});

/** A job of the first workspace that works in a folder. */
async function startWorking(working: string, out: string): Promise<Running> {
  const one = start(first().home, ...invokeArguments(working, out));
  await untilScored(first().home, working, 2000);
  await until(() => fs.existsSync(path.join(out, "errors.csv.part")));
  return one;
}

/** The same, and a job of the second workspace that was queued when the folder was still free. */
async function jobsInOneFolder(label: string) {
  const out = outOf(label);
  const [working, waiting] = [`${label}-a`, `${label}-b`];
  const queued = await batchdeck(second().home, ...invokeArguments(waiting, out), "--no-wait");
  expect(queued.code, queued.stderr).toBe(0);
  return { out, working, waiting, one: await startWorking(working, out) };
}

/** Does something while an engine stands still, so that its job cannot be over before that. */
async function whileStopped({ child }: Running, work: () => Promise<void>): Promise<void> {
  kill(child.pid, "SIGSTOP");
  try {
    await work();
  } finally {
    kill(child.pid, "SIGCONT");
  }
}

describe("a job whose output folder another workspace's job works in", () => {
  it("is refused before it starts, and nothing is stored", async () => {
    const [working, out] = ["refusing", outOf("refused")];
    const one = await startWorking(working, out);
    await whileStopped(one, async () => {
      const ran = await batchdeck(second().home, ...invokeArguments("late", path.join(out, "..", path.basename(out))));
      const named = `${working} of the workspace ${first().home}`;
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(named)]);
      expect(statusOf(second(), "late")).toBe("refused");
    });
    expect((await one.ended).code).toBe(3);
    expectOwnFiles(first(), working, out);
  });

  it("pauses and names it, and goes on by itself once the folder is free", async () => {
    const { out, working, waiting, one } = await jobsInOneFolder("waiting");
    const other = start(second().home, "job", "resume", "-n", waiting);
    await whileStopped(one, async () => {
      await until(() => pausedFor(second(), waiting) !== "");
      expect(pausedFor(second(), waiting)).toContain(`${working} of the workspace ${first().home}`);
      await until(() => other.noted().includes(working));
    });
    expect((await one.ended).code).toBe(3);
    expectOwnFiles(first(), working, out);
    await until(() => pausedFor(second(), waiting).includes(path.join(out, "predictions.csv")));
    moveFiles(out);
    expect((await other.ended).code).toBe(3);
    // For the claim, for the first file, and for one more when it looked while they were being moved.
    expect(pausesOf(second(), waiting)).toBeLessThan(4);
    expectOwnFiles(second(), waiting, out);
  });

  it("takes the folder over from a workspace whose engine was killed, which loses nothing", async () => {
    const { out, working, waiting, one } = await jobsInOneFolder("killed");
    const other = start(second().home, "job", "resume", "-n", waiting);
    await whileStopped(one, async () => {
      await until(() => pausedFor(second(), waiting) !== "");
      kill(one.child.pid, "SIGKILL");
    });
    await one.ended;
    expect((await other.ended).code).toBe(3);
    expectOwnFiles(second(), waiting, out);
    const resumed = start(first().home, "job", "resume", "-n", working);
    await until(() => pausedFor(first(), working).includes(path.join(out, "predictions.csv")));
    moveFiles(out);
    expect((await resumed.ended).code).toBe(3);
    expectOwnFiles(first(), working, out);
  });

  it("waits for a job that its user paused, which finds the folder as it left it", async () => {
    const { out, working, waiting, one } = await jobsInOneFolder("paused");
    kill(one.child.pid, "SIGINT");
    expect((await one.ended).code).toBe(130);
    const merged = fs.statSync(path.join(out, "errors.csv.part")).ino;
    start(second().home, "job", "resume", "-n", waiting);
    await until(() => pausedFor(second(), waiting).includes(working));
    const resumed = start(first().home, "job", "resume", "-n", working);
    await until(() => statusOf(first(), working) === "Running");
    expect(fs.statSync(path.join(out, "errors.csv.part")).ino).toBe(merged);
    expect((await resumed.ended).code).toBe(3);
    expectOwnFiles(first(), working, out);
  });
});

describe("two workspaces that invoke into one folder in the same second", () => {
  const random = seededRandom(seed);
  for (let round = 1; round <= rounds; round += 1) {
    const [delay, killDelay, resumeDelay] = [random() * 40, random() * 5000, random() * 500];
    const killed = random() < 0.75 ? (random() < 0.5 ? 0 : 1) : null;
    it(`each have a job with its own files, whole, or none (round ${round})`, async () => {
      const out = outOf(`round-${round}`);
      const jobOf = ({ name }: Side) => `round-${round}-${name}`;
      const commands = [start(first().home, ...invokeArguments(jobOf(first()), out))];
      await sleep(delay);
      commands.push(start(second().home, ...invokeArguments(jobOf(second()), out)));
      if (killed !== null) {
        await sleep(killDelay);
        const [side, command] = [sides[killed] as Side, commands[killed] as Running];
        kill(command.child.pid, "SIGKILL");
        await command.ended;
        await sleep(resumeDelay);
        const isKnown = statusOf(side, jobOf(side)) !== "refused";
        const again = isKnown ? ["job", "resume", "-n", jobOf(side)] : invokeArguments(jobOf(side), out);
        commands[killed] = start(side.home, ...again);
      }
      const isCompleted = (side: Side) => statusOf(side, jobOf(side)) === "Completed";
      await until(() => sides.some(isCompleted));
      const winner = sides.find(isCompleted) as Side;
      const loser = sides.find((side) => side !== winner) as Side;
      expectOwnFiles(winner, jobOf(winner), out);
      const command = commands[sides.indexOf(loser)] as Running;
      // Refused, or it waits and says what for.
      await until(() => command.child.exitCode !== null || pausedFor(loser, jobOf(loser)).includes("predictions.csv"));
      if (command.child.exitCode !== null) {
        const ended = await command.ended;
        expect([ended.code, statusOf(loser, jobOf(loser))], ended.stderr).toEqual([2, "refused"]);
        expect(ended.stderr).toContain(out);
        return;
      }
      expect(isCompleted(loser)).toBe(false);
      expect(pausesOf(loser, jobOf(loser))).toBeLessThan(5);
      moveFiles(out);
      const ended = await command.ended;
      expect(ended.code, ended.stderr).toBe(3);
      expectOwnFiles(loser, jobOf(loser), out);
      expectOwnFiles(winner, jobOf(winner), `${out}-first`);
    });
  }
});
