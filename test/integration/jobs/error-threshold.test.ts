import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob, startBatchdeck, untilScored } from "../../helpers/batchdeck.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { kill } from "../../helpers/processes.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** 400 files of 50 rows, of which two in each cannot be read: 800 failed rows of 20,000, in every file. */
const files = 400;
const failedRows = 2 * files;
const { root, home, input } = temporaryPlaces("threshold");

beforeAll(async () => {
  fs.mkdirSync(input);
  for (let file = 0; file < files; file += 1) {
    const rows = Array.from({ length: 50 }, (_, row) => (row < 2 ? "word,1,1,1" : `${row},1,2,3`));
    fs.writeFileSync(path.join(input, `f${String(file).padStart(3, "0")}.csv`), `f0,f1,f2,f3\n${rows.join("\n")}\n`);
  }
  await deploy(home, "dense", denseModel({ features: 4, hidden: [512, 512], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
    settings: ["mini_batch_size: 2"],
  });
});

function invokeArguments(job: string, settings: readonly string[]): string[] {
  const output = path.join(root, "out", job);
  const sets = settings.flatMap((setting) => ["--set", setting]);
  return ["invoke", "-n", "dense", "--input", input, "--output-path", output, "--job-name", job, ...sets];
}

describe("the error threshold of a job", () => {
  for (const workers of [1, 2]) {
    it.each([
      { name: "never", settings: ["error_threshold=-1"], code: 3 },
      { name: "none", settings: ["error_threshold=0"], code: 1 },
      { name: "exactly", settings: [`error_threshold=${failedRows}`], code: 3 },
      { name: "one-less", settings: [`error_threshold=${failedRows - 1}`], code: 1 },
      { name: "share", settings: ["batchdeck.error_threshold_percent=4"], code: 3 },
      { name: "share-less", settings: ["batchdeck.error_threshold_percent=3.99"], code: 1 },
      { name: "files", settings: [`error_threshold=${files}`, "batchdeck.error_threshold_unit=file"], code: 3 },
      {
        name: "files-less",
        settings: [`error_threshold=${files - 1}`, "batchdeck.error_threshold_unit=file"],
        code: 1,
      },
    ])(`$name ends with $code (${workers} workers)`, async ({ name, settings, code }) => {
      const job = `${name}-${workers}`;
      const ran = await batchdeck(home, ...invokeArguments(job, [...settings, `instance_count=${workers}`]));
      expect(ran.code, ran.stderr).toBe(code);
      const shown = await showJob(home, job);
      if (code === 3) expect([shown.succeeded, shown.failed]).toEqual([20_000 - failedRows, failedRows]);
      else expect(shown.problem?.code).toBe("job/error-threshold");
    });
  }

  it.each([
    { name: "exactly", threshold: failedRows, unit: "row", code: 3 },
    { name: "less", threshold: failedRows - 1, unit: "row", code: 1 },
    { name: "files", threshold: files, unit: "file", code: 3 },
    { name: "files-less", threshold: files - 1, unit: "file", code: 1 },
  ])("is the same over a kill and a resume: $name", async ({ name, threshold, unit, code }) => {
    const job = `killed-${name}`;
    const settings = [`error_threshold=${threshold}`, `batchdeck.error_threshold_unit=${unit}`, "instance_count=1"];
    const running = startBatchdeck(home, ...invokeArguments(job, settings));
    while ((await batchdeck(home, "job", "show", "-n", job)).code !== 0);
    await untilScored(home, job, 500);
    kill(running.child.pid, "SIGKILL");
    expect((await running.ended).signal).toBe("SIGKILL");
    const resumed = await batchdeck(home, "job", "resume", "-n", job);
    expect(resumed.code, resumed.stderr).toBe(code);
  });
});
