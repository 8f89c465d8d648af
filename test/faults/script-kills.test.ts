import fs from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { batchdeck, type Running, showJob, startBatchdeck, untilScored } from "../helpers/batchdeck.ts";
import { kill, workersOf } from "../helpers/processes.ts";
import { seededRandom } from "../helpers/random.ts";
import { deployScript } from "../helpers/scripts/script-deployments.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import { sleep } from "../helpers/sleep.ts";
import { until } from "../helpers/until.ts";

/** Promise 2 for scripts: whichever process is killed, the Python of a script included, the files are the same. */
const { root, home, input } = temporaryPlaces("script-kills");
/** Until it is there, one file in ten fails. */
const mended = path.join(root, "mended");
const random = seededRandom(7);
const files = process.env["BATCHDECK_LONG"] === "1" ? 1200 : 240;

const source = `
import os, time
def init():
    pass
def run(mini_batch):
    time.sleep(0.12)
    rows = []
    for file in mini_batch:
        name = os.path.basename(file)
        row = {"file": name, "value": len(name) / 3}
        if name.endswith("50"):
            row["late"] = "é, \\"quoted\\""
        if name.endswith("7") and os.path.exists(os.environ["MENDED"]):
            row["mended"] = 2**60 + 1
        if not name.endswith("7") or "mended" in row:
            rows.append(row)
    return rows
`;

beforeAll(async () => {
  fs.mkdirSync(input);
  for (let file = 0; file < files; file += 1)
    fs.writeFileSync(path.join(input, `f${String(file).padStart(5, "0")}`), "x");
  await deployScript(home, "killed", { name: "score.py", source }, [
    "mini_batch_size: 4",
    "retry_settings: {max_retries: 0}",
    `environment_variables: {MENDED: ${mended}}`,
  ]);
});

const argumentsOf = (name: string) =>
  ["-n", "killed", "--input", input, "--output-path", path.join(root, name), "--job-name", name] as const;
const filesOf = (name: string) =>
  ["predictions.csv", "errors.csv"].map((file) => fs.readFileSync(path.join(root, name, file), "utf8"));

/** Children of workers: the Python processes. */
function pythonsOf(worker: number): readonly number[] {
  try {
    return fs
      .readFileSync(`/proc/${worker}/task/${worker}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

/** Kills processes of a command that runs a job, the engine last, and goes on with the job, `lives` times. How many were killed. */
async function disturb(command: Running, job: string, lives: number): Promise<number> {
  let running = command;
  let kills = 0;
  for (let life = 0; life < lives; life += 1) {
    let isOver = false;
    void running.ended.then(() => {
      isOver = true;
    });
    // A command that is killed before its job is stored leaves none to go on with.
    await until(() => isOver || workersOf(running.child.pid as number).length > 0);
    for (let turn = 0; turn < 4 && !isOver; turn += 1) {
      await sleep(150 + random() * 250);
      const workers = workersOf(running.child.pid as number);
      const worker = workers[Math.floor(random() * workers.length)];
      const victims = worker === undefined ? [] : turn % 2 === 0 ? pythonsOf(worker) : [worker];
      for (const victim of victims.slice(0, 1)) {
        kill(victim, random() < 0.5 ? "SIGKILL" : "SIGTERM");
        kills += 1;
      }
    }
    if (!isOver) running.child.kill("SIGKILL");
    await running.ended;
    running = startBatchdeck(home, "job", "resume", "-n", job);
  }
  expect([0, 3]).toContain((await running.ended).code);
  return kills;
}

test("kills of Python, of workers and of the engine leave no trace in the files", async () => {
  expect((await batchdeck(home, "invoke", ...argumentsOf("undisturbed"))).code).toBe(3);
  const kills = await disturb(startBatchdeck(home, "invoke", ...argumentsOf("disturbed")), "disturbed", 4);
  expect(kills).toBeGreaterThanOrEqual(3);
  expect(filesOf("disturbed")).toEqual(filesOf("undisturbed"));
  const job = await showJob(home, "disturbed");
  expect(job.failed).toBe(files / 10);
  expect(job.succeeded + job.failed).toBe(files);
});

test("nor in those of a retry, which runs what had failed and keeps the rest", async () => {
  fs.writeFileSync(mended, "");
  const retry = startBatchdeck(home, "job", "retry-failed", "-n", "disturbed");
  await untilScored(home, "disturbed-retry-1", 1);
  await disturb(retry, "disturbed-retry-1", 2);
  expect((await batchdeck(home, "invoke", ...argumentsOf("fresh"))).code).toBe(0);
  expect(filesOf("disturbed")).toEqual(filesOf("fresh"));
  expect(await showJob(home, "disturbed")).toMatchObject({ status: "Completed", succeeded: files, failed: 0 });
  // Of ten files one had failed: in each run of five mini-batches of four, that is two of the five.
  expect(await showJob(home, "disturbed-retry-1")).toMatchObject({ total: files, reused: (files * 3) / 5 });
});
