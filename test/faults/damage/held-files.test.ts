import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import type { FaultErrno, FaultPlace, FaultRule } from "../../helpers/engine/fault-shim.ts";
import { buildFaultShim, faultPlace, startFaultyEngine } from "../../helpers/engine/fault-shim.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { expectSameFiles } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/**
 * A virus scanner has a file open for a moment when it is renamed or removed, which Windows refuses (EPERM, EACCES, EBUSY):
 * nobody notices. Here the shim refuses once, for each such call that a job makes.
 */
const { root, home, input } = temporaryPlaces("held-files");
const outputs = path.join(root, "out");
const outOf = (job: string) => path.join(outputs, job);
const errnos: readonly FaultErrno[] = ["EPERM", "EACCES", "EBUSY"];
let place: FaultPlace;

const calls: readonly Pick<FaultRule, "program" | "call" | "pattern">[] = [
  { program: "engine", call: "link", pattern: "*/out/JOB/job.json" },
  { program: "engine", call: "unlink", pattern: "*/out/JOB/predictions.csv.part" },
  { program: "engine", call: "unlink", pattern: "*/out/JOB/errors.csv.part" },
  { program: "engine", call: "unlink", pattern: "*/jobs/JOB/segments/*" },
  { program: "data-process-", call: "rename", pattern: "*/jobs/JOB/listing.jsonl" },
];

async function run(job: string): Promise<void> {
  const ended = await startFaultyEngine(place, {
    home,
    invocations: [
      {
        ...{ endpointName: "dense", deploymentName: null, inputPath: input, outputFolder: outOf(job), jobName: job },
        overrides: { instance_count: "1", mini_batch_size: "1" },
      },
    ],
  }).ended;
  expect(ended.code, ended.stderr).toBe(0);
}

beforeAll(async () => {
  fs.mkdirSync(outputs);
  writeCsvFolder(input, { files: 4, rowsPerFile: 40, features: 4 });
  await deploy(home, "dense", denseModel({ features: 4, hidden: [16], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
  place = faultPlace(buildFaultShim(root), path.join(root, "faults"), [home, outputs]);
  await run("undisturbed");
});

describe("a file that is held for a moment", () => {
  it.each(
    calls.map((call, index) => ({ ...call, errno: errnos[index % errnos.length] ?? "EBUSY", job: `held-${index}` })),
  )(
    "is renamed or removed all the same: $call of $pattern ($errno)",
    async ({ program, call, pattern, errno, job }) => {
      place.setRules([{ action: errno, program, call, pattern: pattern.replace("JOB", job), nth: 1, times: "once" }]);
      await run(job);
      // Who refuses takes the rule away.
      expect(place.isStruck(), "the refusal came").toBe(true);
      expectSameFiles(outOf(job), outOf("undisturbed"));
      expect(fs.readdirSync(outOf(job)).sort()).toEqual(["errors.csv", "job.json", "predictions.csv"]);
      const registry = new Database(path.join(home, "registry.db"), { readonly: true });
      const states = registry.prepare("SELECT status FROM job_history WHERE job = ? ORDER BY id").pluck().all(job);
      registry.close();
      expect(states).toEqual(["NotStarted", "Queued", "Preparing", "Running", "Finalizing", "Completed"]);
    },
  );
});
