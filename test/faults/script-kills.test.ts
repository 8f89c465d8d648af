import fs from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { batchdeck, showJob, startBatchdeck } from "../helpers/batchdeck.ts";
import { kill, workersOf } from "../helpers/processes.ts";
import { seededRandom } from "../helpers/random.ts";
import { deployScript } from "../helpers/script-deployments.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** Promise 2 for scripts: whichever process is killed, the Python of a script included, the files are the same. */
const root = temporaryFolder("script-kills");
const home = path.join(root, "home");
const input = path.join(root, "input");
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
        if not name.endswith("7"):
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

test("kills of Python, of workers and of the engine leave no trace in the files", async () => {
  expect((await batchdeck(home, "invoke", ...argumentsOf("undisturbed"))).code).toBe(3);
  const random = seededRandom(7);
  let kills = 0;
  let running = startBatchdeck(home, "invoke", ...argumentsOf("disturbed"));
  for (let life = 0; life < 4; life += 1) {
    let isOver = false;
    void running.ended.then(() => {
      isOver = true;
    });
    for (let turn = 0; turn < 4 && !isOver; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150 + random() * 250));
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
    running = startBatchdeck(home, "job", "resume", "-n", "disturbed");
  }
  expect((await running.ended).code).toBe(3);
  expect(kills).toBeGreaterThanOrEqual(3);
  expect(filesOf("disturbed")).toEqual(filesOf("undisturbed"));
  const job = await showJob(home, "disturbed");
  expect(job.failed).toBe(files / 10);
  expect(job.succeeded + job.failed).toBe(files);
});
