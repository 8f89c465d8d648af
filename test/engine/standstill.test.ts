import { describe, expect, it } from "vitest";
import type { ProblemCode } from "../../electron/contract/problem.ts";
import { problemOf } from "../../electron/contract/problem.ts";
import { type JobView, waitsForItsUser } from "../../electron/contract/nouns/job.ts";
import { maxStandstills } from "../../electron/jobs/queue/recheck.ts";
import { passingProblems } from "../../electron/jobs/run/wait-or-fail.ts";
import { pass } from "../helpers/engine/fake-clock.ts";
import { isLong } from "../helpers/engine/fault-shim.ts";
import { simulatedBenches } from "../helpers/engine/simulated-bench.ts";
import type { OpenWorkspace } from "../helpers/engine/open-workspace.ts";
import type { Watch } from "../helpers/engine/watched-host.ts";
import { hasEnded, show } from "../helpers/engine/workspaces.ts";

/**
 * Whatever holds a job up while its places look as if they could be used: it goes on by itself when that is over soon, and
 * else stands still after a number of tries that does not grow with time.
 */
const newBench = simulatedBenches("standstill");
const isPaused = ({ status }: { readonly status: string }) => status === "Paused";
const statesOf = (workspace: OpenWorkspace, job: string) => workspace.jobs.history(job).map(({ status }) => status);
/** In long steps: much time passes here, and little happens. */
async function passUntilHeld(workspace: OpenWorkspace, isReached: (job: JobView) => boolean): Promise<JobView> {
  for (let rounds = 0; !isReached(show(workspace, "held")); rounds += 1) {
    if (rounds > 300) throw new Error(`It is ${show(workspace, "held").status} after ten minutes.`);
    await pass(2000, 250);
  }
  return show(workspace, "held");
}
const pausesOf = (workspace: OpenWorkspace) =>
  statesOf(workspace, "held").filter((status) => status === "Paused").length;

type Hold = { readonly from: "data-process" | "merge-process"; readonly type: string; readonly says: object };
const listing = (code: ProblemCode): Hold => ({
  from: "data-process",
  type: "planned",
  says: { type: "problem", problem: { ...problemOf("output/unwritable", { place: "/x", errno: "EIO" }), code } },
});
const file = "/out/predictions.csv.part";
const merging = (type: string, says: object): Hold => ({ from: "merge-process", type, says });
const failed = (errno: string, place = "output") => ({ type: "failed", place, message: "no", errno });

/** All of them in the long tests: but for `input/changed`, which has rules of its own, they go one way. */
const planned: readonly ProblemCode[] = isLong
  ? passingProblems
  : ["input/changed", "output/no-space", "azure/unreachable"];

const holds: Readonly<Record<string, Hold>> = {
  ...Object.fromEntries(planned.map((code) => [`${code}, met while it plans`, listing(code)])),
  "a full disk, met while it merges": merging("appended", failed("ENOSPC")),
  "a failing disk of the workspace, met while it merges": merging("appended", failed("EIO", "segments")),
  "a share that is gone, met when all is merged": merging("finished", failed("ESTALE")),
  "files that are taken away when all is merged": merging("finished", { type: "gone", file }),
  "results that are damaged each time": merging("appended", { type: "damaged", records: [0] }),
};

function holding({ from, type, says }: Hold, isOver: () => boolean): Watch {
  return {
    fromProcess(program, message, deliver) {
      if (program !== from || message.type !== type || isOver()) return false;
      deliver(says);
      return true;
    },
  };
}

describe.each(Object.entries(holds))("a job that is held up by %s", (_name, hold) => {
  it("stands still in the end, says so, and goes on when its user resumes it", async () => {
    const bench = newBench();
    let isOver = false;
    const workspace = bench.open({ watch: holding(hold, () => isOver) });
    workspace.engine.start();
    bench.submit(workspace, "held", { miniBatches: 8 });
    const still = await passUntilHeld(workspace, (job) => isPaused(job) && waitsForItsUser(job.problem));
    const before = statesOf(workspace, "held");
    await pass(60_000, 1000);
    expect(statesOf(workspace, "held")).toEqual(before);
    // Each of the eight mini-batches may be planned, done and merged in a try of its own, which is progress.
    expect(pausesOf(workspace)).toBeLessThanOrEqual(maxStandstills + 3 * 8);
    if (still.problem?.code === "input/changed") return;
    expect(still.problem).toMatchObject({ kind: "job/no-progress", params: { job: "held", times: maxStandstills } });
    isOver = true;
    workspace.jobs.resume("held");
    expect((await passUntilHeld(workspace, hasEnded)).status).toBe("Completed");
    expect(bench.miniBatchesIn("held")).toHaveLength(8);
  });

  it("goes on by itself when that is over soon", async () => {
    const bench = newBench();
    let held = 0;
    const workspace = bench.open({ watch: holding(hold, () => (held += 1) > 3) });
    workspace.engine.start();
    bench.submit(workspace, "held", { miniBatches: 8 });
    const job = await passUntilHeld(workspace, (now) => hasEnded(now) || now.problem?.code === "input/changed");
    if (job.problem?.code !== "input/changed") expect(job.status).toBe("Completed");
  });
});

it("a job whose files are taken away while it works makes them again once, at its end", async () => {
  const bench = newBench();
  const isWorking = () => show(workspace, "held").status === "Running";
  const workspace: OpenWorkspace = bench.open({
    watch: holding(merging("appended", { type: "gone", file }), () => !isWorking()),
  });
  workspace.engine.start();
  bench.submit(workspace, "held", { miniBatches: 8 });
  expect((await passUntilHeld(workspace, hasEnded)).status).toBe("Completed");
  expect(pausesOf(workspace)).toBe(0);
  expect(bench.miniBatchesIn("held")).toHaveLength(8);
});
