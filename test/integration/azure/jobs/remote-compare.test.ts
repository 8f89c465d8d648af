import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { type JobsLab, startJobsLab } from "../../../azure/jobs/sample.ts";
import { azurePythonEnvironment } from "../../../helpers/azure-script/python-runtime.ts";
import { deploy } from "../../../helpers/batchdeck.ts";
import { runInProcessWith } from "../../../helpers/command-line.ts";
import { writeCsvFolder } from "../../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

/** The same folder scored here and in Azure, by the script that is exported for it and ONNX Runtime in Debian's Python. */
const folder = temporaryFolder("remote-compare");
let at: JobsLab;

beforeAll(async () => {
  at = await startJobsLab(folder);
});
afterAll(() => at.close());

it("has the same rows and errors, and a comparison finds no difference", async () => {
  const home = path.join(folder, "home");
  const run = (...args: readonly string[]) => runInProcessWith({ environment: at.environment }, home, ...args);
  const json = async (...args: readonly string[]) =>
    JSON.parse((await run(...args, "--json")).stdout) as Record<string, unknown>;
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
  });
  const input = path.join(folder, "in");
  writeCsvFolder(input, { files: 3, rowsPerFile: 40, features: 4 });
  const [first = ""] = fs.readdirSync(input).sort();
  const lines = fs.readFileSync(path.join(input, first), "utf8").split("\n");
  lines[5] = (lines[5] ?? "").replace(/[^,]*$/, "word");
  fs.writeFileSync(path.join(input, first), lines.join("\n"));

  const exported = path.join(folder, "exported");
  expect(
    await run("deployment", "export", "-n", "one", "-e", "dense", "--for", "azure", "--output-path", exported),
  ).toMatchObject({
    code: 0,
  });
  const { properties } = parse(fs.readFileSync(path.join(exported, "deployment.yml"), "utf8")) as {
    properties: object;
  };
  at.azure.arm.put(at.azure.make.modelDeployment("sums", "exported", { properties, errorThreshold: -1 }));
  at.jobs.add({
    ...{ endpoint: "sums", name: "exported", script: "score.py" },
    codeFolder: path.join(exported, "code"),
    modelFolder: path.join(exported, "model"),
    environmentVariables: azurePythonEnvironment(),
  });
  const common = ["--input", input] as const;
  const [here, there] = ["here", "there"].map((name) => path.join(folder, name)) as [string, string];
  expect(await run("invoke", "-n", "dense", ...common, "--output-path", here, "--job-name", "here")).toMatchObject({
    code: 3,
  });
  const remote = ["-n", "sums", "-d", "exported", "-w", "lab", "-m", "1", ...common];
  expect(await run("invoke", ...remote, "--output-path", there, "--job-name", "there")).toMatchObject({ code: 3 });

  expect(await json("job", "show", "-n", "there")).toMatchObject({
    total: 120,
    succeeded: 119,
    failed: 1,
    item_unit: "row",
  });
  expect(fs.readFileSync(path.join(there, "errors.csv"), "utf8")).toBe(
    fs.readFileSync(path.join(here, "errors.csv"), "utf8"),
  );
  const [rowsHere, rowsThere] = [here, there].map((out) =>
    fs.readFileSync(path.join(out, "predictions.csv"), "utf8").split("\n"),
  );
  expect(rowsThere?.[0]).toBe(rowsHere?.[0]);
  expect(rowsThere?.length).toBe(rowsHere?.length);
  expect(await json("job", "compare", "here", "there", "--tolerance", "0.000001")).toMatchObject({
    ...{ lined_up_by: "item", same: 119, changed: 0, only_in_a: 0, only_in_b: 0 },
    ...{ columns_only_in_a: [], columns_only_in_b: [] },
  });
});
