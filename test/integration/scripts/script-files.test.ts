import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { batchdeck, type Ran, showJob, startBatchdeck } from "../../helpers/batchdeck.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";
import { deployScript } from "../../helpers/scripts/script-deployments.ts";

/** Scripts whose own files have the names of ours, or that do to the output folder whatever they like. */
const { root, home, input, outOf } = temporaryPlaces("script-files");

const ours = ["predictions.csv", "errors.csv", "job.json"] as const;

type Deed = { readonly init?: readonly string[]; readonly run?: readonly string[] };
const writesThem = ["for name in OURS:", "    mine(name)"];

/** What a script does with `out`, its output folder, in lines of Python. `mine` writes a file of its own. */
const deeds: Readonly<Record<string, Deed>> = {
  "appends to them in run()": { run: ["for name in OURS:", '    mine(name, "a")'] },
  "writes them in init()": { init: writesThem },
  "writes them in both": { init: writesThem, run: writesThem },
  "makes folders of them": {
    run: ["for name in OURS:", "    os.makedirs(os.path.join(out, name), exist_ok=True)", '    mine(name + "/x")'],
  },
  "makes links of them that lead nowhere": {
    init: ["for name in OURS:", '    os.symlink("/nowhere/at/all", os.path.join(out, name))'],
  },
  "writes unfinished files": {
    run: ["for name in OURS:", '    mine(name + ".part")', 'mine("predictions.csv.csv.part")'],
  },
  "has a folder batchdeck, too": {
    init: ['os.makedirs(os.path.join(out, "batchdeck"))', 'mine("batchdeck/x")', 'mine("job.json")'],
  },
  "clears the folder each time": { init: ["clear()"], run: ["clear()", 'mine("errors.csv")'] },
  "writes ten thousand files": { run: ["for number in range(5000):", "    mine(str(number))", 'mine("job.json")'] },
  "writes their names in capitals": { run: ["for name in OURS:", "    mine(name.upper())"] },
};

function sourceOf({ init = ["pass"], run = ["pass"] }: Deed): string {
  return `
import os, shutil
out = os.environ["AZUREML_BI_OUTPUT_PATH"]
OURS = ${JSON.stringify(ours)}
def mine(name, how="w"):
    with open(os.path.join(out, name), how) as file:
        file.write("mine\\n")
def clear():
    for name in os.listdir(out):
        path = os.path.join(out, name)
        shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.unlink(path)
def init():
${init.map((line) => `    ${line}\n`).join("")}
def run(mini_batch):
${run.map((line) => `    ${line}\n`).join("")}
    return [os.path.basename(path) for path in mini_batch if open(path).read() != "bad"]
`;
}

const settings = ["mini_batch_size: 1", "max_concurrency_per_instance: 1"];

async function ran(endpoint: string, source: string, more: readonly string[] = []): Promise<Ran> {
  await deployScript(home, endpoint, { name: "score.py", source }, [...settings, ...more]);
  return batchdeck(
    home,
    "invoke",
    "-n",
    endpoint,
    "--input",
    input,
    "--output-path",
    outOf(endpoint),
    "--job-name",
    endpoint,
  );
}

beforeAll(() => {
  fs.mkdirSync(input, { recursive: true });
  for (const name of ["a.txt", "b.txt"]) fs.writeFileSync(path.join(input, name), name);
});

describe("a script that", () => {
  const cases = Object.entries(deeds).map(([what, deed]) => ({ what, deed, action: "append_row" }));
  const withoutRows = cases.filter(({ deed: { init, run } }) => init === undefined || run !== undefined).slice(0, 2);
  const all = [...cases, ...withoutRows.map((one) => ({ ...one, action: "summary_only" }))];
  test.each(all)("$what keeps its files, and the job has its own ($action)", async ({ what, deed, action }) => {
    const endpoint = `${action.slice(0, 3)}-${Object.keys(deeds).indexOf(what)}`;
    const { code, stderr } = await ran(endpoint, sourceOf(deed), [`output_action: ${action}`]);
    expect(code, stderr).toBe(0);
    const job = await showJob(home, endpoint);
    expect(job).toMatchObject({ status: "Completed", total: 2, succeeded: 2 });
    const own = job.output_path;
    if (own !== outOf(endpoint)) {
      expect(path.dirname(own)).toBe(outOf(endpoint));
      expect(stderr).toContain(`Batchdeck's are in ${own}.`);
    }
    const hasRows = action === "append_row";
    if (hasRows) expect(fs.readFileSync(path.join(own, "predictions.csv"), "utf8")).toBe("prediction\na.txt\nb.txt\n");
    expect(fs.readFileSync(path.join(own, "errors.csv"), "utf8")).toBe("file,row,stage,code,message,value\n");
    expect(JSON.parse(fs.readFileSync(path.join(own, "job.json"), "utf8"))).toMatchObject({ name: endpoint });
    // Nothing of the script was touched, and nothing of ours is left beside.
    const left = fs.readdirSync(outOf(endpoint), { recursive: true, withFileTypes: true });
    const isOurs = (folder: string, name: string) =>
      folder === own && (hasRows ? ours : ours.slice(1)).includes(name as never);
    for (const entry of left.filter((one) => one.isFile() && !isOurs(one.parentPath, one.name))) {
      expect(fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8")).toMatch(/^(mine\n)+$/);
    }
    expect(left.map(({ name }) => name).filter((name) => name.startsWith(".batchdeck"))).toEqual([]);
  });
});

test("what a script appended is there whole, and where our files are is said once", async () => {
  const { stderr } = await ran("whole", sourceOf(deeds["appends to them in run()"] ?? {}));
  for (const name of ours) expect(fs.readFileSync(path.join(outOf("whole"), name), "utf8")).toBe("mine\nmine\n");
  expect(fs.readdirSync(outOf("whole")).sort()).toEqual(["batchdeck", ...ours].sort());
  expect(stderr.split("Batchdeck's are in")).toHaveLength(2);
});

test("a retry replaces our files, and none of the script", async () => {
  fs.writeFileSync(path.join(input, "c.txt"), "bad");
  expect((await ran("retried", sourceOf({ run: writesThem }))).code).toBe(3);
  fs.writeFileSync(path.join(input, "c.txt"), "good");
  const { code, stderr } = await batchdeck(home, "job", "retry-failed", "-n", "retried");
  expect(code, stderr).toBe(0);
  expect(fs.readdirSync(outOf("retried")).sort()).toEqual(["batchdeck", ...ours].sort());
  for (const name of ours) expect(fs.readFileSync(path.join(outOf("retried"), name), "utf8")).toBe("mine\n");
  const predictions = path.join(outOf("retried"), "batchdeck", "predictions.csv");
  expect(fs.readFileSync(predictions, "utf8")).toBe("prediction\na.txt\nb.txt\nc.txt\n");
});

test("a retry whose script takes one of our names waits, says which, and ends once the file is moved", async () => {
  fs.writeFileSync(path.join(input, "c.txt"), "bad");
  const deed = ['if any(open(path).read() == "good" for path in mini_batch):', '    mine("errors.csv")'];
  expect((await ran("taken", sourceOf({ run: deed }))).code).toBe(3);
  fs.writeFileSync(path.join(input, "c.txt"), "good");
  const retry = startBatchdeck(home, "job", "retry-failed", "-n", "taken");
  const taken = path.join(outOf("taken"), "errors.csv");
  let said = "";
  retry.child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  await until(() => said.includes(`${taken} appeared while the job ran, and is not replaced.`));
  fs.renameSync(taken, path.join(root, "moved.csv"));
  const { code, stderr } = await retry.ended;
  expect(code, stderr).toBe(0);
  expect(fs.readFileSync(path.join(root, "moved.csv"), "utf8")).toBe("mine\n");
  expect(fs.readFileSync(taken, "utf8")).toBe("file,row,stage,code,message,value\n");
  const predictions = fs.readFileSync(path.join(outOf("taken"), "predictions.csv"), "utf8");
  expect(predictions).toBe("prediction\na.txt\nb.txt\nc.txt\n");
  fs.rmSync(path.join(input, "c.txt"));
});

test("a job of which nothing succeeded has its errors beside those of the script", async () => {
  const source = sourceOf({ run: ['mine("errors.csv")', 'raise ValueError("no")'] });
  expect((await ran("failed", source, ["retry_settings: {max_retries: 0}"])).code).toBe(1);
  expect(fs.readFileSync(path.join(outOf("failed"), "errors.csv"), "utf8")).toBe("mine\n");
  expect(fs.readFileSync(path.join(outOf("failed"), "batchdeck", "errors.csv"), "utf8")).toContain("ValueError: no");
});
