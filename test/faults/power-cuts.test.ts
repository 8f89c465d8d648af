import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { deploy, showJob } from "../helpers/batchdeck.ts";
import { writeCsvFolder } from "../helpers/data/data-fixtures.ts";
import type { FaultPlace } from "../helpers/engine/fault-shim.ts";
import { buildFaultShim, faultPlace, isLong, startFaultyEngine } from "../helpers/engine/fault-shim.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { seededRandom } from "../helpers/random.ts";
import { temporaryPlaces } from "../helpers/places.ts";
import { sleep } from "../helpers/sleep.ts";

/**
 * A power cut, as a file system of today shows it afterwards: the names are there, but a file holds only what was synced,
 * and nothing at all when it never was. The job goes on from that, and its files are those of an undisturbed run. Set
 * POWER_SEED to see a run again.
 */
const { root, home, input } = temporaryPlaces("power-cuts");
const outputs = path.join(root, "out");
const shadow = path.join(root, "shadow");
const faultFolder = path.join(root, "faults");
const cuts = isLong ? 200 : 16;
const seed = Number(process.env["POWER_SEED"] ?? Math.floor(Math.random() * 1e9));
let place: FaultPlace;

const outOf = (job: string) => path.join(outputs, job);

function requestOf(job: string, format: string) {
  return {
    home,
    invocations: [
      {
        endpointName: "dense",
        deploymentName: null,
        inputPath: input,
        outputFolder: outOf(job),
        overrides: { instance_count: "1", mini_batch_size: "1", "batchdeck.output_format": format },
        jobName: job,
      },
    ],
  };
}

function filesBelow(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const shadowOf = (file: string) => path.join(shadow, String(fs.statSync(file).ino));

/** All that is there now has long been on the disk. */
function settleDisk(): void {
  fs.rmSync(shadow, { recursive: true, force: true });
  fs.mkdirSync(shadow);
  for (const file of [...filesBelow(home), ...filesBelow(outputs)]) fs.copyFileSync(file, shadowOf(file));
}

/** Leaves of every file what was synced. Returns how many files lost something. */
function cutPower(): number {
  let losers = 0;
  for (const file of [...filesBelow(home), ...filesBelow(outputs)]) {
    const kept = fs.existsSync(shadowOf(file)) ? fs.readFileSync(shadowOf(file)) : Buffer.alloc(0);
    if (kept.equals(fs.readFileSync(file))) continue;
    losers += 1;
    fs.writeFileSync(file, kept);
  }
  // Shared memory, which no disk ever held.
  for (const file of filesBelow(home)) if (file.endsWith("-shm")) fs.rmSync(file);
  return losers;
}

/** Until every process of the run has ended: those whose engine was killed need a moment. */
async function untilAllGone(): Promise<void> {
  const isOfRun = (pid: string) => {
    try {
      return fs.readFileSync(`/proc/${pid}/environ`, "utf8").includes(`FAULT_CONTROL=${faultFolder}`);
    } catch {
      return false;
    }
  };
  while (fs.readdirSync("/proc").some((name) => /^\d+$/.test(name) && isOfRun(name))) {
    await sleep(20);
  }
}

beforeAll(async () => {
  console.log(`power cut seed: ${seed}`);
  fs.mkdirSync(outputs);
  writeCsvFolder(input, { files: 8, rowsPerFile: 40, features: 4 });
  fs.appendFileSync(path.join(input, "part-0002.csv"), "9999,abc,1,1,1\n");
  await deploy(home, "dense", denseModel({ features: 4, hidden: [16], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
  place = faultPlace(buildFaultShim(root), faultFolder, [home, outputs], shadow);
  for (const format of ["csv", "parquet"]) {
    settleDisk();
    const ended = await startFaultyEngine(place, requestOf(`undisturbed-${format}`, format)).ended;
    expect(ended.code, ended.stderr).toBe(0);
  }
});

describe("a power cut", () => {
  it("costs no committed row and leaves no file that is not whole", async () => {
    const random = seededRandom(seed);
    const wrong: string[] = [];
    let reached = 0;
    let losers = 0;
    for (let cut = 0; cut < cuts; cut += 1) {
      const format = cut % 2 === 0 ? "csv" : "parquet";
      const job = `cut-${cut}`;
      const [program = "", most = 0] = (
        [
          ["engine", 260],
          ["worker-", 70],
          ["merge-process", 25],
        ] as const
      )[Math.floor(random() * 3)] ?? ["engine", 260];
      const side = random() < 0.5 ? "before" : "after";
      const action = program === "engine" ? side : (`tree-${side}` as const);
      const nth = 1 + Math.floor(random() * most);
      settleDisk();
      place.setRules([{ action, program, call: "*", pattern: "*", nth, times: "once" }]);
      const first = await startFaultyEngine(place, requestOf(job, format)).ended;
      await untilAllGone();
      place.repair();
      const words = `${action} durable call ${nth} of ${program} (${format})`;
      if (first.code !== 0) {
        reached += 1;
        losers += cutPower();
        const second = await startFaultyEngine(place, requestOf(job, format)).ended;
        if (second.code !== 0) wrong.push(`${words}: ${second.stderr}`);
      }
      for (const name of [`predictions.${format}`, "errors.csv"]) {
        const [found, reference] = [job, `undisturbed-${format}`].map((one) => path.join(outOf(one), name));
        const isSame =
          fs.existsSync(found ?? "") && fs.readFileSync(found ?? "").equals(fs.readFileSync(reference ?? ""));
        if (!isSame) wrong.push(`${words}: ${name} differs`);
      }
      fs.rmSync(path.join(home, "jobs", job), { recursive: true, force: true });
    }
    console.log(`${reached} of ${cuts} cuts came while a job ran; ${losers} files lost what was not synced`);
    expect(wrong).toEqual([]);
    expect(reached).toBeGreaterThan(cuts / 2);
    expect(losers).toBeGreaterThan(reached);
    const last = await showJob(home, `cut-${cuts - 1}`);
    expect(last.succeeded + last.failed + last.skipped).toBe(last.total);
  });
});
