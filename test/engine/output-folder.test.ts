import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type Claim, firstClaimFile } from "../../electron/jobs/claim/claim-chain.ts";
import { pass } from "../helpers/engine/fake-clock.ts";
import { passUntilJob, simulatedBenches } from "../helpers/engine/simulated-bench.ts";
import { hasEnded, show } from "../helpers/engine/workspaces.ts";
import type { OpenWorkspace } from "../helpers/engine/open-workspace.ts";

/** What a job does about an output folder that others use, over minutes: waits without trying, says why, and goes on by itself. */
const newBench = simulatedBenches("output-folder");

function claimFromElsewhere(folder: string): void {
  fs.mkdirSync(folder, { recursive: true });
  const claim: Claim = {
    ...{ id: crypto.randomUUID(), claimant: crypto.randomUUID(), job: "far-job", workspace: "/home/far" },
    ...{ hostName: "far-host", holder: { host: "0".repeat(64), pid: 1, startedAt: "1" } },
  };
  fs.writeFileSync(firstClaimFile(folder), JSON.stringify(claim));
}

const statesOf = (workspace: OpenWorkspace, job: string) => workspace.jobs.history(job).map(({ status }) => status);
const isPaused = ({ status }: { readonly status: string }) => status === "Paused";

describe("a job whose output folder is taken", () => {
  it("waits while another computer's job lives, and takes the folder once that stood still for three minutes", async () => {
    const bench = newBench();
    const folder = bench.outOf("waits");
    claimFromElsewhere(folder);
    const workspace = bench.open();
    workspace.engine.start();
    bench.submit(workspace, "waits");
    const paused = await passUntilJob(workspace, "waits", isPaused);
    expect(paused.problem).toMatchObject({
      kind: "output/exists:claimed-meanwhile",
      params: { job: "far-job", workspace: "/home/far", host: "far-host" },
    });
    for (let minute = 1; minute <= 10; minute += 1) {
      fs.utimesSync(firstClaimFile(folder), minute, minute);
      await pass(60_000);
    }
    expect(statesOf(workspace, "waits").filter((status) => status === "Paused")).toHaveLength(1);
    expect((await passUntilJob(workspace, "waits", hasEnded)).status).toBe("Completed");
    expect(fs.readdirSync(folder).sort()).toEqual(["errors.csv", "job.json", "predictions.csv"]);
  });

  it.each(["predictions.csv", "errors.csv", "job.json", "errors.csv.part"])("waits until %s is gone", async (name) => {
    const bench = newBench();
    const folder = bench.outOf("taken");
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, name), "mine");
    const workspace = bench.open();
    workspace.engine.start();
    bench.submit(workspace, "taken");
    const paused = await passUntilJob(workspace, "taken", isPaused);
    expect(paused.problem).toMatchObject({ code: "output/exists", params: { path: path.join(folder, name) } });
    await pass(600_000);
    expect(statesOf(workspace, "taken").filter((status) => status === "Paused")).toHaveLength(1);
    expect(fs.readdirSync(folder)).toEqual([name]);
    expect(fs.readFileSync(path.join(folder, name), "utf8")).toBe("mine");
    fs.rmSync(path.join(folder, name));
    expect((await passUntilJob(workspace, "taken", hasEnded)).status).toBe("Completed");
  });

  it("can be cancelled, and leaves what is not its own", async () => {
    const bench = newBench();
    const folder = bench.outOf("cancelled");
    claimFromElsewhere(folder);
    const workspace = bench.open();
    workspace.engine.start();
    bench.submit(workspace, "cancelled");
    await passUntilJob(workspace, "cancelled", isPaused);
    workspace.jobs.cancel("cancelled");
    expect((await passUntilJob(workspace, "cancelled", hasEnded)).status).toBe("Canceled");
    expect(fs.readdirSync(folder)).toEqual([path.basename(firstClaimFile(folder))]);
  });
});

it("a job whose folder another job took stops writing, and says so", async () => {
  const bench = newBench();
  const workspace = bench.open();
  workspace.engine.start();
  bench.submit(workspace, "robbed", { miniBatches: 1000 });
  await passUntilJob(workspace, "robbed", ({ succeeded }) => succeeded > 100);
  claimFromElsewhere(bench.outOf("robbed"));
  const paused = await passUntilJob(workspace, "robbed", (job) => isPaused(job) || hasEnded(job));
  expect(paused.problem).toMatchObject({ params: { job: "far-job" } });
  fs.rmSync(firstClaimFile(bench.outOf("robbed")));
  expect((await passUntilJob(workspace, "robbed", hasEnded)).status).toBe("Completed");
  expect(bench.miniBatchesIn("robbed")).toHaveLength(1000);
  expect(show(workspace, "robbed").problem).toBeNull();
});
