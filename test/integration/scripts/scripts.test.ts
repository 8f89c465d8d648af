import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { batchdeck, showJob, type ShownJob } from "../../helpers/batchdeck.ts";
import { deployScript } from "../../helpers/scripts/script-deployments.ts";
import { python } from "../../helpers/scripts/script-worker.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** Scoring scripts through whole jobs: counts, retries, texts and files, as Azure ML's papers say. */
const { root, home, input } = temporaryPlaces("script-jobs");

/**
 * One script for all: the first word of a mini-batch's first file says what run() does. Every second mini-batch brings a
 * column that those before it do not have.
 */
const source = `
import os, sys, time, pandas as pd

def init():
    if os.environ.get("INIT") == "raise":
        raise RuntimeError("the model is not here")
    if os.environ.get("INIT") == "hang":
        time.sleep(600)

def run(mini_batch):
    print("run", [os.path.basename(file) for file in mini_batch])
    words = open(mini_batch[0]).read().split()
    names = [os.path.basename(file) for file in mini_batch]
    if words[0] == "raise":
        raise ValueError("no, \\"" + names[0] + "\\"\\nreally")
    if words[0] == "hang":
        time.sleep(600)
    if words[0] == "exit":
        os._exit(5)
    if words[0] == "none":
        return None
    if words[0] == "nothing":
        return []
    if words[0] == "short":
        return [{"file": name} for name in names[1:]]
    frame = pd.DataFrame({"file": names, "value": [float(len(name)) for name in names]})
    if words[0] == "wide":
        frame["formula"] = "=1+1"
        frame["big"] = 2**53 + 1
    if words[0] == "text":
        frame["value"] = "n/a"
    return frame
`;

beforeAll(async () => {
  await deployScript(home, "python", { name: "score.py", source }, [
    "mini_batch_size: 2",
    "retry_settings: {max_retries: 1, timeout: 2}",
  ]);
  await deployScript(home, "broken", { name: "score.py", source }, ["environment_variables: {INIT: raise}"]);
  await deployScript(
    home,
    "nodejs",
    {
      name: "score.mjs",
      source:
        'import path from "node:path";\nexport function init() {}\nexport const run = (files) => files.map((f) => ({ file: path.basename(f), half: 0.5 }));\n',
    },
    ["mini_batch_size: 3"],
  );
});

/** A folder of mini-batches of two files each, `words` in the first of each. */
function batches(name: string, ...words: readonly string[]): string {
  const folder = path.join(input, name);
  fs.mkdirSync(folder, { recursive: true });
  words.forEach((word, index) => {
    fs.writeFileSync(path.join(folder, `f${index}a`), `${word}\n`);
    fs.writeFileSync(path.join(folder, `f${index}b`), "");
  });
  return folder;
}

type Done = {
  readonly code: number | null;
  readonly job: ShownJob;
  readonly file: (name: string) => string;
  readonly log: (kind: string) => string;
};

async function invoke(endpoint: string, name: string, folder: string, ...more: readonly string[]): Promise<Done> {
  const out = path.join(root, "out", name);
  const args = ["-n", endpoint, "--input", folder, "--output-path", out, "--job-name", name];
  const ran = await batchdeck(home, "invoke", ...args, ...more);
  if (ran.code === 2) throw new Error(ran.stderr);
  const log = (kind: string) => {
    const place = path.join(home, "jobs", name, "logs", "user", kind);
    return fs
      .readdirSync(place)
      .map((file) => fs.readFileSync(path.join(place, file), "utf8"))
      .join("");
  };
  return {
    code: ran.code,
    job: await showJob(home, name),
    file: (file) => fs.readFileSync(path.join(out, file), "utf8"),
    log,
  };
}

describe("the rows of a job", () => {
  test("stand under all columns, whichever mini-batch brought them, in input order", async () => {
    const { code, job, file } = await invoke("python", "columns", batches("columns", "plain", "wide", "text", "plain"));
    expect(code).toBe(0);
    expect(job).toMatchObject({ status: "Completed", total: 8, succeeded: 8, failed: 0, item_unit: "file" });
    expect(file("predictions.csv")).toBe(
      "file,value,formula,big\nf0a,3.0,,\nf0b,3.0,,\nf1a,3.0,'=1+1,9007199254740993\nf1b,3.0,'=1+1,9007199254740993\n" +
        "f2a,n/a,,\nf2b,n/a,,\nf3a,3.0,,\nf3b,3.0,,\n",
    );
    expect(file("errors.csv")).toBe("file,row,stage,code,message,value\n");
    expect(JSON.parse(file("job.json"))).toMatchObject({
      run: { provider: "python", tolerance: null, onnxruntime: null },
    });
  });

  test("as JSON lines keep their types, and as Azure's own bytes are what Azure writes", async () => {
    const folder = batches("formats", "plain", "wide");
    const json = await invoke("python", "jsonl", folder, "--set", "batchdeck.output_format=jsonl");
    expect(json.file("predictions.jsonl").split("\n").slice(1, 3)).toEqual([
      '{"file":"f0b","value":3.0,"formula":null,"big":null}',
      '{"file":"f1a","value":3.0,"formula":"=1+1","big":9007199254740993}',
    ]);
    const azure = await invoke("python", "azure", folder, "--set", "batchdeck.output_format=azureml");
    expect(azure.file("predictions.csv")).toBe(
      "f0a 3.0\nf0b 3.0\nf1a 3.0 =1+1 9007199254740993\nf1b 3.0 =1+1 9007199254740993\n",
    );
  });

  test("as Parquet have the types of all of them together", async () => {
    const { job } = await invoke(
      "python",
      "parquet",
      batches("types", "plain", "wide", "text"),
      "--set",
      "batchdeck.output_format=parquet",
    );
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const reader = await connection.runAndReadAll(
      `SELECT * FROM '${path.join(job.output_path, "predictions.parquet")}'`,
    );
    expect(reader.columnTypes().map(String)).toEqual(["VARCHAR", "VARCHAR", "VARCHAR", "BIGINT"]);
    expect(reader.getRowsJson()[2]).toEqual(["f1a", "3.0", "=1+1", "9007199254740993"]);
    connection.closeSync();
  });

  test("of score.mjs are made the same way", async () => {
    const { code, file } = await invoke("nodejs", "js", batches("js", "x", "y"));
    expect(code).toBe(0);
    expect(file("predictions.csv")).toBe("file,half\nf0a,0.5\nf0b,0.5\nf1a,0.5\nf1b,0.5\n");
  });
});

describe("mini-batches that fail", () => {
  test("are tried again whole, and then each of their files is failed with what was wrong", async () => {
    const { code, job, file, log } = await invoke(
      "python",
      "failing",
      batches("failing", "raise", "plain", "exit", "none", "hang"),
    );
    expect(code).toBe(3);
    expect(job).toMatchObject({ status: "Completed", total: 10, succeeded: 2, failed: 8 });
    expect(file("predictions.csv")).toBe("file,value\nf1a,3.0\nf1b,3.0\n");
    const errors = file("errors.csv").trimEnd().split("\n").slice(1);
    expect(errors.map((line) => line.split(",").slice(0, 4).join(","))).toEqual(
      [
        ["f0", "script-raised"],
        ["f2", "script-exited"],
        ["f3", "script-bad-return"],
        ["f4", "timed-out"],
      ].flatMap(([name, what]) => [`${name}a,,infer,${what}`, `${name}b,,infer,${what}`]),
    );
    expect(errors[2]).toContain("The script ended its Python process in run(), with exit code 5.");
    expect(errors[4]).toContain("The run() method in the entry script should return a list or a pandas DataFrame.");
    expect(errors[6]).toContain("No progress update in 2 seconds.");
    // Each of the four was tried twice, and the good one once.
    expect(log("stdout").match(/: run /g)).toHaveLength(9);
    expect(log("error")).toContain('mini-batch 1: ValueError: no, "f0a"');
    expect(JSON.parse(file("job.json"))).toMatchObject({ run: { attempts: 9, retries: 4 } });
  });

  test("a short return is not tried again, and the gap counts", async () => {
    const { code, job, file, log } = await invoke("python", "short", batches("short", "short", "plain"));
    expect(code).toBe(3);
    expect(job).toMatchObject({ status: "Completed", succeeded: 3, failed: 1 });
    expect(file("errors.csv").split("\n")[1]).toMatch(/^,,infer,script-short-return,/);
    expect(log("stdout").match(/: run /g)).toHaveLength(2);
  });

  test("nothing at all fails the job in Azure's words", async () => {
    const { code, job } = await invoke("python", "nothing", batches("nothing", "nothing", "nothing"));
    expect(code).toBe(1);
    expect(job.problem?.message).toBe("There is no succeeded mini batch item returned from run().");
  });

  test("init() that raises ends the job with its last line, after three times as many tries as workers", async () => {
    const { code, job, log } = await invoke("broken", "broken", batches("broken", "plain"), "--instance-count", "1");
    expect(code).toBe(1);
    expect(job.problem).toMatchObject({
      code: "script/failed",
      message: "init() of the script raised RuntimeError: the model is not here.",
    });
    expect(log("error").match(/RuntimeError: the model is not here/g)).toHaveLength(3);
    // Where its words are, and what to do, for whoever reads the terminal.
    const logs = path.join(home, "jobs", "broken", "logs", "user");
    const { stdout } = await batchdeck(home, "job", "show", "-n", "broken");
    expect(stdout).toContain(`What it said is in ${path.join(logs, "error")}; mend the script, then: `);
    expect(stdout).toContain(`Script's logs  ${logs}\n`);
  });
});

describe("an interpreter that is not there", () => {
  const link = path.join(root, "python3");
  const refusal = async (...args: readonly string[]) => {
    const ran = await batchdeck(home, ...args);
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
    return ran.stderr;
  };

  test("is one refusal when the environment is made", async () => {
    expect(await refusal("environment", "create", "-n", "none", "--python", link)).toContain(
      `There is no program at "${link}".`,
    );
  });

  test("is one refusal when the endpoint is invoked, and no job is made", async () => {
    fs.symlinkSync(python, link);
    expect((await batchdeck(home, "environment", "create", "-n", "linked", "--python", link)).code).toBe(0);
    const yaml = path.join(root, "home-python", "deployment.yml");
    fs.writeFileSync(
      yaml,
      fs.readFileSync(yaml, "utf8").replace("azureml:py", "azureml:linked").replace("name: one", "name: two"),
    );
    const made = await batchdeck(home, "deployment", "create", "-f", yaml, "--trust");
    expect(made.code, made.stderr).toBe(0);
    fs.rmSync(link);
    const out = path.join(root, "out", "gone");
    const args = ["-n", "python", "-d", "two", "--input", batches("gone", "plain"), "--output-path", out];
    expect(await refusal("invoke", ...args, "--job-name", "gone")).toContain(link);
    expect(fs.existsSync(out)).toBe(false);
    expect((await batchdeck(home, "job", "show", "-n", "gone")).code).toBe(2);
  });
});
