import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import { batchdeck, deploy, startBatchdeck, untilScored } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { closeEngines, openEngine, show, submit } from "../../helpers/engine/workspaces.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { expectSameFiles } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";
import { sleep } from "../../helpers/sleep.ts";
import { until } from "../../helpers/until.ts";

/** Other programs that lock the registry or a journal for a while, as backups do: jobs wait, and nothing is lost. */
const { home, input, outOf } = temporaryPlaces("locks");
const seed = Number(process.env["LOCK_SEED"] ?? Math.floor(Math.random() * 1e9));
const random = seededRandom(seed);
const registryFile = path.join(home, "registry.db");
const request = { endpointName: "dense", inputPath: input, overrides: { instance_count: "1", mini_batch_size: "1" } };
const args = (job: string) => [
  ...["invoke", "-n", "dense", "--input", input, "--output-path", outOf(job), "--job-name", job],
  ...["--instance-count", "1", "--mini-batch-size", "1"],
];

/** What the other program does: it opens the file and holds its lock for each of the times that it is told. */
const holder = `
  const Database = require("better-sqlite3");
  let database = null;
  process.stdin.setEncoding("utf8").on("data", (text) => {
    for (const line of text.trim().split("\\n")) {
      const { file, ms } = JSON.parse(line);
      database?.close();
      database = new Database(file, { timeout: 30000 });
      database.exec("BEGIN EXCLUSIVE");
      process.stdout.write("held\\n");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      database.exec("ROLLBACK");
      process.stdout.write("free\\n");
    }
  });
`;

const running = new Set<ChildProcess>();

function otherProgram(): {
  readonly hold: (file: string, ms: number) => Promise<void>;
  readonly isHolding: () => boolean;
} {
  const child = spawn(process.execPath, ["-e", holder], { cwd: path.join(import.meta.dirname, "../../..") });
  running.add(child);
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const count = (word: string) => said.split(word).length - 1;
  return {
    async hold(file, ms) {
      const before = count("held");
      child.stdin.write(`${JSON.stringify({ file, ms })}\n`);
      await until(() => count("held") > before || child.exitCode !== null);
    },
    isHolding: () => child.exitCode === null && count("held") > count("free"),
  };
}

beforeAll(async () => {
  console.log(`lock seed: ${seed}`);
  writeCsvFolder(input, { files: 60, rowsPerFile: 200, features: 4 });
  fs.appendFileSync(path.join(input, "part-0003.csv"), "9999,abc,1,1,1\n");
  await deploy(home, "dense", denseModel({ features: 4, hidden: [1024, 1024], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
  const ran = await batchdeck(home, ...args("undisturbed"));
  expect(ran.code, ran.stderr).toBe(3);
});

afterEach(async () => {
  await closeEngines();
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

describe("a registry that another program holds", () => {
  it("for longer than SQLite waits holds a command's job up, says so, and ends nothing", async () => {
    const other = otherProgram();
    const command = startBatchdeck(home, ...args("held"));
    await untilScored(home, "held", 60);
    await other.hold(registryFile, 8000);
    await until(() => !other.isHolding() || command.child.exitCode !== null, 50);
    expect(command.child.exitCode).toBe(null);
    const ran = await command.ended;
    expect(ran.code, ran.stderr).toBe(3);
    expect(ran.stderr).toContain("Another program has locked");
    expect(ran.stderr).not.toContain("Internal error");
    expectSameFiles(outOf("held"), outOf("undisturbed"));
  });

  it("lets no window stand still: the engine's process answers all the while", async () => {
    const other = otherProgram();
    const workspace = openEngine({ home, patienceMs: 200 });
    workspace.engine.start();
    await submit(workspace, { ...request, outputFolder: outOf("answering"), jobName: "answering" });
    await until(() => show(workspace, "answering").succeeded > 60);
    await other.hold(registryFile, 4000);
    let longestMs = 0;
    let seenAt = performance.now();
    const watching = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - seenAt);
      seenAt = performance.now();
    }, 5);
    await until(() => workspace.engine.writeProblem() !== null || !other.isHolding());
    expect(workspace.engine.writeProblem()?.kind).toBe("workspace/unusable:busy");
    await until(() => !other.isHolding());
    clearInterval(watching);
    console.log(`longest stop of the engine's process under the lock: ${Math.round(longestMs)} ms`);
    // Waiting for the lock as long as SQLite is told by default would take five seconds.
    expect(longestMs).toBeLessThan(2000);
    await until(() => isTerminal(show(workspace, "answering").status));
    expect(workspace.engine.writeProblem()).toBe(null);
    expect(show(workspace, "answering").status).toBe("Completed");
    expectSameFiles(outOf("answering"), outOf("undisturbed"));
  });

  it("refuses a command that must write with a sentence, and changes nothing", async () => {
    const other = otherProgram();
    expect((await batchdeck(home, ...args("refused"), "--no-wait")).code).toBe(0);
    await other.hold(registryFile, 8000);
    const ran = await batchdeck(home, "job", "update", "-n", "refused", "--priority", "high");
    expect([ran.code, ran.stderr.trimEnd().split("\n").length]).toEqual([2, 1]);
    expect(ran.stderr).toContain("Another program has locked");
    await until(() => !other.isHolding());
    expect((await batchdeck(home, "job", "cancel", "-n", "refused")).code).toBe(0);
  });
});

describe("a storm of locks", () => {
  const rounds = isLong ? 100 : 2;
  it("on the registry and the journal of a running job costs time and nothing else", async () => {
    for (let round = 0; round < rounds; round += 1) {
      const job = `storm-${round}`;
      const other = otherProgram();
      const command = startBatchdeck(home, ...args(job));
      const journal = path.join(home, "jobs", job, "journal.db");
      for (let locks = 0; locks < 12 && command.child.exitCode === null; locks += 1) {
        const file = random() < 0.5 && fs.existsSync(journal) ? journal : registryFile;
        await other.hold(file, Math.floor(20 + random() * 500)).catch(() => undefined);
        await until(() => !other.isHolding() || command.child.exitCode !== null, 20);
        await sleep(Math.floor(random() * 150));
      }
      const ran = await command.ended;
      expect(ran.code, `${job}: ${ran.stderr}`).toBe(3);
      expectSameFiles(outOf(job), outOf("undisturbed"));
      for (const child of running) child.kill("SIGKILL");
      running.clear();
    }
  });
});
