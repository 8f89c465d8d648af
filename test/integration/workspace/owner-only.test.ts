import { type ChildProcess, execFile, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy, untilScored } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";

/** What lies in a workspace is its owner's alone, whatever the umask and whoever made the folder. */
const root = temporaryFolder("owner-only");
const program = path.join(import.meta.dirname, "../../../dist/cli.cjs");
const underUmask = (umask: string, ...args: readonly string[]) => [
  "-c",
  `umask ${umask}; exec "$@"`,
  "sh",
  ...[process.execPath, program, ...args],
];

async function run(umask: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("sh", underUmask(umask, ...args));
  return stdout;
}

type Entry = { readonly name: string; readonly isFolder: boolean; readonly mode: string };

function entriesIn(folder: string): readonly Entry[] {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const place = path.join(entry.parentPath, entry.name);
    const stats = fs.lstatSync(place, { throwIfNoEntry: false });
    if (stats === undefined) return [];
    return [{ name: path.relative(folder, place), isFolder: entry.isDirectory(), mode: modeOf(stats) }];
  });
}

function modeOf({ mode }: fs.Stats): string {
  return (mode & 0o777).toString(8);
}

/** A copy that nobody is to change may be read alone. */
function openToOthers(home: string): readonly Entry[] {
  return entriesIn(home).filter(({ isFolder, mode }) => !(isFolder ? ["700"] : ["600", "400"]).includes(mode));
}

const script = `
import fs from "node:fs";
import path from "node:path";
export function init() { console.log("started"); }
export async function run(files) {
  const own = path.join(process.env.AZUREML_BI_OUTPUT_PATH, "own");
  fs.mkdirSync(own, { recursive: true });
  fs.writeFileSync(path.join(own, "own.txt"), "x");
  return files.map((file) => path.basename(file));
}
`;

function write(file: string, content: string | Uint8Array): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

/** The files that deployments are made from: a model that takes its time, and a script. */
function writeDeployments(folder: string): readonly string[] {
  write(path.join(folder, "model", "model.onnx"), denseModel({ features: 4, hidden: [512, 512], classes: 3 }));
  write(path.join(folder, "model", "scorer.yml"), "input:\n  columns: {features: [f0, f1, f2, f3]}\nbatch: 1\n");
  write(path.join(folder, "code", "score.mjs"), script);
  write(path.join(folder, "weights", "weights.txt"), "1");
  const runs = "code_configuration: {code: code, scoring_script: score.mjs}\nenvironment: azureml:js";
  return [
    write(path.join(folder, "dense.yml"), "name: one\nendpoint_name: dense\ntype: model\nmodel: {path: model}\n"),
    write(
      path.join(folder, "script.yml"),
      `name: one\nendpoint_name: script\ntype: model\nmodel: {path: weights}\n${runs}\n`,
    ),
  ];
}

const input = path.join(root, "input");
writeCsvFolder(input, { files: 2, rowsPerFile: 100, features: 4 });

describe.skipIf(process.platform === "win32")("what Batchdeck makes", () => {
  const home = path.join(root, "home");
  const at = ["--home", home];
  const invoke = (endpoint: string, from: string, ...others: readonly string[]) => [
    ...["invoke", "-n", endpoint, "--input", from],
    ...others,
    ...at,
  ];
  const asParquet = ["--set", "batchdeck.output_format=parquet"];
  const large = path.join(root, "large");

  beforeAll(async () => {
    writeCsvFolder(large, { files: 400, rowsPerFile: 100, features: 4 });
    fs.mkdirSync(home);
    // Whoever made it let everybody in.
    fs.chmodSync(home, 0o777);
    const [dense = "", scripted = ""] = writeDeployments(root);
    await run("000", "environment", "create", "-n", "js", "--node", ...at);
    for (const [endpoint, file] of [
      ["dense", dense],
      ["script", scripted],
    ] as const) {
      await run("000", "endpoint", "create", "-n", endpoint, ...at);
      await run("000", "deployment", "create", "-f", file, "--set-default", "--trust", ...at);
    }
  });

  it("in a workspace is closed to others, although the umask takes nothing away", async () => {
    const weights = path.join(root, "weights");
    await run("000", "model", "create", "-n", "plain", "--path", weights, "--type", "custom_model", ...at);
    await run("000", ...invoke("dense", input, "--dry-run"));
    await run("000", ...invoke("dense", input, "--job-name", "in-csv"));
    await run("000", ...invoke("dense", input, "--job-name", "in-parquet", ...asParquet));
    await run("000", ...invoke("dense", input, "--job-name", "again", "--incremental"));
    await run("000", ...invoke("dense", input, "--job-name", "again-parquet", "--incremental", ...asParquet));
    await run("000", "job", "compare", "in-csv", "again", ...at);
    await run(
      "000",
      ...invoke("script", input, "--job-name", "by-script", "--output-path", path.join(root, "scripted")),
    );

    // While a job runs, and after its engine was killed.
    const engine = spawn(
      "sh",
      underUmask("000", ...invoke("dense", large, "--job-name", "killed", "--mini-batch-size", "1")),
      { stdio: "ignore" },
    );
    await untilScored(home, "killed", 1);
    expect(openToOthers(home)).toEqual([]);
    await killed(engine);
    const left = entriesIn(home).map(({ name }) => name);
    for (const file of ["jobs/killed/journal.db-wal", "jobs/killed/claimant", "outputs/killed/.batchdeck-claim"])
      expect(left).toContain(file);
    expect(openToOthers(home)).toEqual([]);
    await run("000", "job", "resume", "-n", "killed", ...at);
    expect(openToOthers(home)).toEqual([]);
    expect(modeOf(fs.statSync(home))).toBe("777");
    const made = entriesIn(home).map(({ name }) => name);
    for (const part of ["outputs/in-csv/predictions.csv", "jobs/by-script/logs/user/stdout", "outputs/in-csv-vs-again"])
      expect(made).toContain(part);
    expect(made.filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  });

  it.each([
    ["000", "750", "640", "777", "666"],
    ["022", "777", "644", "755", "644"],
    ["077", "755", "600", "700", "600"],
  ])("under umask %s in a folder of mode %s elsewhere has mode %s", async (umask, mode, wanted, own, inOwn) => {
    const out = path.join(root, `elsewhere-${umask}`);
    const byScript = path.join(out, "script");
    for (const folder of [out, byScript]) {
      fs.mkdirSync(folder);
      fs.chmodSync(folder, parseInt(mode, 8));
    }
    await run(umask, ...invoke("dense", input, "--output-path", out));
    await run(umask, ...invoke("dense", input, "--output-path", path.join(out, "new"), ...asParquet));
    await run(umask, ...invoke("script", input, "--output-path", byScript));
    const results = (name: string) => ["errors.csv", "job.json", name];
    expect(modesOfFiles(out)).toEqual(results("predictions.csv").map((name) => [name, wanted]));
    expect(modesOfFiles(byScript)).toEqual(results("predictions.csv").map((name) => [name, wanted]));
    // What is made by its name is as the umask says, and so is what a script makes.
    expect(modeOf(fs.statSync(path.join(out, "new")))).toBe(own);
    expect(modesOfFiles(path.join(out, "new"))).toEqual(results("predictions.parquet").map((name) => [name, inOwn]));
    expect(modeOf(fs.statSync(path.join(byScript, "own")))).toBe(own);
    expect(openToOthers(home)).toEqual([]);
  });
});

function modesOfFiles(folder: string): readonly (readonly [name: string, mode: string])[] {
  const files = entriesIn(folder).filter(({ name, isFolder }) => !isFolder && !name.includes(path.sep));
  return files.map(({ name, mode }) => [name, mode] as const).sort(([one], [other]) => (one < other ? -1 : 1));
}

async function killed(engine: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => engine.once("close", resolve));
  engine.kill("SIGKILL");
  await gone;
}

describe.skipIf(process.platform === "win32")("a workspace that was made open to others", () => {
  it("is closed when it is opened, but for its own folder, results, links and what is another's", async () => {
    const home = path.join(root, "narrowed");
    await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
      scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
    });
    expect((await batchdeck(home, "invoke", "-n", "dense", "--input", input, "--job-name", "one")).code).toBe(0);
    const elsewhere = write(path.join(root, "linked", "mine.txt"), "x");
    fs.symlinkSync(path.dirname(elsewhere), path.join(home, "jobs", "link"));
    fs.writeFileSync(path.join(home, "notes.txt"), "mine");
    for (const { name, isFolder } of entriesIn(home)) {
      if (!name.includes("link")) fs.chmodSync(path.join(home, name), isFolder ? 0o755 : 0o644);
    }
    fs.chmodSync(home, 0o755);
    fs.chmodSync(elsewhere, 0o644);
    await batchdeck(home, "job", "list");
    const open = openToOthers(home)
      .map(({ name }) => name.split(path.sep)[0])
      .filter((name, index, all) => all.indexOf(name) === index);
    expect(open.sort()).toEqual(["jobs", "notes.txt", "outputs"]);
    expect(openToOthers(path.join(home, "jobs")).filter(({ name }) => !name.startsWith("link"))).toEqual([]);
    expect(modeOf(fs.statSync(home))).toBe("755");
    expect(modeOf(fs.statSync(elsewhere))).toBe("644");
    expect(modeOf(fs.statSync(path.join(home, "outputs", "one", "predictions.csv")))).toBe("644");
  });
});

describe("the journal of a finished job", () => {
  it("has nothing beside it once an engine was there after a reader that was killed", async () => {
    const home = path.join(root, "readers");
    await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
      scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
    });
    const invoke = (job: string) => batchdeck(home, "invoke", "-n", "dense", "--input", input, "--job-name", job);
    expect((await invoke("one")).code).toBe(0);
    const journal = path.join(home, "jobs", "one", "journal.db");
    const beside = () => ["-wal", "-shm"].filter((ending) => fs.existsSync(`${journal}${ending}`));
    expect(beside()).toEqual([]);
    // What one of an earlier version left, which died while it had the journal open.
    const database = new Database(journal);
    database.pragma("journal_mode = WAL");
    database.exec("CREATE TABLE more (a)");
    for (const ending of ["-wal", "-shm"]) fs.copyFileSync(`${journal}${ending}`, `${journal}${ending}.kept`);
    fs.copyFileSync(journal, `${journal}.kept`);
    database.close();
    for (const ending of ["", "-wal", "-shm"]) fs.renameSync(`${journal}${ending}.kept`, `${journal}${ending}`);
    expect(beside()).toEqual(["-wal", "-shm"]);
    expect((await invoke("two")).code).toBe(0);
    await until(() => beside().length === 0);
    const after = new Database(journal, { readonly: true });
    // What was committed is kept.
    expect(after.prepare("SELECT count(*) FROM more").pluck().get()).toBe(0);
    after.close();
    expect((await batchdeck(home, "job", "show", "-n", "one", "--mini-batches")).code).toBe(0);
    expect(beside()).toEqual([]);
  });
});
