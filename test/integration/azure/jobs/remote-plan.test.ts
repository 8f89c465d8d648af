import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AzureEstimate } from "../../../../electron/contract/nouns/azure/azure-estimate.ts";
import type { AzureMissingRight } from "../../../../electron/contract/nouns/azure/missing-right.ts";
import { openRegistry, type Registry } from "../../../../electron/registry/open-registry.ts";
import { endpointHost } from "../../../azure/jobs/jobs.ts";
import { type JobsLab, startJobsLab, writeTables } from "../../../azure/jobs/sample.ts";
import { runInProcessWith } from "../../../helpers/command-line.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

/** What is known of a job in Azure before it starts: time, cost, upload, rights; and what holds its upload back. */
const folder = temporaryFolder("remote-plan");
let at: JobsLab;

beforeAll(async () => {
  at = await startJobsLab(folder);
}, 60_000);
afterAll(() => at.close());

type Plan = {
  readonly estimate: AzureEstimate;
  readonly missing_rights: readonly AzureMissingRight[];
  readonly seconds_here: unknown;
};

function newTerminal(name: string) {
  const home = path.join(folder, name, "home");
  const run = (...args: readonly string[]) => runInProcessWith({ environment: at.environment }, home, ...args);
  const invoke = (input: string, job: string, ...args: readonly string[]) =>
    run("invoke", "-n", "sums", "-d", "echo", "--input", input, "-w", "lab", "--job-name", job, ...args);
  return {
    run,
    invoke,
    place: (of: string) => path.join(folder, name, of),
    plan: async (input: string, ...args: readonly string[]) => {
      const ran = await invoke(input, "planned", "--dry-run", "--json", ...args);
      expect(ran.code).toBe(0);
      return JSON.parse(ran.stdout) as Plan;
    },
    /** As the window does it. */
    tell: (work: (registry: Registry) => void) => {
      const opened = openRegistry(path.join(home, "registry.db"));
      if (!opened.ok) throw new Error(opened.problem.kind);
      work(opened.value);
      opened.value.close();
    },
  };
}

describe("a dry run", () => {
  it("says what time and cost are known from, and that they are not", async () => {
    const { plan, invoke, place, tell } = newTerminal("estimate");
    const input = writeTables(place("in"), 2, 50);
    const before = await plan(input);
    expect(before.estimate).toMatchObject({
      ...{ nodes: 3, run: { kind: "no-earlier" }, price: null, cost: null },
      upload: { sent_by: null, time: { kind: "no-earlier" } },
    });
    expect(before.seconds_here).toBeNull();
    const said = await invoke(input, "said", "--dry-run");
    expect(said.stdout).toContain("Time        in Azure not known (no earlier job of this deployment in Azure)");
    expect(said.stdout).toContain("Cost        not known: no price of a node was set (3 nodes)");

    expect((await invoke(input, "first")).code).toBe(0);
    const cluster = { cloud: "Lab", place: at.azure.place };
    tell(({ azureHistory }) => azureHistory.setPrice(cluster, "cpu-cluster", { amount: 7200, currency: "EUR" }));
    const after = await plan(input, "--instance-count", "2");
    expect(after.estimate).toMatchObject({
      ...{ nodes: 2, run: { kind: "from-jobs", jobs: 1 }, price: { amount: 7200, currency: "EUR" } },
      upload: { bytes: 0, sent_by: "first" },
    });
    const { run, cost } = after.estimate;
    if (run.kind !== "from-jobs") throw new Error("It is known by then.");
    // Two euros a second for each of the nodes.
    expect(cost).toEqual({ low: expect.closeTo(run.low * 4), high: expect.closeTo(run.high * 4) });
    const other = await plan(writeTables(place("other"), 2, 60));
    expect(other.estimate.upload).toMatchObject({ sent_by: null, time: { kind: "from-jobs", jobs: 1 } });
    const text = (await invoke(input, "said", "--dry-run")).stdout;
    expect(text).toContain("Upload      none, the job first has sent these files");
    expect(text).toMatch(/Cost {8}(about )?EUR [\d.]+ .*\(3 nodes at EUR 7200 an hour\)/);
  });

  it("names the role for what the account may not do, and is not stopped by it", async () => {
    const { plan, invoke, place } = newTerminal("rights");
    const input = writeTables(place("in"), 1, 1);
    expect((await plan(input)).missing_rights).toEqual([]);
    const none = { notActions: [], dataActions: [], notDataActions: [] };
    at.azure.arm.permit(/\/workspaces\/lab$/, { ...none, actions: ["*/read"] });
    const reading = ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"];
    at.azure.arm.permit(/\/containers\//, { ...none, actions: ["*"], dataActions: reading });
    const { missing_rights: missing } = await plan(input);
    expect(missing.map(({ on, role }) => [on, role])).toEqual([
      ["workspace", "AzureML Data Scientist"],
      ["storage", "Storage Blob Data Contributor"],
    ]);
    const { stdout } = await invoke(input, "said", "--dry-run");
    expect(stdout).toContain('Ask its owner for the role "Storage Blob Data Contributor" on it.');

    // What is left out by one role is given by another one.
    const leftOut = { ...none, actions: ["*"], notActions: ["Microsoft.MachineLearningServices/*"] };
    const given = { ...none, actions: ["microsoft.machinelearningservices/workspaces/*/write"] };
    at.azure.arm.permit(/\/workspaces\/lab$/, leftOut, given);
    at.azure.arm.permit(/\/containers\//, { ...none, actions: [], dataActions: ["Microsoft.Storage/*"] });
    expect((await plan(input)).missing_rights).toEqual([]);

    at.azure.arm.permit(/\/workspaces\/lab$/);
    at.azure.arm.deny(/Microsoft\.Authorization/);
    expect((await plan(input)).missing_rights).toEqual([]);
  });
});

describe("a job", () => {
  it("that Azure refuses for its settings says which, and why", async () => {
    const { invoke, place } = newTerminal("refused");
    const errors = [{ PropertyName: "MiniBatchSize", ErrorMessage: "It must be less than 100", ErrorCode: "P" }];
    const message = `The Job request provided has the following validation errors. Errors: ${JSON.stringify(errors)}`;
    // Before it is sent it is looked for.
    at.lab.server.disturb(endpointHost("sums"), "none", {
      status: 400,
      body: { error: { code: "BadArgument", message } },
    });
    const ran = await invoke(writeTables(place("in"), 1, 1), "refused", "--mini-batch-size", "200");
    expect(ran.stderr).toContain("mini_batch_size: It must be less than 100.");
    expect(ran.code).toBe(1);
  });

  it("sends its input no faster than its user wants", async () => {
    const { invoke, run, place, tell } = newTerminal("limit");
    const input = writeTables(place("in"), 4, 10_000);
    expect((await invoke(input, "slow", "--no-wait")).code).toBe(0);
    tell(({ azureHistory }) => azureHistory.limitUpload("slow", 200_000));
    const began = performance.now();
    expect((await run("job", "stream", "-n", "slow")).code).toBe(0);
    // Some six hundred kilobytes; what may go at once after a silence is a quarter of a second's.
    expect(performance.now() - began).toBeGreaterThan(2000);
    tell(({ azureHistory }) => expect(azureHistory.uploadLimit("slow")).toBe(200_000));
  });
});
