import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { application, type JobsLab, startJobsLab, writeTables } from "../../../azure/jobs/sample.ts";
import { keptKey } from "../../../azure/kept-key.ts";
import { startBatchdeckWith } from "../../../helpers/batchdeck.ts";
import { runInProcessWith } from "../../../helpers/command-line.ts";
import { closeEngines, hasEnded, openEngine, show as view } from "../../../helpers/engine/workspaces.ts";
import { temporaryFolder } from "../../../helpers/places.ts";
import { until } from "../../../helpers/until.ts";

/** What a user does with a job while it is in Azure, from terminals of their own: real processes, and real kills. */
const folder = temporaryFolder("remote-control");
const times = {
  ...{ firstWaitMs: 20, mostWaitMs: 200, firstPollMs: 30, mostPollMs: 100 },
  transfers: { retries: 4, firstWaitMs: 10, mostWaitMs: 2000 },
};
const kept = keptKey();
let at: JobsLab;

beforeAll(async () => {
  at = await startJobsLab(folder);
});
afterAll(async () => {
  await closeEngines();
  await at.close();
});

function newTerminal(name: string, environment: Readonly<Record<string, string>> = at.environment) {
  const own = path.join(folder, name);
  const [home, out] = [path.join(own, "home"), path.join(own, "out")];
  const input = writeTables(path.join(own, "in"), 3, 4);
  const args = ["invoke", "-n", "sums", "-w", "lab", "--input", input, "--output-path", out, "--job-name", name];
  const made = () => at.jobs.made().filter((job) => job.name.startsWith(`${name}-`));
  return {
    ...{ home, out, made },
    run: (...more: readonly string[]) => runInProcessWith({ environment, safeStorage: () => kept }, home, ...more),
    invoke: (...more: readonly string[]) =>
      runInProcessWith({ environment, safeStorage: () => kept }, home, ...args, ...more),
    /** In a process of its own. */
    start: (...more: readonly string[]) => startBatchdeckWith(environment, home, ...args, ...more),
    stream: () => startBatchdeckWith(environment, home, "job", "stream", "-n", name),
    step: () => {
      const file = path.join(home, "jobs", name, "azure.json");
      return fs.existsSync(file) ? (/"step":"(\w+)"/.exec(fs.readFileSync(file, "utf8"))?.[1] ?? "") : "";
    },
    read: (file: string) => fs.readFileSync(path.join(out, file), "utf8"),
    show: async () =>
      JSON.parse(
        (await runInProcessWith({ environment, safeStorage: () => kept }, home, "job", "show", "-n", name, "--json"))
          .stdout,
      ) as Record<string, unknown>,
  };
}

describe("a cancel", () => {
  it("of a job that was not sent ends it here, and nothing is sent", async () => {
    const { invoke, run, made, show } = newTerminal("unsent");
    expect(await invoke("--no-wait")).toMatchObject({ code: 0 });
    expect(await show()).toMatchObject({ status: "Queued", total: null, succeeded: null, failed: null, skipped: null });
    expect(await run("job", "cancel", "-n", "unsent")).toMatchObject({ code: 0 });
    expect(await show()).toMatchObject({ status: "Canceled" });
    expect(made()).toEqual([]);
  });

  it("of a job that runs in Azure ends it there, and the command that waits ends with 130", async () => {
    const { start, run, made, show, out } = newTerminal("running");
    at.jobs.holdAt("Running");
    const waiting = start();
    await until(() => made()[0]?.status() === "Running");
    await until(async () => (await show())["status"] === "Running");
    expect(await run("job", "cancel", "-n", "running")).toMatchObject({ code: 0 });
    expect(await waiting.ended).toMatchObject({ code: 130 });
    at.jobs.holdAt(null);
    expect(made().map((job) => job.status())).toEqual(["Canceled"]);
    expect(await show()).toMatchObject({ status: "Canceled", azure: { status: "Canceled" } });
    expect(fs.readFileSync(path.join(out, "errors.csv"), "utf8")).toBe("file,row,stage,code,message,value\n");
  });
});

describe("a pause", () => {
  it("leaves the job to Azure, and a resume finds what became of it", async () => {
    const { start, run, made, show } = newTerminal("paused");
    at.jobs.holdAt("Running");
    const waiting = start();
    await until(() => made()[0]?.status() === "Running");
    expect(await run("job", "pause", "-n", "paused")).toMatchObject({ code: 0 });
    waiting.child.kill("SIGKILL");
    await waiting.ended;
    expect(await show()).toMatchObject({ status: "Paused", azure: { status: "Running" } });
    at.jobs.holdAt(null);
    expect(await run("job", "resume", "-n", "paused")).toMatchObject({ code: 0 });
    expect(made().length).toBe(1);
  });
});

describe("an account that has to sign in again", () => {
  it("pauses its job, which goes on by itself when somebody has", async () => {
    const environment = { BATCHDECK_CLOUD: at.lab.cloudFile, AZURE_CLIENT_SECRET: application.secret };
    const { made, home, invoke, run, show } = newTerminal("signing", environment);
    const login = () =>
      run(
        "login",
        "--service-principal",
        "-u",
        application.clientId,
        "--tenant",
        at.lab.tenant,
        "--cloud",
        at.lab.cloudFile,
      );
    expect(await login()).toMatchObject({ code: 0 });
    // Too short to be used twice: each request asks for another one.
    at.lab.entra.setLifetime(60);
    expect(await invoke("--no-wait")).toMatchObject({ code: 0 });
    at.jobs.holdAt("Running");
    const { engine, jobs } = openEngine({ home, environment, safeStorage: () => kept, azureTimes: times });
    engine.start();
    await until(() => made()[0]?.status() === "Running");
    // Its logs ask for tokens, too, and end nothing.
    at.lab.entra.refuseAll({ number: 7000222, error: "invalid_client" });
    await until(async () => (await show())["status"] === "Paused");
    expect(await show()).toMatchObject({ problem: { code: "azure/sign-in-failed" } });
    at.jobs.holdAt(null);
    at.lab.entra.accept();
    expect(await login()).toMatchObject({ code: 0 });
    await until(() => hasEnded(view({ jobs }, "signing")));
    expect(view({ jobs }, "signing")).toMatchObject({ status: "Completed", succeeded: 12 });
    expect(made().length).toBe(1);
    at.lab.entra.setLifetime(3599);
  });
});

describe("a kill", () => {
  it.each(["submitting", "downloading", "converting"])(
    "at the step %s costs nothing: the next command finishes the same job",
    async (step) => {
      const { start, stream, made, read, step: current } = newTerminal(`killed-${step}`);
      const first = start();
      await until(() => current() === step || first.child.exitCode !== null, 1);
      first.child.kill("SIGKILL");
      await first.ended;
      const second = await stream().ended;
      expect(second).toMatchObject({ code: 0 });
      expect(made().length).toBe(1);
      expect(read("predictions.csv").split("\n").length).toBe(14);
      expect(read("predictions.csv").split("\n")[1]).toBe("t000.csv,1,0-0,0.5");
    },
  );
});
