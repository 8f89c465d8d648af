import fs from "node:fs";
import path from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { parse as parseYaml } from "yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../../electron/cli/commands.ts";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { runInProcess, type Said } from "../../helpers/command-line.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { attacks } from "../../helpers/hostile/hostile-commands.ts";
import { harmIn, hostileText } from "../../helpers/hostile/hostile-texts.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";
import { deployScript } from "../../helpers/scripts/script-deployments.ts";
import { startWatching, stopWatching } from "../../helpers/watches.ts";
import { until } from "../../helpers/until.ts";

/**
 * Names and texts of others that would steer a terminal, in every place where they come in: no command ever writes one of
 * their characters to stdout or stderr as it is, nor a line that they forge.
 */
const rounds = Number(process.env["HOSTILE_ROUNDS"] ?? (isLong ? 600 : 20));
const seed = Number(process.env["HOSTILE_SEED"] ?? Date.now() % 1_000_000);
const random = seededRandom(seed);
const text = () => hostileText(random);
const pick = <Value>(from: readonly Value[]) => from[Math.floor(random() * from.length)] as Value;
const { root, home } = temporaryPlaces("hostile-text");
const jobs = ["first", "second"] as const;
/** The name of a column that goes into the predictions. */
const key = text().replace(/["\s]/g, "'");
const seen = new Set<string>();

/** Throws what the message of a file's script, its prints and its trace hold. */
const raising = `
import fs from "node:fs";
export function init() {}
export async function run(files) {
  const text = fs.readFileSync(files[0], "utf8");
  console.log(text);
  console.error(text);
  throw new Error(text);
}
`;

function expectHarmless(args: readonly string[], { stdout, stderr }: Pick<Said, "stdout" | "stderr">): void {
  // Between the values of `tsv` stand tabs of ours; those within a value are spelt.
  const isTabbed = args[args.indexOf("-o") + 1] === "tsv" && args.includes("-o");
  for (const shown of [isTabbed ? stdout.replaceAll("\t", " ") : stdout, stderr]) {
    const harm = harmIn(shown);
    if (harm !== null) expect.fail(`seed ${seed}: ${JSON.stringify(args)}: ${harm}`);
  }
}

async function run(...args: readonly string[]): Promise<Said> {
  const [noun = "", verb = ""] = args;
  for (const name of [noun, `${noun} ${verb}`]) seen.add(name);
  const said = await runInProcess(home, ...args).catch((error: unknown) => {
    throw new Error(`seed ${seed}: ${JSON.stringify(args)}`, { cause: error });
  });
  expectHarmless(args, said);
  return said;
}

async function runBoth(...args: readonly string[]): Promise<void> {
  await run(...args);
  const { stdout, code } = await run(...args, "--json");
  if (code !== 2 || stdout !== "") JSON.parse(stdout);
}

beforeAll(async () => {
  console.log(`hostile text seed: ${seed}`);
  await deploy(home, "dense", denseModel({ features: 2, hidden: [], classes: 2 }), {
    scorer: `input:\n  columns: {features: [f0, f1]}\noutput:\n  keep: [${JSON.stringify(key)}]\n`,
    settings: ["mini_batch_size: 1"],
  });
  await deployScript(home, "raising", { name: "score.mjs", source: raising }, ["retry_settings: {max_retries: 0}"]);
});

/** A job over files whose names, headers, keys and cells are hostile, some of them failing. */
async function scoreHostileRows(job: string): Promise<void> {
  const input = path.join(root, `${job}-rows`);
  fs.mkdirSync(input);
  // The first file decides how the others are read.
  fs.writeFileSync(path.join(input, "!.csv"), `f0,f1,"${key}"\n1,2,x\n`);
  for (const name of [text(), text(), text()]) {
    const bad = text().replaceAll('"', "'");
    fs.writeFileSync(path.join(input, `${name}.csv`), `f0,f1,"${key}"\n1,2,"${bad}"\n"${bad}",2,x\n1\n`);
  }
  fs.writeFileSync(path.join(input, `${text()}.exe`), "");
  const output = ["--output-path", path.join(root, job), "--job-name", job];
  const said = await run("invoke", "-n", "dense", "--input", input, ...output);
  expect(said.code, said.stderr).toBe(3);
  for (const more of [[], ["--log"], ["--mini-batches"]]) await runBoth("job", "show", "-n", job, ...more);
}

async function scoreByRaisingScript(job: string): Promise<void> {
  const input = path.join(root, `${job}-files`);
  fs.mkdirSync(input);
  for (let file = 0; file < 3; file++) fs.writeFileSync(path.join(input, `${text()}.txt`), text());
  await run(...["invoke", "-n", "raising", "--input", input, "--output-path", path.join(root, job), "--job-name", job]);
  for (const more of [[], ["--log"]]) await runBoth("job", "show", "-n", job, ...more);
  await runBoth("job", "list");
}

describe("hostile text", () => {
  it("of rows, file names and scripts of a job is shown harmless", async () => {
    for (const job of jobs) await scoreHostileRows(job);
    await runBoth("job", "compare", ...jobs);
    await run("job", "retry-failed", "-n", "second");
    for (let job = 0; job < (isLong ? 10 : 1); job++) await scoreByRaisingScript(`raising-${job}`);
  });

  it(`is shown harmless by every command, in ${rounds} rounds`, async () => {
    for (let number = 0; number < rounds; number++) {
      const folder = path.join(root, `round-${number}`);
      fs.mkdirSync(folder);
      const attack = attacks[number % attacks.length];
      for (const args of attack?.({ number, folder, text, pick, jobs }) ?? []) {
        await run(...args, ...pick([[], ["--json"]]));
      }
      fs.rmSync(folder, { recursive: true, force: true });
    }
    await run("job", "cancel", "-n", "first");
    await run("compute", "devices");
    const missed = commands.map(({ words }) => words).filter((words) => !seen.has(words));
    // They run for as long as one likes; what they show is shown by the others too.
    expect(missed).toEqual(["watch run", "demo"].filter((words) => !seen.has(words)));
  });

  it("is no line of a log, and no message of errors.csv", () => {
    const logs = fs
      .readdirSync(path.join(home, "jobs"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /logs/.test(entry.parentPath))
      .map((entry) => path.join(entry.parentPath, entry.name));
    expect(logs.length).toBeGreaterThan(4);
    for (const log of logs) expect(harmIn(fs.readFileSync(log, "utf8")), log).toBeNull();
    for (const job of [...jobs, "raising-0"]) {
      const [, ...rows] = parseCsv(fs.readFileSync(path.join(root, job, "errors.csv")), { relax_column_count: true });
      for (const [, , , , message] of rows) expect(harmIn(message ?? ""), job).toBeNull();
    }
  });

  it("stays what it is in a document for programs", async () => {
    for (let number = 0; number < (isLong ? 100 : 5); number++) {
      const [description, tag] = [text(), text().replaceAll("=", "")];
      const set = ["--set", `description=${description}`, "--set", `tags.${tag}=${description}`];
      const one = ["-n", "one", "-e", "dense"];
      const updated = await run("deployment", "update", ...one, ...set);
      expect(updated.code, updated.stderr).toBe(0);
      const shown = JSON.parse((await run("deployment", "show", ...one, "--json")).stdout) as Described;
      const exported = parseYaml((await run("deployment", "export", ...one)).stdout) as Described;
      for (const found of [shown, exported]) {
        expect(found.description).toBe(description);
        expect(found.tags[tag]).toBe(description);
      }
    }
  });

  it("is shown harmless by the program itself, on its real streams, and by what watches", async () => {
    const folder = path.join(root, text());
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, `${text()}.csv`), `${text()},b\n1,2\n`);
    for (const more of [[], ["--debug"], ["--dry-run"], ["--json"]]) {
      const args = ["invoke", "-n", "dense", "--input", folder, ...more];
      const ran = await batchdeck(home, ...args);
      expect(ran.code).toBe(2);
      expectHarmless(args, ran);
    }
    await run("watch", "add", folder, "-n", "dense", "--settle", "0.1");
    const watching = startWatching(home);
    await until(() => watching.noted().includes("Watching"));
    await stopWatching(watching);
    expectHarmless(["watch", "run"], await watching.ended);
  });
});

type Described = { readonly description: string; readonly tags: Readonly<Record<string, string>> };
