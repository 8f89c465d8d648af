import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { deploy, showJob } from "../helpers/batchdeck.ts";
import { writeCsvFolder } from "../helpers/data/data-fixtures.ts";
import type { DurableCall, FaultPlace, FaultRule } from "../helpers/engine/fault-shim.ts";
import { buildFaultShim, faultPlace, isLong, startFaultyEngine } from "../helpers/engine/fault-shim.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../helpers/places.ts";

/**
 * Promise 2 at every step: a run without faults shows each call that makes something durable (plan, segments, journal,
 * merge, final names, registry, removal). Then a process is ended at each of them, before or after, alone or with its
 * engine; whatever is left is taken up again, and the files must be those of the undisturbed run.
 */
const { root, home, input } = temporaryPlaces("steps");
const outputs = path.join(root, "out");
const formats = ["csv", "parquet"] as const;
type Format = (typeof formats)[number];

let place: FaultPlace;

const outOf = (job: string) => path.join(outputs, job);
const finalNames = (format: Format) => [`predictions.${format}`, "errors.csv", "job.json"];

function requestOf(job: string, format: Format) {
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

async function runToEnd(job: string, format: Format): Promise<void> {
  const ended = await startFaultyEngine(place, requestOf(job, format)).ended;
  expect(ended.code, ended.stderr).toBe(0);
}

/** A step of the undisturbed run by what it does, whatever job and process it belongs to, and how often it came. */
type Step = { readonly program: string; readonly call: string; readonly pattern: string; readonly times: number };

function stepsOf(calls: readonly DurableCall[], job: string): readonly Step[] {
  const found = new Map<string, Step>();
  for (const { program, call, path: file } of calls) {
    // Before there is a job, nothing can be lost that is one.
    if (/lease\.db|-shm$/.test(file) || file === home || call === "mkdir") continue;
    const step = {
      program: program.replace(/\d+$/, ""),
      call,
      pattern: file
        .replaceAll(`/${job}`, "/JOB")
        .replace(/\d+-\d+\.(segment|status)$/, "*.$1")
        .replace(/listing\.jsonl\.\d+/, "listing.jsonl.*")
        .replace(/(\.batchdeck-claim\.[a-z]+)-[-0-9a-f]+$/, "$1-*"),
    };
    const key = JSON.stringify(step);
    found.set(key, { ...step, times: (found.get(key)?.times ?? 0) + 1 });
  }
  return [...found.values()];
}

/** Which of a step's repetitions are tried: the first, one in the middle and the last; in the short run one of the two ends. */
function repetitionsOf({ times }: Step, index: number): readonly number[] {
  const chosen = isLong ? [1, Math.ceil(times / 2), times] : [index % 2 === 0 ? 1 : times];
  return [...new Set(chosen.filter((nth) => nth >= 1 && nth <= times))];
}

/** Before and after each; a process other than the engine alone or with it, by turns. The short run takes one side. */
function killsOf(steps: readonly Step[]): readonly Omit<FaultRule, "times">[] {
  const ways = {
    engine: ["before", "after"],
    alone: ["before", "after"],
    tree: ["tree-after", "tree-before"],
  } as const;
  let count = 0;
  return steps.flatMap((step, index) =>
    repetitionsOf(step, index).flatMap((nth) => {
      const { program, call, pattern } = step;
      count += 1;
      const sides = ways[program === "engine" ? "engine" : count % 2 === 0 ? "alone" : "tree"];
      const taken = isLong ? sides : sides.slice((count >> 1) % 2, ((count >> 1) % 2) + 1);
      return taken.map((action) => ({ action, program, call, pattern, nth }));
    }),
  );
}

beforeAll(async () => {
  fs.mkdirSync(outputs);
  writeCsvFolder(input, { files: 6, rowsPerFile: 40, features: 4 });
  fs.appendFileSync(path.join(input, "part-0002.csv"), "9999,abc,1,1,1\n");
  await deploy(home, "dense", denseModel({ features: 4, hidden: [16], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
  place = faultPlace(buildFaultShim(root), path.join(root, "faults"), [home, outputs]);
});

/** Steps of the formats before. A job with another format differs from theirs in few; the long run tries all of each. */
const tried = new Set<string>();
let killed = 0;
let reached = 0;

function untried(steps: readonly Step[]): readonly Step[] {
  const keyOf = ({ program, call, pattern }: Step) => JSON.stringify([program, call, pattern]);
  const left = isLong ? steps : steps.filter((step) => !tried.has(keyOf(step)));
  for (const step of steps) tried.add(keyOf(step));
  return left;
}

describe.each(formats)("a process that is killed at a step of a job with %s output", (format) => {
  it("leaves nothing that the next engine does not bring to the same end", async () => {
    const undisturbed = `undisturbed-${format}`;
    await runToEnd(undisturbed, format);
    const steps = stepsOf(place.takeCalls(), undisturbed);
    const programs = new Set(steps.map(({ program }) => program));
    expect([...programs].sort()).toEqual(["data-process-", "engine", "merge-process-", "worker-"]);
    const read = (job: string, name: string) => fs.readFileSync(path.join(outOf(job), name));
    const [predictionsName = "", errorsName = ""] = finalNames(format);

    const wrong: string[] = [];
    const kills = killsOf(untried(steps));
    for (const [index, kill] of kills.entries()) {
      const job = `killed-${format}-${index}`;
      const words = `${kill.action} ${kill.call} of ${kill.pattern} by ${kill.program}, no. ${kill.nth}`;
      place.setRules([{ ...kill, pattern: kill.pattern.replaceAll("/JOB", `/${job}`), times: "once" }]);
      const first = await startFaultyEngine(place, requestOf(job, format)).ended;
      const wasReached = !fs.existsSync(path.join(root, "faults", "control"));
      place.repair();
      if (wasReached) reached += 1;
      killed += 1;
      // Nothing partial under a final name, at any moment.
      for (const name of [predictionsName, errorsName]) {
        if (!fs.existsSync(path.join(outOf(job), name))) continue;
        if (!read(job, name).equals(read(undisturbed, name))) wrong.push(`${words}: a partial ${name}`);
      }
      if (first.code !== 0) await runToEnd(job, format);
      const same = [predictionsName, errorsName].every((name) => read(job, name).equals(read(undisturbed, name)));
      if (!same) wrong.push(`${words}: other bytes`);
      const left = fs.readdirSync(outOf(job)).sort();
      if (left.join() !== finalNames(format).sort().join()) wrong.push(`${words}: left ${left.join(", ")}`);
    }
    place.takeCalls();
    console.log(
      `${format}: ${kills.length} kills, of all so far ${reached} of ${killed} reached, at ${steps.length} kinds of step`,
    );
    expect(wrong).toEqual([]);
    // How often a call is repeated depends on time, so a few late repetitions may never come.
    expect(reached).toBeGreaterThan(killed * 0.85);
    const last = await showJob(home, `killed-${format}-${kills.length - 1}`);
    expect(last.succeeded + last.failed + last.skipped).toBe(last.total);
    expect(last.failed).toBe(1);
  });
});
