import path from "node:path";
import { batchdeck, type Running, showJob, type ShownJob, startBatchdeckWith } from "../../helpers/batchdeck.ts";
import { helpersOf, kill } from "../../helpers/processes.ts";
import { seededRandom } from "../../helpers/random.ts";
import { sleep } from "../../helpers/sleep.ts";
import { damageSegment, holdRegistry, killHelper, oneOf, stepClock, stopForAWhile } from "./disturbances.ts";
import { invocation, type SoakKind } from "./soak-jobs.ts";

/**
 * Jobs of every kind, in one workspace, while their processes are killed and stopped, jobs are paused, resumed, cancelled
 * and tried again, the clock jumps, the registry is held by others, and bytes on the disk change. What happens, and in
 * which order, comes from the seed; when, from the machine as well.
 */
export type Soak = {
  /** Disturbs until the time is over, then lets every job come to its end. */
  readonly run: (minutes: number) => Promise<SoakEnd>;
};

export type SoakEnd = {
  readonly jobs: readonly { readonly kind: SoakKind; readonly shown: ShownJob }[];
  /** How often each disturbance happened. */
  readonly counts: Readonly<Record<string, number>>;
  /** Every process that an engine had started, as far as it was seen. */
  readonly processes: ReadonlySet<number>;
  /** Commands that ended in a way that no disturbance explains. */
  readonly faults: readonly string[];
};

export type SoakContext = {
  readonly home: string;
  readonly kinds: readonly SoakKind[];
  readonly outOf: (job: string) => string;
  readonly seed: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly clockOffset: string;
};

const enginesAtOnce = 3;
const ends: readonly string[] = ["Completed", "Failed", "Canceled"];

export function createSoak({ home, kinds, outOf, seed, environment, clockOffset }: SoakContext): Soak {
  const random = seededRandom(seed);
  const started = new Map<string, SoakKind>();
  /** Commands that run, by the job that they wait for. */
  const commands = new Map<string, Running>();
  const processes = new Set<number>();
  const counts: Record<string, number> = {};
  const faults: string[] = [];

  function startCommand(job: string, args: readonly string[]): void {
    const running = startBatchdeckWith(environment, home, ...args);
    commands.set(job, running);
    void running.ended.then(({ code, signal, stderr }) => {
      if (commands.get(job) === running) commands.delete(job);
      // 1: started and failed; 2: refused, as when a job ended a moment before it was to be resumed.
      const isExpected = signal === "SIGKILL" || [0, 2, 3, 130].includes(code ?? -1);
      if (!isExpected) faults.push(`${args.join(" ")}: ${code ?? signal}: ${stderr.trim().split("\n").at(-1)}`);
    });
  }

  /** A job that nobody has seen end, and that no command waits for. */
  async function left(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const job of started.keys()) {
      if (commands.has(job)) continue;
      const status = await statusOf(job);
      if (status !== null && !ends.includes(status)) found.push(job);
    }
    return found;
  }

  /** Null for a job that was not stored yet when its command was killed. */
  async function statusOf(job: string): Promise<string | null> {
    try {
      return (await showJob(home, job)).status;
    } catch (error) {
      if (/not found|no job/i.test(String(error))) return null;
      throw error;
    }
  }

  const anyEngine = (): number | undefined => oneOf(random, [...commands.values()])?.child.pid;
  const anyJob = (): string | undefined => oneOf(random, [...started.keys()]);

  /** What may happen, how often of a hundred times, and how. */
  const disturbances: readonly (readonly [name: string, weight: number, happen: () => boolean | Promise<boolean>])[] = [
    [
      "jobs started",
      24,
      () => {
        const kind = oneOf(random, kinds);
        if (kind === undefined || commands.size >= enginesAtOnce) return false;
        const job = `${kind.name}-${started.size + 1}`;
        started.set(job, kind);
        startCommand(job, invocation(kind, job, outOf(job), 1 + Math.floor(random() * 2)));
        return true;
      },
    ],
    [
      "engines killed",
      14,
      () => {
        const pid = anyEngine();
        kill(pid, "SIGKILL");
        return pid !== undefined;
      },
    ],
    ["processes killed", 16, () => killHelper(random, anyEngine() ?? -1)],
    ["processes stopped", 8, () => stopForAWhile(random, anyEngine() ?? -1)],
    ["jobs paused", 6, async () => (await command("job", "pause", "-n", anyJob() ?? "none")) === 0],
    [
      "jobs resumed",
      12,
      async () => {
        const job = oneOf(random, await left());
        if (job === undefined || commands.size >= enginesAtOnce) return false;
        startCommand(job, ["job", "resume", "-n", job]);
        return true;
      },
    ],
    ["jobs cancelled", 3, async () => (await command("job", "cancel", "-n", anyJob() ?? "none")) === 0],
    [
      "jobs retried",
      4,
      async () => {
        const job = anyJob();
        if (job === undefined || commands.size >= enginesAtOnce || (await statusOf(job)) !== "Completed") return false;
        startCommand(`retry of ${job}`, ["job", "retry-failed", "-n", job]);
        return true;
      },
    ],
    ["registry held", 4, () => holdRegistry(random, home)],
    ["segments damaged", 5, () => damageSegment(random, home, anyJob() ?? "none")],
    ["clock steps", 4, () => stepClock(random, clockOffset)],
  ];

  async function command(...args: readonly string[]): Promise<number> {
    const ran = await batchdeck(home, ...args);
    if (ran.code !== 0 && ran.code !== 2) faults.push(`${args.join(" ")}: ${ran.code}: ${ran.stderr.trim()}`);
    return ran.code ?? -1;
  }

  function note(): void {
    for (const { child } of commands.values()) {
      for (const pid of helpersOf(child.pid ?? -1)) processes.add(pid);
    }
  }

  async function disturb(): Promise<void> {
    note();
    const total = disturbances.reduce((sum, [, weight]) => sum + weight, 0);
    let place = random() * total;
    for (const [name, weight, happen] of disturbances) {
      place -= weight;
      if (place >= 0) continue;
      if (await happen()) counts[name] = (counts[name] ?? 0) + 1;
      return;
    }
  }

  /** Every job to its end, as many at once as before; one that pauses again and again is a fault. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([...commands.values()].map(({ ended }) => ended));
      const jobs = [...(await batchdeckJobs())];
      if (jobs.length === 0) return;
      const resumeTheNext = async (): Promise<void> => {
        for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
          startCommand(job, ["job", "resume", "-n", job]);
          await commands.get(job)?.ended;
        }
      };
      await Promise.all(Array.from({ length: enginesAtOnce }, resumeTheNext));
    }
    faults.push(`These never ended: ${(await batchdeckJobs()).join(", ")}`);
  }

  /** All unfinished jobs of the workspace, those of retries too. */
  async function batchdeckJobs(): Promise<readonly string[]> {
    const ran = await batchdeck(home, "job", "list", "--json");
    const jobs = JSON.parse(ran.stdout) as readonly { readonly name: string; readonly status: string }[];
    return jobs.filter(({ status }) => !ends.includes(status)).map(({ name }) => name);
  }

  return {
    async run(minutes) {
      const until = performance.now() + minutes * 60_000;
      while (performance.now() < until) {
        await disturb();
        await sleep(random() * 400);
      }
      await settle();
      const jobs: { kind: SoakKind; shown: ShownJob }[] = [];
      for (const [job, kind] of started) {
        if ((await statusOf(job)) !== null) jobs.push({ kind, shown: await showJob(home, job) });
      }
      return { jobs, counts, processes, faults };
    },
  };
}

/** Where the offset of the clock is kept. */
export function clockOffsetFile(root: string): string {
  return path.join(root, "clock-offset");
}
