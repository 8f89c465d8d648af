import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { pass, passUntil } from "../helpers/engine/fake-clock.ts";
import { cores, passUntilJob, simulatedBenches } from "../helpers/engine/simulated-bench.ts";
import { hasEnded, show } from "../helpers/engine/workspaces.ts";

/** What the engine does when things happen at the worst moment: the test stands between it and its processes. */
const newBench = simulatedBenches("engine");

describe("an engine", () => {
  it("completes a job that is cancelled while its files get their names", async () => {
    const bench = newBench();
    const workspace = bench.open({
      watch: {
        toProcess(program, message) {
          if (program === "merge-process" && message.type === "finish") workspace.jobs.cancel("late-cancel");
          return false;
        },
      },
    });
    workspace.engine.start();
    bench.submit(workspace, "late-cancel");
    expect((await passUntilJob(workspace, "late-cancel", hasEnded)).status).toBe("Completed");
    expect(fs.readdirSync(bench.outOf("late-cancel")).sort()).toEqual(["errors.csv", "job.json", "predictions.csv"]);
  });

  it("ends a job as an engine before it had decided, even if that died before it could say so", async () => {
    const bench = newBench();
    const first = bench.open();
    first.engine.start();
    bench.submit(first, "undecided", { deadlyItems: new Set([20, 21, 22, 23, 24, 25]) });
    expect((await passUntilJob(first, "undecided", hasEnded)).status).toBe("Failed");
    const files = fs.readdirSync(bench.outOf("undecided")).sort();
    const record = fs.readFileSync(path.join(bench.outOf("undecided"), "predictions.partial.csv"), "utf8");
    const closed = first.close();
    await pass(5000);
    await closed;
    const registry = new Database(path.join(bench.home, "registry.db"));
    registry.exec("UPDATE jobs SET status = 'Running', finished = 0, problem = NULL WHERE name = 'undecided'");
    registry.close();
    const second = bench.open();
    second.engine.start();
    expect((await passUntilJob(second, "undecided", hasEnded)).status).toBe("Failed");
    expect(fs.readdirSync(bench.outOf("undecided")).sort()).toEqual(files);
    expect(fs.readFileSync(path.join(bench.outOf("undecided"), "predictions.partial.csv"), "utf8")).toBe(record);
  });

  it("fails a job whose output cannot be put together, instead of waiting for ever", async () => {
    const bench = newBench();
    const workspace = bench.open({
      watch: {
        fromProcess(program, message, deliver) {
          if (program !== "merge-process" || message.type !== "appended") return false;
          deliver({ type: "failed", place: "output", message: "Something else is wrong.", errno: null });
          return true;
        },
      },
    });
    workspace.engine.start();
    bench.submit(workspace, "bad-disk");
    expect((await passUntilJob(workspace, "bad-disk", hasEnded)).status).toBe("Failed");
  });

  it("goes on with a job that is resumed before its pause was done", async () => {
    const bench = newBench();
    let held: (() => void) | null = null;
    const workspace = bench.open({
      watch: {
        fromProcess(program, message, deliver) {
          if (program !== "worker" || message.type !== "mini-batches-committed" || held !== null) return false;
          held = () => deliver(message);
          return true;
        },
      },
    });
    workspace.engine.start();
    bench.submit(workspace, "hasty");
    await passUntil(() => held !== null);
    workspace.jobs.pause("hasty");
    await pass(1300);
    expect(show(workspace, "hasty").status).toBe("Running");
    workspace.jobs.resume("hasty");
    (held as unknown as () => void)();
    const end = await passUntilJob(workspace, "hasty", (job) => hasEnded(job) || job.status === "Paused");
    expect(end.status).toBe("Completed");
  });

  it("begins no more jobs at once than there are cores, however long they are being planned", async () => {
    const bench = newBench();
    const planned: (() => void)[] = [];
    const workspace = bench.open({
      watch: {
        toProcess(program, message, deliver) {
          if (program !== "data-process" || message.type !== "plan") return false;
          planned.push(deliver);
          return true;
        },
      },
    });
    const jobs = Array.from({ length: cores + 2 }, (_, index) => `queue-${index}`);
    for (const job of jobs) bench.submit(workspace, job);
    workspace.engine.start();
    await pass(60_000);
    expect(planned).toHaveLength(cores);
    await passUntil(() => {
      planned.shift()?.();
      return jobs.every((job) => show(workspace, job).status === "Completed");
    });
  });

  it("keeps every finished row of a cancelled job, also those behind a mini-batch that is not finished", async () => {
    const bench = newBench();
    const workspace = bench.open({
      watch: {
        fromProcess(program, message, deliver) {
          if (program !== "worker" || message.type !== "mini-batches-committed") return false;
          const { miniBatches } = message as unknown as { miniBatches: readonly { miniBatchId: number }[] };
          const others = miniBatches.filter(({ miniBatchId }) => miniBatchId !== 0);
          if (others.length > 0) deliver({ ...message, miniBatches: others });
          return true;
        },
      },
    });
    workspace.engine.start();
    bench.submit(workspace, "gap");
    await passUntilJob(workspace, "gap", ({ succeeded }) => succeeded >= 40);
    workspace.jobs.cancel("gap");
    expect((await passUntilJob(workspace, "gap", hasEnded)).status).toBe("Canceled");
    const record = JSON.parse(fs.readFileSync(path.join(bench.outOf("gap"), "job.json"), "utf8")) as {
      counts: { succeeded: number };
    };
    const miniBatches = bench.miniBatchesIn("gap", "predictions.partial.csv");
    expect(miniBatches).not.toContain(0);
    expect(miniBatches).toEqual([...miniBatches].sort((one, other) => one - other));
    expect(miniBatches.length * 2).toBe(record.counts.succeeded);
    expect(record.counts.succeeded).toBeGreaterThanOrEqual(40);
  });

  it("removes what a job no longer needs once it has ended", async () => {
    const bench = newBench();
    const workspace = bench.open();
    workspace.engine.start();
    bench.submit(workspace, "tidy");
    await passUntilJob(workspace, "tidy", hasEnded);
    await passUntil(() => !fs.existsSync(path.join(bench.home, "jobs", "tidy", "segments")));
  });

  it("removes what the engine before it left of jobs that had ended, and nothing of any other", async () => {
    const bench = newBench();
    const first = bench.open();
    first.engine.start();
    bench.submit(first, "ended-before");
    await passUntilJob(first, "ended-before", hasEnded);
    bench.submit(first, "set-aside");
    first.jobs.pause("set-aside");
    await passUntilJob(first, "set-aside", ({ status }) => status === "Paused");
    const closed = first.close();
    await pass(5000);
    await closed;
    const segmentsOf = (job: string) => path.join(bench.home, "jobs", job, "segments");
    await passUntil(() => !fs.existsSync(segmentsOf("ended-before")));
    for (const job of ["ended-before", "set-aside"]) {
      fs.mkdirSync(segmentsOf(job), { recursive: true });
      fs.writeFileSync(path.join(segmentsOf(job), "1-1.segment"), "results");
    }
    const second = bench.open();
    second.engine.start();
    await passUntil(() => !fs.existsSync(segmentsOf("ended-before")));
    expect(fs.existsSync(segmentsOf("set-aside"))).toBe(true);
  });

  it("leaves a job alone that paused itself when its user pauses it too", async () => {
    const bench = newBench();
    let isFull = true;
    const workspace = bench.open({
      watch: {
        fromProcess(program, message, deliver) {
          if (!isFull || program !== "merge-process" || message.type !== "appended") return false;
          deliver({ type: "failed", place: "output", message: "no space", errno: "ENOSPC" });
          return true;
        },
      },
    });
    workspace.engine.start();
    bench.submit(workspace, "full");
    await passUntilJob(workspace, "full", ({ status }) => status === "Paused");
    isFull = false;
    workspace.jobs.pause("full");
    await pass(600_000);
    expect(show(workspace, "full").status).toBe("Paused");
    workspace.jobs.resume("full");
    expect((await passUntilJob(workspace, "full", hasEnded)).status).toBe("Completed");
  });

  it("leaves a job alone whose input was changed while nobody worked on it, until its user resumes it", async () => {
    const bench = newBench();
    const first = bench.open();
    first.engine.start();
    bench.submit(first, "changed");
    await passUntilJob(first, "changed", ({ succeeded }) => succeeded > 0);
    first.engine.kill();
    const second = bench.open({
      watch: {
        fromProcess(program, message, deliver) {
          if (program !== "data-process" || message.type !== "checked") return false;
          deliver({ type: "checked", changed: 1, missing: 0, examples: ["0.csv"] });
          return true;
        },
      },
    });
    second.engine.start();
    const paused = await passUntilJob(second, "changed", ({ status }) => status === "Paused");
    expect(paused.problem?.code).toBe("input/changed");
    await pass(600_000);
    expect(show(second, "changed").status).toBe("Paused");
    expect(second.jobs.resume("changed", { skipChanged: true })).toMatchObject({ ok: true });
    expect((await passUntilJob(second, "changed", hasEnded)).status).toBe("Completed");
  });

  it("keeps damage that it meets in one job's journal to that job, also while that job's input is being checked", async () => {
    const bench = newBench();
    const first = bench.open();
    first.engine.start();
    bench.submit(first, "damaged", { miniBatches: 400 });
    await passUntilJob(first, "damaged", (job) => job.total_known && job.succeeded > 0);
    const closed = first.close();
    await pass(5000);
    await closed;
    const journal = new Database(path.join(bench.home, "jobs", "damaged", "journal.db"));
    journal.exec("UPDATE units SET parts = 'no JSON'");
    journal.close();
    let check: (() => void) | null = null;
    const second = bench.open({
      watch: {
        toProcess(program, message, deliver) {
          if (program !== "data-process" || message.type !== "check" || check !== null) return false;
          check = deliver;
          return true;
        },
      },
    });
    const problems = new Set<string>();
    second.engine.start();
    bench.submit(second, "healthy");
    for (const job of ["healthy", "damaged"]) {
      await passUntil(() => {
        problems.add(second.engine.writeProblem()?.kind ?? "none");
        return hasEnded(show(second, job));
      });
      expect(show(second, job).status).toBe("Completed");
    }
    expect([...problems]).toEqual(["none"]);
    expect(fs.existsSync(path.join(bench.home, "jobs", "damaged", "journal.db.damaged"))).toBe(true);
  });

  it("leaves out nothing of its plan when another program holds the journal while parts of the plan are underway", async () => {
    const bench = newBench();
    let held: unknown = null;
    let lock: Database.Database | null = null;
    const workspace = bench.open({
      watch: {
        fromProcess(program, message, deliver) {
          if (program !== "data-process" || lock !== null) return false;
          if (message.type === "mini-batches") {
            if (held !== null) deliver(held);
            held = message;
            return true;
          }
          if (message.type !== "planned") return false;
          // Both are taken in the same moment, and the journal takes only the second.
          lock = new Database(path.join(bench.home, "jobs", "locked", "journal.db"));
          lock.exec("BEGIN EXCLUSIVE");
          deliver(held);
          lock.exec("ROLLBACK");
          lock.close();
          deliver(message);
          return true;
        },
      },
    });
    workspace.engine.start();
    bench.submit(workspace, "locked", { miniBatches: 40 });
    expect((await passUntilJob(workspace, "locked", hasEnded)).status).toBe("Completed");
    expect(bench.miniBatchesIn("locked")).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  it("outlives a disk so full that not even the end of a run can be written down", async () => {
    const bench = newBench();
    let isFull = false;
    let tried = 0;
    const workspace = bench.open({
      watch: {
        fromProcess(program, message, deliver) {
          if (program !== "merge-process" || message.type !== "appended" || tried > 0) return false;
          isFull = true;
          deliver({ type: "failed", place: "output", message: "no space", errno: "ENOSPC" });
          return true;
        },
      },
    });
    const { move, change } = workspace.registry.jobs;
    const unlessFull = <Arguments extends unknown[]>(write: (...given: Arguments) => boolean) => {
      return (...given: Arguments): boolean => {
        if (!isFull) return write(...given);
        tried += 1;
        throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
      };
    };
    Object.assign(workspace.registry.jobs, { move: unlessFull(move), change: unlessFull(change) });
    workspace.engine.start();
    bench.submit(workspace, "fuller");
    await passUntil(() => tried >= 3);
    expect(["Running", "Finalizing"]).toContain(show(workspace, "fuller").status);
    isFull = false;
    await passUntilJob(workspace, "fuller", ({ status }) => status === "Paused");
    expect((await passUntilJob(workspace, "fuller", hasEnded)).status).toBe("Completed");
  });

  it("of a command also runs the jobs of a window that was opened later", async () => {
    const bench = newBench();
    const command = bench.open({ scope: "awaited" });
    bench.submit(command, "waited-for");
    command.jobs.pause("waited-for");
    command.registry.waiters.add({ id: "a-command", job: "waited-for", pid: process.pid });
    command.engine.start();
    await passUntil(() => command.engine.holdsLease());
    const window = bench.open({ scope: "all" });
    window.engine.start();
    bench.submit(window, "dropped");
    expect((await passUntilJob(window, "dropped", hasEnded)).status).toBe("Completed");
    command.registry.waiters.remove("a-command");
  });
});
