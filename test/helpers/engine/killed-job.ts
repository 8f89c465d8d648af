import path from "node:path";
import { expect, it } from "vitest";
import { batchdeck, type Running, showJob, startBatchdeck } from "../batchdeck.ts";
import { helpersOf, isAlive, kill, workersOf } from "../processes.ts";
import { treeOf } from "../outputs.ts";
import { seededRandom } from "../random.ts";
import { sleep } from "../sleep.ts";

type Kills = {
  readonly home: string;
  readonly job: string;
  readonly kills: number;
  readonly random: () => number;
  /** How long the same job took undisturbed. The lives together take about a quarter of that, however fast the machine is. */
  readonly undisturbedMs: number;
};

/**
 * Kills the engine of a running job, or one of its processes, again and again while there are workers; resumes the job
 * each time its engine is gone. Answers the command that finishes it.
 */
export async function killAgainAndAgain(
  running: Running,
  { home, job, kills, random, undisturbedMs }: Kills,
): Promise<Running> {
  let current = running;
  for (let done = 0; done < kills; done++) {
    const pid = current.child.pid ?? 0;
    while (isAlive(pid) && workersOf(pid).length === 0) await sleep(5);
    await sleep((random() * undisturbedMs) / (2 * kills));
    if (random() < 0.4) {
      const helpers = helpersOf(pid);
      kill(helpers[Math.floor(random() * helpers.length)], "SIGKILL");
      continue;
    }
    kill(pid, "SIGKILL");
    const ended = await current.ended;
    expect(ended.signal, `the job ended before it could be killed: ${ended.stderr}`).toBe("SIGKILL");
    current = startBatchdeck(home, "job", "resume", "-n", job);
  }
  return current;
}

/** Runs the job that the killed ones are compared with, to its end with some failed items, and tells how many ms it took. */
export async function runUndisturbed(home: string, invocation: readonly string[]): Promise<number> {
  const began = performance.now();
  const ran = await batchdeck(home, ...invocation);
  expect(ran.code, ran.stderr).toBe(3);
  return performance.now() - began;
}

export async function expectSameCounts(home: string, job: string, other: string): Promise<void> {
  const countsOf = async (name: string) => {
    const { total, succeeded, failed, skipped, not_a_number } = await showJob(home, name);
    return { total, succeeded, failed, skipped, not_a_number };
  };
  expect(await countsOf(job)).toEqual(await countsOf(other));
}

/** An endpoint whose jobs fail some items, and where their results go: `root/JOB`. */
export type KilledEndpoint = {
  readonly root: string;
  readonly home: string;
  readonly endpoint: string;
  readonly input: string;
};

export function invocationOf(
  { root, endpoint, input }: KilledEndpoint,
  job: string,
  workers: number,
): readonly string[] {
  return [
    ...["invoke", "-n", endpoint, "--input", input, "--output-path", path.join(root, job), "--job-name", job],
    ...["--instance-count", String(workers)],
  ];
}

/** Two tests, of one worker and of two: a job that is killed again and again leaves what the job `undisturbed` left. */
export function itSurvivesKills(
  killed: KilledEndpoint,
  kills: number,
  seed: number,
  undisturbedMs: () => number,
): void {
  const { root, home } = killed;
  it.each([1, 2])(
    `gives the same files and counts after ${kills} kills with %i workers (seed ${seed})`,
    async (workers) => {
      const job = `killed-${workers}`;
      const started = startBatchdeck(home, ...invocationOf(killed, job, workers));
      const moments = { home, job, kills, random: seededRandom(seed + workers), undisturbedMs: undisturbedMs() };
      const ended = await (await killAgainAndAgain(started, moments)).ended;
      expect(ended.code, ended.stderr).toBe(3);
      expect(treeOf(path.join(root, job))).toEqual(treeOf(path.join(root, "undisturbed")));
      await expectSameCounts(home, job, "undisturbed");
    },
  );
}
