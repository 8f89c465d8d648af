import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ToMergeProcess } from "../../../electron/contract/messages/merge-messages.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import type { Watch } from "../../helpers/engine/watched-host.ts";
import { watchedHost } from "../../helpers/engine/watched-host.ts";
import { closeEngines, hasEnded, openEngine, submit, untilJob } from "../../helpers/engine/workspaces.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { expectSameFiles } from "../../helpers/outputs.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

/**
 * Somebody does something to the files that a job's output is made in, at any of its steps: the job ends with its own rows,
 * whole, and writes into no file of anybody else. PARTS_SEED repeats a run.
 */
const { home, input, outOf, root } = temporaryPlaces("changed-parts");
const seed = Number(process.env["PARTS_SEED"] ?? Math.floor(Math.random() * 1e9));
const rounds = isLong ? 500 : 10;
const foreign = path.join(root, "foreign.txt");
const foreignText = "not the job's\n".repeat(1000);

const harms: Readonly<Record<string, (part: string) => void>> = {
  removed: (part) => fs.rmSync(part, { force: true }),
  cut: (part) => fs.truncateSync(part, 3),
  emptied: (part) => fs.truncateSync(part, 0),
  "replaced by another file": (part) => {
    fs.writeFileSync(`${part}.new`, foreignText);
    fs.renameSync(`${part}.new`, part);
  },
  "replaced by a file of NUL bytes as long as it was": (part) => {
    fs.writeFileSync(`${part}.new`, Buffer.alloc(fs.statSync(part).size));
    fs.renameSync(`${part}.new`, part);
  },
  "removed and made again by somebody, as long as it was": (part) => {
    const { size } = fs.statSync(part);
    fs.rmSync(part);
    fs.writeFileSync(part, Buffer.alloc(size));
  },
  "written over in its place": (part) => {
    const file = fs.openSync(part, "r+");
    fs.writeSync(file, Buffer.alloc(Math.ceil(fs.fstatSync(file).size / 2)), 0, null, 0);
    fs.closeSync(file);
  },
  "replaced by a pipe": (part) => {
    fs.rmSync(part);
    execFileSync("mkfifo", [part]);
  },
  "replaced by a link": (part) => {
    fs.rmSync(part);
    fs.symlinkSync(foreign, part);
  },
  "replaced by a link that leads nowhere": (part) => {
    fs.rmSync(part);
    fs.symlinkSync(path.join(root, "nowhere"), part);
  },
};

/** When it happens: before the process gets its n-th message of that type, or when it has said that it is done. */
type Moment = { readonly type: ToMergeProcess["type"] | "finished"; readonly nth: number };
const moments: readonly Moment[] = [
  { type: "append", nth: 1 },
  { type: "append", nth: 2 },
  { type: "finish", nth: 1 },
  { type: "finished", nth: 1 },
];

const rowsParts = { csv: "predictions.csv.part", parquet: "predictions.parquet.csv.part" } as const;

async function run(job: string, format: "csv" | "parquet", watch: Watch): Promise<void> {
  const workspace = openEngine({ home, processHost: watchedHost(watch) });
  workspace.engine.start();
  const overrides = { instance_count: "2", mini_batch_size: "1", "batchdeck.output_format": format };
  const request = { endpointName: "dense", inputPath: input, outputFolder: outOf(job), jobName: job };
  await submit(workspace, { ...request, overrides });
  const ended = await untilJob(workspace, job, hasEnded);
  expect(ended.status, JSON.stringify(ended.problem)).toBe("Completed");
}

beforeAll(async () => {
  console.log(`changed parts seed: ${seed}`);
  writeCsvFolder(input, { files: 60, rowsPerFile: 60, features: 4 });
  fs.appendFileSync(path.join(input, "part-0003.csv"), "9999,abc,1,1,1\n");
  fs.writeFileSync(foreign, foreignText);
  await deploy(home, "dense", denseModel({ features: 4, hidden: [512, 256], classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
  for (const format of ["csv", "parquet"] as const) {
    await run(`undisturbed-${format}`, format, {});
    await closeEngines();
  }
});
afterEach(closeEngines);

describe("a job whose .part file is", () => {
  const random = seededRandom(seed);
  const choose = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
  for (let round = 0; round < rounds; round += 1) {
    const harm = Object.keys(harms)[round % Object.keys(harms).length] ?? "";
    const { type, nth } = round < 10 ? (moments[round % moments.length] as Moment) : choose(moments);
    const format = choose(["csv", "parquet"] as const);
    const name = choose(["rows", "errors"]);
    it(`${harm} still has its own rows (${name} of ${format}, at ${type} ${nth}, round ${round + 1})`, async () => {
      const job = `harmed-${round}`;
      const predictions = type === "finished" ? `predictions.${format}.part` : rowsParts[format];
      const part = path.join(outOf(job), name === "rows" ? predictions : "errors.csv.part");
      let count = 0;
      let isDone = false;
      const harmAt = (message: { readonly type: string }) => {
        if (message.type === type) count += 1;
        // A quick job may have no second append.
        const isLate = message.type === "finish" && type === "append";
        if (isDone || !((message.type === type && count === nth) || isLate)) return false;
        isDone = true;
        harms[harm]?.(part);
        return false;
      };
      await run(job, format, {
        toProcess: (program, message) => program === "merge-process" && harmAt(message),
        fromProcess: (program, message) => program === "merge-process" && harmAt(message),
      });
      expect(isDone).toBe(true);
      expectSameFiles(outOf(job), outOf(`undisturbed-${format}`), [`predictions.${format}`, "errors.csv"]);
      expect(fs.readdirSync(outOf(job)).sort()).toEqual([`predictions.${format}`, "errors.csv", "job.json"].sort());
      expect(fs.readFileSync(foreign, "utf8")).toBe(foreignText);
      expect(fs.existsSync(path.join(root, "nowhere"))).toBe(false);
      fs.rmSync(outOf(job), { recursive: true });
    });
  }
});
