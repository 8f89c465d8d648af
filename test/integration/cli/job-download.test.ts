import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { deploy } from "../../helpers/batchdeck.ts";
import { runInProcess } from "../../helpers/command-line.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { deployScript } from "../../helpers/scripts/script-deployments.ts";

const { root, home, input } = temporaryPlaces("job-download");
const at = (...parts: string[]) => path.join(root, ...parts);
const run = (...args: string[]) => runInProcess(home, ...args);
const read = (...parts: string[]) => fs.readFileSync(at(...parts));
const names = (folder: string) => fs.readdirSync(folder, { recursive: true }).map(String).sort();

beforeAll(async () => {
  writeCsvFolder(input, { files: 2, rowsPerFile: 5, features: 4 });
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
  });
  const invoked = await run(
    "invoke",
    "-n",
    "dense",
    "--input",
    input,
    "--output-path",
    at("out"),
    "--job-name",
    "first",
  );
  expect(invoked.code, invoked.stderr).toBe(0);
  await run("invoke", "-n", "dense", "--input", input, "--job-name", "waiting", "--no-wait");
  await run("invoke", "-n", "dense", "--input", input, "--job-name", "other", "--mini-batch-size", "1");
});

describe("job download", () => {
  test("copies the job's files into the folder, as `az` does with the output score", async () => {
    fs.writeFileSync(at("out", "notes.txt"), "not the job's");
    const args = [
      "job",
      "download",
      "--name",
      "first",
      "--output-name",
      "score",
      "--download-path",
      at("there", "deep"),
    ];
    const ran = await run(...args, "--json");
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual({
      name: "first",
      output_name: "score",
      download_path: at("there", "deep"),
      files: ["errors.csv", "job.json", "predictions.csv"],
    });
    for (const name of ["errors.csv", "job.json", "predictions.csv"]) {
      expect(read("there", "deep", name).equals(read("out", name))).toBe(true);
    }
    expect(names(at("there", "deep"))).toEqual(["errors.csv", "job.json", "predictions.csv"]);
  });

  test("leaves what is there already, and never replaces another file", async () => {
    const again = await run("job", "download", "-n", "first", "-p", at("there", "deep"));
    expect(again.code, again.stderr).toBe(0);
    fs.mkdirSync(at("mine"));
    fs.writeFileSync(at("mine", "predictions.csv"), "mine\n");
    const refused = await run("job", "download", "-n", "first", "-p", at("mine"));
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toBe(
      `${at("mine", "predictions.csv")} exists already, with other content. Choose another --download-path, or move that file away.\n`,
    );
    expect(names(at("mine"))).toEqual(["predictions.csv"]);
    expect(fs.readFileSync(at("mine", "predictions.csv"), "utf8")).toBe("mine\n");
  });

  test("copies what a script wrote, below folders too, and nothing that was there before it", async () => {
    const source = `
      import fs from "node:fs";
      import path from "node:path";
      export function init() {}
      export function run(files) {
        const folder = path.join(process.env.AZUREML_BI_OUTPUT_PATH, "parts");
        fs.mkdirSync(folder, { recursive: true });
        for (const file of files) fs.writeFileSync(path.join(folder, path.basename(file)), "scored");
        return files;
      }
    `;
    await deployScript(home, "parts", { name: "score.mjs", source }, ["output_action: summary_only"]);
    fs.mkdirSync(at("script-out"));
    fs.writeFileSync(at("script-out", "older.txt"), "older");
    fs.utimesSync(at("script-out", "older.txt"), new Date(0), new Date(0));
    const args = ["--input", input, "--output-path", at("script-out"), "--job-name", "scripted"];
    const invoked = await run("invoke", "-n", "parts", ...args);
    expect(invoked.code, invoked.stderr).toBe(0);
    const ran = await run("job", "download", "-n", "scripted", "--download-path", at("script-copy"));
    expect(ran.code, ran.stderr).toBe(0);
    const copied = names(at("script-copy"));
    expect(copied).toEqual(
      expect.arrayContaining(["job.json", ...fs.readdirSync(input).map((name) => path.join("parts", name))]),
    );
    expect(copied).not.toContain("older.txt");
  });

  test.each([
    [["-n", "nosuch"], /^There is no job named "nosuch"/],
    [["-n", "first", "--output-name", "model"], /^The job first has no output "model"\. Its output is called score\./],
    [["-n", "waiting"], /^The job waiting has not ended: it is Queued\. Wait for it: batchdeck job stream -n waiting/],
  ])("is refused: %j", async (args, says) => {
    const ran = await run("job", "download", ...args, "--download-path", at("refused"));
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(says);
    expect(fs.existsSync(at("refused"))).toBe(false);
  });

  test("says that the files are gone when they are, or are another job's", async () => {
    fs.renameSync(at("out", "job.json"), at("out", "moved.json"));
    const gone = await run("job", "download", "-n", "first", "--download-path", at("gone"));
    expect(gone).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("The files that the job first wrote are not in"),
    });
    fs.writeFileSync(
      at("out", "job.json"),
      JSON.stringify({ name: "another", batchdeck: { version: "1", files: ["notes.txt"] } }),
    );
    expect((await run("job", "download", "-n", "first", "--download-path", at("gone"))).code).toBe(2);
    fs.renameSync(at("out", "moved.json"), at("out", "job.json"));
  });
});

describe("archiving", () => {
  const listed = async (...more: string[]) =>
    (await run("job", "list", "--query", "[].name", "-o", "tsv", ...more)).stdout.trim().split("\n");

  test("leaves a finished job out of lists until it is restored", async () => {
    expect(await listed()).toEqual(expect.arrayContaining(["first", "other"]));
    const archived = await run("job", "archive", "-n", "first");
    expect(archived).toMatchObject({ code: 0, stdout: "" });
    expect(await listed()).not.toContain("first");
    expect((await run("batch-endpoint", "list-jobs", "-n", "dense", "--query", "[].name")).stdout).not.toContain(
      '"first"',
    );
    expect(await listed("--include-archived")).toEqual(expect.arrayContaining(["first", "other"]));
    expect(await listed("--archived-only")).toEqual(["first"]);
    expect((await run("job", "show", "-n", "first", "--query", "archived")).stdout).toBe("true\n");
    expect((await run("job", "restore", "-n", "first", "--json")).code).toBe(0);
    expect(await listed()).toContain("first");
  });

  test("is for jobs that have ended", async () => {
    const ran = await run("job", "archive", "-n", "waiting");
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("The job waiting has not ended") });
  });
});

describe("the jobs of an endpoint and of a deployment", () => {
  test("are listed, newest first, at most as many as asked for", async () => {
    const all = await run(
      "batch-deployment",
      "list-jobs",
      "--name",
      "one",
      "--endpoint-name",
      "dense",
      "--query",
      "[].name",
    );
    expect(JSON.parse(all.stdout)).toEqual(["other", "waiting", "first"]);
    const first = await run("batch-endpoint", "list-jobs", "-n", "dense", "-r", "1", "--query", "[].name", "-o", "tsv");
    expect(first.stdout).toBe("other\n");
    expect((await run("batch-deployment", "list-jobs", "-n", "nosuch", "-e", "dense")).code).toBe(2);
    expect((await run("batch-endpoint", "list-jobs", "-n", "nosuch")).code).toBe(2);
  });
});

test("a script gets the name of a job from invoke, and its state from show", async () => {
  const args = ["batch-endpoint", "invoke", "--name", "dense", "--input", input, "--input-type", "uri_folder"];
  const invoked = await run(...args, "--query", "name", "-o", "tsv");
  expect(invoked.code).toBe(0);
  const name = invoked.stdout.trim();
  expect(name).toMatch(/^dense-\d{8}-\d{6}-/);
  const status = await run("job", "show", "-n", name, "--query", "status", "-o", "tsv");
  expect(status).toEqual({ code: 0, stdout: "Completed\n", stderr: "" });
  expect(await run("job", "show", "-n", name, "--web", "-o", "none")).toMatchObject({
    code: 0,
    stderr: "Without effect on this computer: --web.\n",
  });
  const local = await run("invoke", "-n", "dense", "--input-local-path", input, "--dry-run", "-o", "none");
  expect(local.code, local.stderr).toBe(0);
  expect((await run("invoke", "-n", "dense", "--input-path", `folder:${input}`, "--dry-run", "-o", "none")).code).toBe(
    0,
  );
});
