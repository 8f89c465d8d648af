import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob } from "../helpers/batchdeck.ts";
import { writeCsvFolder } from "../helpers/data/data-fixtures.ts";
import type { FaultPlace, FaultRule } from "../helpers/engine/fault-shim.ts";
import { buildFaultShim, faultPlace, isLong, startFaultyEngine } from "../helpers/engine/fault-shim.ts";
import { denseModel } from "../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../helpers/places.ts";

/**
 * A retry takes the place of three files of another job, one after the other. Whatever ends its engine between two of
 * them, and whatever its user says then, the three and the registry tell of the same rows in the end.
 */
const { root, home } = temporaryPlaces("retry-steps");
const outputs = path.join(root, "out");
const names = ["predictions.csv", "errors.csv", "job.json"] as const;
let place: FaultPlace;

const badFile = (input: string) => path.join(input, "part-0002.csv");
const mended = "9999,1,1,1,1\n9998,abc,1,1,1\n";

async function scored(job: string, lines: string): Promise<void> {
  const input = path.join(root, `in-${job}`);
  writeCsvFolder(input, { files: 6, rowsPerFile: 40, features: 4 });
  fs.appendFileSync(badFile(input), lines);
  const ran = await batchdeck(
    home,
    ...["invoke", "-n", "dense", "--input", input, "--output-path", path.join(outputs, job), "--job-name", job],
  );
  expect(ran.code, ran.stderr).toBe(3);
}

const read = (job: string, name: string) => fs.readFileSync(path.join(outputs, job, name), "utf8");

/** A job with two bad rows, of which one is mended, and an engine that ends at a rename in the retry of it. */
async function retryKilledAt(job: string, rule: Pick<FaultRule, "action" | "pattern">): Promise<void> {
  await scored(job, "9999,abc,1,1,1\n9998,abc,1,1,1\n");
  const file = badFile(path.join(root, `in-${job}`));
  fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("9999,abc", "9999,1"));
  place.setRules([{ ...rule, program: "engine", call: "rename", nth: 1, times: "once" }]);
  const ended = await startFaultyEngine(place, { home, invocations: [], retried: [job] }).ended;
  place.repair();
  expect(ended.signal, ended.stderr).toBe("SIGKILL");
}

/** The three files and the registry all tell of one mended row, or none does. */
async function expectOneStory(job: string, isRetried: boolean): Promise<void> {
  const like = isRetried ? "mended" : "unmended";
  for (const name of ["predictions.csv", "errors.csv"]) expect(read(job, name), name).toBe(read(like, name));
  const failed = isRetried ? 1 : 2;
  expect((JSON.parse(read(job, "job.json")) as { counts: { failed: number } }).counts.failed).toBe(failed);
  const shown = await showJob(home, job);
  expect([shown.status, shown.succeeded, shown.failed, shown.total]).toEqual(["Completed", 242 - failed, failed, 242]);
  expect(fs.readdirSync(path.join(outputs, job)).sort()).toEqual([...names].sort());
}

beforeAll(async () => {
  fs.mkdirSync(outputs);
  await deploy(home, "dense", denseModel({ features: 4, hidden: [16], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
    settings: ["mini_batch_size: 1"],
  });
  await scored("mended", mended);
  await scored("unmended", "9999,abc,1,1,1\n9998,abc,1,1,1\n");
  place = faultPlace(buildFaultShim(root), path.join(root, "faults"), [home, outputs]);
});

describe("a retry whose engine ends at the final names", () => {
  const steps = names.flatMap((name) => (["before", "after"] as const).map((action) => ({ name, action })));
  /** A run on every change tries one moment of each: with the rows new and all else old. */
  const tried = steps.filter(({ name, action }) => isLong || (name === "errors.csv" && action === "before"));

  it.each(tried)("goes on to the end that it would have had ($action $name)", async ({ name, action }) => {
    const job = `on-${action}-${name.slice(0, name.indexOf("."))}`;
    await retryKilledAt(job, { action, pattern: path.join(outputs, job, name) });
    const ran = await batchdeck(home, "job", "resume", "-n", `${job}-retry-1`);
    expect(ran.code, ran.stderr).toBe(3);
    await expectOneStory(job, true);
  });

  it.each(tried)("leaves one story when it is cancelled instead ($action $name)", async ({ name, action }) => {
    const job = `off-${action}-${name.slice(0, name.indexOf("."))}`;
    await retryKilledAt(job, { action, pattern: path.join(outputs, job, name) });
    await batchdeck(home, "job", "cancel", "-n", `${job}-retry-1`);
    await batchdeck(home, "job", "resume", "-n", `${job}-retry-1`);
    const retry = await showJob(home, `${job}-retry-1`);
    expect(["Completed", "Canceled"]).toContain(retry.status);
    await expectOneStory(job, retry.status === "Completed");
  });
});
