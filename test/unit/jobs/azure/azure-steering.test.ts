import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../../electron/compute/clock.ts";
import { failure, problemOf } from "../../../../electron/contract/problem.ts";
import { openAzureJournal } from "../../../../electron/jobs/azure/azure-journal.ts";
import { startAzureRun } from "../../../../electron/jobs/azure/azure-run.ts";
import type { AzureRunContext } from "../../../../electron/jobs/azure/azure-run-context.ts";
import type { AzureRunner, AzureWorkInHand } from "../../../../electron/jobs/azure/azure-runner.ts";
import { jobFiles } from "../../../../electron/jobs/folder/job-files.ts";
import { emptyQueue } from "../../../../electron/jobs/queue/queue-snapshot.ts";
import { createRechecks } from "../../../../electron/jobs/queue/recheck.ts";
import { type Steering, steerJobs } from "../../../../electron/jobs/queue/steer.ts";
import type { JobRecord } from "../../../../electron/registry/job-row.ts";
import { azureSpec } from "../../../helpers/engine/azure-specs.ts";
import { temporaryFolder } from "../../../helpers/places.ts";
import { until } from "../../../helpers/until.ts";

/** What the queue does about jobs in Azure that nobody works on. */
const root = temporaryFolder("azure-steering");
const place = { subscription: "s", resource_group: "g", workspace: "w" };
const datastore = {
  ...{ name: "d", protocol: "https", accountName: "labstore", endpoint: "lab.test", containerName: "data" },
};

/** A job whose journal is at a step, and whose input is gone. */
function leftJob(name: string, step: "uploading" | "submitting") {
  const home = path.join(root, name);
  const output = path.join(home, "out");
  fs.mkdirSync(output, { recursive: true });
  const spec = azureSpec({
    ...{ name, endpoint: "sums", deployment: "echo", input: path.join(home, "gone"), output },
    azure: { cloud: "Lab", place, datastore },
  });
  const files = jobFiles(home, spec);
  const journal = openAzureJournal(files.folder, "hashing");
  journal.move("uploading");
  if (step === "submitting") journal.move("submitting");
  return { home, spec, files };
}

function steering(home: string, now: () => number) {
  const done: string[] = [];
  const registry = {
    jobs: {
      find: () => ({ problem: problemOf("input/unreadable:timeout") }),
      move: (_job: string, _from: unknown, to: string) => done.push(to),
    },
  };
  const running = {
    find: () => undefined,
    isUnwritten: () => false,
    begin: () => done.push("begun"),
  };
  const tools = {
    ...{ registry, home, running, rechecks: createRechecks({ now }), clock: systemClock },
    ...{ azureRunner: { mayGoOn: () => true }, claims: {}, isWorking: () => true, changed: () => undefined },
    writes: { attempt: (work: () => void) => (work(), true) },
  };
  return { done, tools: tools as unknown as Steering };
}

describe("a job in Azure that paused itself", () => {
  const paused = ({ spec }: ReturnType<typeof leftJob>) =>
    ({ name: spec.name, spec, status: "Paused", problem: problemOf("input/unreadable:timeout") }) as JobRecord;

  it("goes on without its input once that was sent, and not before", async () => {
    const [sent, unsent] = [leftJob("sent", "submitting"), leftJob("unsent", "uploading")];
    const first = steering(unsent.home, () => 0);
    steerJobs(first.tools, { ...emptyQueue, jobs: [paused(unsent)] });
    const second = steering(sent.home, () => 0);
    steerJobs(second.tools, { ...emptyQueue, jobs: [paused(sent)] });
    await until(() => second.done.length > 0);
    expect(second.done).toEqual(["Queued"]);
    expect(first.done).toEqual([]);
    fs.mkdirSync(unsent.spec.input.path);
    const third = steering(unsent.home, () => 0);
    steerJobs(third.tools, { ...emptyQueue, jobs: [paused(unsent)] });
    await until(() => third.done.length > 0);
    expect(third.done).toEqual(["Queued"]);
  });
});

describe("a job in Azure that is cancelled", () => {
  it("is tried to be ended every two seconds, and not all the time", () => {
    const { home, spec } = leftJob("cancelled", "submitting");
    let nowMs = 0;
    const { done, tools } = steering(home, () => nowMs);
    const jobs = [{ name: spec.name, spec, status: "CancelRequested" } as JobRecord];
    for (; nowMs < 4000; nowMs += 100) steerJobs(tools, { ...emptyQueue, jobs });
    expect(done).toEqual(["begun", "begun"]);
  });

  it("is cancelled there also when its output folder belongs to somebody else, and only then begins without it", () => {
    const taken = failure("output/exists:appeared", { path: "/elsewhere" });
    const claims = { take: () => taken, inTheWay: () => Promise.resolve(null) };
    const begin = (name: string, isCancelRequested: boolean) => {
      const { home, spec, files } = leftJob(name, "submitting");
      let cancels = 0;
      const inHand: AzureWorkInHand = {
        ended: new Promise(() => undefined),
        ...{ doing: () => ({ kind: "starting" }), reached: () => 0, stop: () => undefined },
        cancel: () => void (cancels += 1),
      };
      const runner = { start: () => inHand } as unknown as AzureRunner;
      const context = {
        spec,
        home,
        files,
        clock: systemClock,
        claims,
        runner,
        isCancelRequested: () => isCancelRequested,
      };
      const run = startAzureRun(context as unknown as AzureRunContext);
      return { run, cancels };
    };
    expect(begin("claimed", false).run).toMatchObject({ ok: false, problem: { code: "output/exists" } });
    expect(begin("claimed-cancelled", true)).toMatchObject({ run: { ok: true }, cancels: 1 });
  });
});
