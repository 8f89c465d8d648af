import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type JobsLab, startJobsLab, writeTables } from "../../../azure/jobs/sample.ts";
import { startBatchdeckWith } from "../../../helpers/batchdeck.ts";
import { runInProcessWith } from "../../../helpers/command-line.ts";
import { temporaryFolder } from "../../../helpers/places.ts";
import { until } from "../../../helpers/until.ts";

/** What a job prints in Azure, seen from terminals: the run history's blobs in Azurite, which grow while a script runs in python3. */
const folder = temporaryFolder("remote-logs");
let at: JobsLab;

beforeAll(async () => {
  at = await startJobsLab(folder);
});
afterAll(() => at.close());

function newTerminal(name: string) {
  const own = path.join(folder, name);
  const home = path.join(own, "home");
  const input = writeTables(path.join(own, "in"), 2, 1);
  const run = (...args: readonly string[]) => runInProcessWith({ environment: at.environment }, home, ...args);
  return {
    run,
    log: path.join(home, "jobs", name, "logs", "azure.log"),
    queue: () =>
      run("invoke", "-n", "sums", "-d", "talking", "--input", input, "-w", "lab", "--job-name", name, "--no-wait"),
    stream: () => startBatchdeckWith(at.environment, home, "job", "stream", "-n", name),
  };
}

it("a stream shows what a job prints in Azure while it runs there, and its states", async () => {
  const { queue, stream, run, log } = newTerminal("streamed");
  expect(await queue()).toMatchObject({ code: 0 });
  at.jobs.holdAt("Running");
  const streaming = stream();
  await until(() => streaming.noted().includes("scored t001.csv") || streaming.child.exitCode !== null);
  expect(at.jobs.made().map((job) => job.status())).toEqual(["Running"]);
  at.jobs.holdAt(null);
  const { code, stderr, stdout } = await streaming.ended;
  expect(code).toBe(0);
  const lines = stderr.split("\n");
  const said = [
    "Azure: Running",
    "==> logs/azureml/executionlogs.txt <==",
    "Submitting 1 runs: batchscoring",
    "==> user_logs/std_log_0.txt <==",
    " [31mloading [0m the model",
    "100%",
    "scored t000.csv",
    "scored t001.csv",
    "Azure: Completed",
  ];
  expect(lines.filter((line) => said.includes(line)).sort()).toEqual([...said].sort());
  expect(lines.indexOf("scored t000.csv")).toBeLessThan(lines.indexOf("scored t001.csv"));
  expect(stderr).not.toContain("\u001b");
  expect(stdout).not.toContain("scored t000.csv");

  // It stays, and is shown again.
  expect((await run("job", "show", "-n", "streamed", "--log")).stderr).toContain(log);
  const again = await run("job", "stream", "-n", "streamed");
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toContain("scored t001.csv");
});

it("a job whose logs may not be read runs to its end, and says which right is missing", async () => {
  const { queue, stream, log } = newTerminal("unread");
  expect(await queue()).toMatchObject({ code: 0 });
  at.storage.disturb(({ prefix, blob }) =>
    `${prefix}${blob}`.startsWith("ExperimentRun/") ? { status: 403, code: "AuthorizationPermissionMismatch" } : null,
  );
  const streaming = stream();
  await until(() => streaming.noted().includes("Azure's logs cannot be read") || streaming.child.exitCode !== null);
  at.storage.disturb(null);
  expect(await streaming.ended).toMatchObject({ code: 0 });
  expect(fs.readFileSync(log, "utf8")).toMatch(/Azure's logs cannot be read\. .*Storage Blob Data Reader/);
});
