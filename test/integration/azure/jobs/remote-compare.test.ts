import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { enterCodeOnPage } from "../../../azure/entra/browser.ts";
import { type JobsLab, startJobsLab } from "../../../azure/jobs/sample.ts";
import { keptKey } from "../../../azure/kept-key.ts";
import { runInProcessWith } from "../../../helpers/command-line.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

/**
 * From a fresh workspace to the same rows from here and from Azure: the commands of docs/azure.md. What is published runs in
 * Debian's Python with the real ONNX Runtime.
 */
const folder = temporaryFolder("remote-compare");
const samples = path.resolve("resources/samples");
let at: JobsLab;

beforeAll(async () => {
  at = await startJobsLab(folder, ["iris", "text-orientation"]);
});
afterAll(() => at.close());

type Run = (...args: readonly string[]) => ReturnType<typeof runInProcessWith>;

/** An endpoint of a sample, whose only deployment scores `input` here and, once published, in Azure. Returns both output folders. */
async function scoreInBothPlaces(run: Run, endpoint: string, deployment: string, input: string, code: number) {
  const sample = (file: string) => path.join(samples, endpoint, file);
  const outputs = { here: path.join(folder, `${endpoint}-here`), there: path.join(folder, `${endpoint}-there`) };
  const steps: readonly (readonly [number, ...string[]])[] = [
    [0, "workspace", "use", "-w", "lab", "-g", "risk-rg"],
    [0, "endpoint", "create", "-f", sample("endpoint.yml")],
    [0, "deployment", "create", "-f", sample("deployment.yml"), "--set-default"],
    [code, "invoke", "-n", endpoint, "--input", input, "--output-path", outputs.here, "--job-name", "here"],
    [
      ...([0, "deployment", "create", "-n", deployment, "-e", endpoint, "--remote"] as const),
      ...["--set", "compute=azureml:cpu-cluster", "--set-default"],
    ],
    [
      code,
      "invoke",
      "-n",
      endpoint,
      "--input",
      input,
      "--output-path",
      outputs.there,
      "--job-name",
      "there",
      "--remote",
    ],
  ];
  for (const [expected, ...args] of steps) {
    const ran = await run(...args);
    expect(ran, `batchdeck ${args.join(" ")}\n${ran.stderr}`).toMatchObject({ code: expected });
  }
  return outputs;
}

/** What `job compare` finds between the two jobs. */
async function compared(run: Run): Promise<object> {
  return JSON.parse((await run("job", "compare", "here", "there", "--json")).stdout) as object;
}

function files(folder: string): readonly string[] {
  return ["predictions.csv", "errors.csv"].map((name) => fs.readFileSync(path.join(folder, name), "utf8"));
}

it("a user who signed in with a code has the same rows and errors of a folder, and a comparison finds no difference", async () => {
  const home = path.join(folder, "person");
  const key = keptKey();
  const terminal = { safeStorage: () => key, environment: { BATCHDECK_CLOUD: at.lab.cloudFile } };
  const run: Run = (...args) => runInProcessWith(terminal, home, ...args);
  let entered: Promise<string> = Promise.resolve("");
  const enterCode = (note: string) => {
    const [, page, code = ""] = /Open (\S+) in a browser, and enter the code (\w+)\./.exec(note) ?? [];
    if (page !== undefined) entered = enterCodeOnPage(page, code, at.lab.authority.certificate);
  };
  const signedIn = await runInProcessWith({ ...terminal, hear: enterCode }, home, "login", "--use-device-code");
  expect(signedIn.code).toBe(0);
  expect(await entered).toContain("Done.");

  const input = path.join(folder, "flowers");
  fs.cpSync(path.join(samples, "iris/data"), input, { recursive: true });
  fs.writeFileSync(
    path.join(input, "more.csv"),
    "sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n5.1,word,1.4,0.2\n",
  );
  const { here, there } = await scoreInBothPlaces(run, "iris", "logistic-regression", input, 3);
  expect(JSON.parse((await run("job", "show", "-n", "there", "--json")).stdout)).toMatchObject({
    ...{ total: 32, succeeded: 31, failed: 1, item_unit: "row", runs_on: "azure" },
    azure: { run_as: "eva@lab.test" },
  });
  expect(files(there)).toEqual(files(here));
  expect(await compared(run)).toMatchObject({
    ...{ lined_up_by: "item", same: 31, changed: 0, only_in_a: 0, only_in_b: 0 },
    ...{ columns_only_in_a: [], columns_only_in_b: [] },
  });
  expect(await run("logout")).toMatchObject({ code: 0 });
});

it("an application of the environment alone has the same rows of a folder of pictures", async () => {
  const home = path.join(folder, "application");
  const run: Run = (...args) => runInProcessWith({ environment: at.environment }, home, ...args);
  const input = path.join(folder, "pictures");
  fs.mkdirSync(input);
  for (const name of fs.readdirSync(path.join(samples, "text-orientation/data")).slice(0, 12)) {
    fs.copyFileSync(path.join(samples, "text-orientation/data", name), path.join(input, name));
  }
  fs.writeFileSync(path.join(input, "broken.jpg"), "no picture");
  const { here, there } = await scoreInBothPlaces(run, "text-orientation", "pp-ocr-classifier", input, 3);
  const [rowsHere, errorsHere] = files(here);
  const [rowsThere, errorsThere] = files(there);
  expect(rowsThere).toBe(rowsHere);
  expect(errorsThere).toBe(errorsHere);
  expect(await compared(run)).toMatchObject({ lined_up_by: "item", same: 12, changed: 0, only_in_a: 0, only_in_b: 0 });
  expect(fs.existsSync(path.join(home, "accounts"))).toBe(false);
});
