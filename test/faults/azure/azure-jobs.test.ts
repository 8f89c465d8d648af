import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { endpointHost } from "../../azure/jobs/jobs.ts";
import { type JobsLab, startJobsLab, writeTables } from "../../azure/jobs/sample.ts";
import { labHosts } from "../../azure/lab.ts";
import type { Fault } from "../../azure/server.ts";
import type { StorageFault } from "../../azure/storage/storage.ts";
import { runInProcessWith } from "../../helpers/command-line.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { hasEnded, openEngine, show } from "../../helpers/engine/workspaces.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";
import { sleep } from "../../helpers/sleep.ts";
import { until } from "../../helpers/until.ts";

/**
 * Jobs in Azure under random faults of the network and of Azure, with engines that are killed at any step: each is one job in
 * Azure, ends, and has the same bytes as an undisturbed one. AZURE_SEED repeats a run.
 */
const folder = temporaryFolder("azure-jobs");
const firstSeed = Number(process.env["AZURE_SEED"] ?? Math.floor(Math.random() * 1e9));
const sequences = isLong ? 100 : 8;
const atOnce = 5;
const times = {
  ...{ firstWaitMs: 20, mostWaitMs: 200, firstPollMs: 30, mostPollMs: 100 },
  transfers: { retries: 4, firstWaitMs: 10, mostWaitMs: 2000 },
};
const steps = ["hashing", "uploading", "submitting", "following", "downloading", "converting"] as const;
let at: JobsLab;

beforeAll(async () => {
  console.log(`seed: ${firstSeed}`);
  at = await startJobsLab(folder);
});
afterAll(() => at.close());

const faults: readonly Fault[] = [
  { status: 429, headers: { "retry-after": "0" }, body: {} },
  { status: 500, body: {} },
  { status: 503, body: {} },
  "cut",
];
const storageFaults: readonly StorageFault[] = [
  "cut-request",
  "cut-answer",
  "lost-answer",
  { status: 503, code: "ServerBusy" },
];

type Ended = { readonly status: string; readonly made: number; readonly left: number; readonly out: string };

/** One job, from its invocation to its end, over as many engines as it takes. */
async function runThrough(name: string, random: () => number, isCanceled: boolean): Promise<Ended> {
  const own = path.join(folder, name);
  const [home, out] = [path.join(own, "home"), path.join(own, "out")];
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const input = writeTables(path.join(own, "in"), 2 + Math.floor(random() * 3), 2);
  const args = ["-n", "sums", "-d", "lines", "-m", "1", "--input", input, "-w", "lab", "--output-path", out];
  const queued = await runInProcessWith(
    { environment: at.environment },
    home,
    "invoke",
    ...args,
    "--job-name",
    name,
    "--no-wait",
  );
  if (queued.code !== 0) throw new Error(queued.stderr);
  const hosts = [endpointHost("sums"), labHosts.management];
  for (let count = Math.floor(random() * 5); count > 0; count -= 1) at.lab.server.disturb(pick(hosts), pick(faults));
  if (random() < 0.4) at.jobs.loseAnswers(random() < 0.6 ? "lost" : "refused");

  const step = () => /"step":"(\w+)"/.exec(readOr(path.join(home, "jobs", name, "azure.json")))?.[1] ?? "";
  let kills = Math.floor(random() * 4);
  let cancelAt = isCanceled ? pick(steps) : null;
  for (;;) {
    const workspace = openEngine({ home, environment: at.environment, azureTimes: times });
    workspace.engine.start();
    const isOver = () => hasEnded(show(workspace, name));
    const killAt = kills > 0 ? pick(steps) : null;
    const isAt = (wanted: string | null) =>
      wanted !== null &&
      steps.indexOf(step() as (typeof steps)[number]) >= steps.indexOf(wanted as (typeof steps)[number]);
    await until(() => {
      if (isAt(cancelAt)) {
        cancelAt = null;
        if (!isOver()) workspace.jobs.cancel(name);
      }
      return isOver() || isAt(killAt);
    }, 3);
    if (!isOver()) {
      await sleep(random() * 60);
      workspace.engine.kill();
      kills -= 1;
    }
    const { status } = show(workspace, name);
    const over = isOver();
    await workspace.close();
    if (!over) continue;
    const made = at.jobs.made().filter((job) => job.name.startsWith(`${name}-`));
    const left = made.filter((job) => !["Completed", "Failed", "Canceled"].includes(job.status())).length;
    return { status, made: made.length, left, out };
  }
}

it(
  `${sequences} of them, of which every fourth is cancelled`,
  async () => {
    const seeds = Array.from({ length: sequences }, (_, at) => firstSeed + at);
    const work = seeds.values();
    const noise = seededRandom(firstSeed);
    at.storage.disturb(() =>
      noise() < 0.03 ? (storageFaults[Math.floor(noise() * storageFaults.length)] ?? null) : null,
    );
    const outcomes: string[] = [];
    const runAll = async (): Promise<void> => {
      for (const seed of work) {
        const isCanceled = seed % 4 === 0;
        const name = `s${seed}`;
        const { status, made, left, out } = await runThrough(name, seededRandom(seed), isCanceled);
        outcomes.push(status);
        expect({ seed, left }).toEqual({ seed, left: 0 });
        expect(made, `seed ${seed}`).toBeLessThanOrEqual(1);
        if (status === "Canceled") continue;
        expect({ seed, status, made }).toEqual({ seed, status: "Completed", made: 1 });
        const files = fs.readdirSync(path.join(folder, name, "in")).sort();
        const lines = files.map((file) => `${file}:,x,\n`).join("");
        expect(sorted(path.join(out, "predictions.csv")), `seed ${seed}`).toBe(
          sortedText(`column_0,column_1,column_2\n${lines}`),
        );
        expect(readOr(path.join(out, "errors.csv"))).toBe("file,row,stage,code,message,value\n");
        expect(JSON.parse(readOr(path.join(out, "job.json")))).toMatchObject({ counts: { succeeded: files.length } });
        if (seed % 10 === 0) fs.rmSync(path.join(folder, name), { recursive: true });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, runAll));
    expect(outcomes).toContain("Completed");
  },
  (isLong ? 60 : 10) * 60_000,
);

function readOr(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}

/** Nobody knows in which order Azure wrote them. */
function sorted(file: string): string {
  return sortedText(readOr(file));
}

function sortedText(text: string): string {
  return text.split("\n").sort().join("\n");
}
