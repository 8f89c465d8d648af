import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, expect, it } from "vitest";
import { deploy } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { closeEngines, hasEnded, openEngine, submit, untilJob } from "../../helpers/engine/workspaces.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

const { home, input, outOf } = temporaryPlaces("output-folder");

beforeAll(async () => {
  writeCsvFolder(input, { files: 10, rowsPerFile: 50, features: 4 });
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\n";
  await deploy(home, "dense", denseModel({ features: 4, hidden: [64], classes: 3 }), { scorer });
});
afterEach(closeEngines);

it("a job whose output folder became a file pauses, and goes on once it is a folder again", async () => {
  const workspace = openEngine({ home });
  const job = await submit(workspace, { endpointName: "dense", inputPath: input, outputFolder: outOf("no-folder") });
  fs.mkdirSync(path.dirname(outOf("no-folder")), { recursive: true });
  fs.writeFileSync(outOf("no-folder"), "in the way");
  workspace.engine.start();
  const paused = await untilJob(workspace, job, (view) => hasEnded(view) || view.status === "Paused");
  expect(paused.status).toBe("Paused");
  fs.rmSync(outOf("no-folder"));
  workspace.jobs.resume(job);
  expect((await untilJob(workspace, job, hasEnded)).status).toBe("Completed");
});
