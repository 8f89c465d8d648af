import { expect } from "vitest";
import { type Running, showJob, startBatchdeck } from "../batchdeck.ts";
import { helpersOf, isAlive, kill, workersOf } from "../processes.ts";
import { sleep } from "../sleep.ts";

type Kills = {
  readonly home: string;
  readonly job: string;
  readonly kills: number;
  readonly random: () => number;
  /** A process lives this long at most once there are workers. */
  readonly mostMs: number;
};

/**
 * Kills the engine of a running job, or one of its processes, again and again while there are workers; resumes the job
 * each time its engine is gone. Answers the command that finishes it.
 */
export async function killAgainAndAgain(
  running: Running,
  { home, job, kills, random, mostMs }: Kills,
): Promise<Running> {
  let current = running;
  for (let done = 0; done < kills; done++) {
    const pid = current.child.pid ?? 0;
    while (isAlive(pid) && workersOf(pid).length === 0) await sleep(5);
    await sleep(random() * mostMs);
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

export async function expectSameCounts(home: string, job: string, other: string): Promise<void> {
  const countsOf = async (name: string) => {
    const { total, succeeded, failed, skipped, not_a_number } = await showJob(home, name);
    return { total, succeeded, failed, skipped, not_a_number };
  };
  expect(await countsOf(job)).toEqual(await countsOf(other));
}
