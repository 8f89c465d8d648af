import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  batchdeck,
  batchdeckJson,
  deploy,
  showJob,
  startBatchdeck,
  startInOwnGroup,
  type ShownJob,
  untilScored,
} from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { isAlive, kill, workersOf } from "../../helpers/processes.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";
import { readWorkerStatus } from "../../../electron/contract/messages/worker-status.ts";
import { sleep } from "../../helpers/sleep.ts";
import { hangingModel } from "../../helpers/models/misbehaving-models.ts";

/** Commands as a terminal and a script meet them: signals to the whole group, pipes that close, one JSON document. */
const { root, home, outOf } = temporaryPlaces("terminal");
const small = path.join(root, "small");
const large = path.join(root, "large");
const invoke = (endpoint: string, input: string, job: string, ...more: string[]) => [
  ...["invoke", "-n", endpoint, "--input", input, "--output-path", outOf(job), "--job-name", job],
  ...more,
];

/** A worker of the job is inside the model, by its status file. */
function isInModel(job: string): boolean {
  const segments = path.join(home, "jobs", job, "segments");
  return (
    fs.existsSync(segments) &&
    fs
      .readdirSync(segments)
      .filter((name) => name.endsWith(".status"))
      .some((name) => readWorkerStatus(fs.readFileSync(path.join(segments, name)))?.stage === "infer")
  );
}

beforeAll(async () => {
  writeCsvFolder(small, { files: 3, rowsPerFile: 20, features: 4 });
  writeCsvFolder(large, { files: 1500, rowsPerFile: 100, features: 4 });
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\nbatch: 64\n";
  const settings = ["mini_batch_size: 1"];
  await deploy(home, "dense", denseModel({ features: 4, hidden: [512, 512], classes: 3 }), { scorer, settings });
});

describe("a terminal", () => {
  it("sends Ctrl-C to every process of the command, and only the command takes it as a wish", async () => {
    const running = startInOwnGroup(home, ...invoke("dense", large, "group"));
    await untilScored(home, "group", 1);
    // What a terminal does: the workers are in the same group unless they were taken out of it.
    kill(-(running.child.pid ?? 0), "SIGINT");
    expect((await running.ended).code).toBe(130);
    expect((await showJob(home, "group")).status).toBe("Paused");
    const resumed = await batchdeck(home, "job", "resume", "-n", "group");
    expect(resumed.code, resumed.stderr).toBe(0);
    const record = JSON.parse(fs.readFileSync(path.join(outOf("group"), "job.json"), "utf8")) as {
      run: { worker_deaths: number };
    };
    expect(record.run.worker_deaths).toBe(0);
  });

  it("stops at once at the second Ctrl-C, also a worker that hangs in the model", async () => {
    const input = path.join(root, "hangs");
    fs.mkdirSync(input);
    fs.writeFileSync(path.join(input, "a.csv"), "a,b\n13,1\n");
    await deploy(home, "hanging", hangingModel(), { scorer: "input:\n  columns: {features: [a, b]}\n" });
    const running = startBatchdeck(home, ...invoke("hanging", input, "hangs"));
    const pid = running.child.pid ?? 0;
    await until(() => isInModel("hangs"));
    const workers = workersOf(pid);
    kill(pid, "SIGINT");
    await sleep(50);
    kill(pid, "SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(workers.length).toBeGreaterThan(0);
    // Left alone it would hang until the test's time is over.
    await until(() => !workers.some(isAlive));
  });

  it("may close the pipes that a command writes to, and the job goes on to its end", async () => {
    const running = startBatchdeck(home, ...invoke("dense", large, "piped"));
    running.child.stderr?.destroy();
    running.child.stdout?.destroy();
    expect((await running.ended).code).toBe(0);
    expect((await showJob(home, "piped")).status).toBe("Completed");
  });
});

describe("--json", () => {
  it("prints the job when Ctrl-C pauses it", async () => {
    const running = startBatchdeck(home, ...invoke("dense", large, "json-paused"), "--json");
    await untilScored(home, "json-paused", 1);
    kill(running.child.pid, "SIGINT");
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(JSON.parse(ran.stdout)).toMatchObject({ name: "json-paused", status: "Paused" });
  });

  it("prints a document also when something is deleted", async () => {
    await batchdeck(home, "endpoint", "create", "-n", "passing");
    await batchdeck(home, "compute", "create", "-n", "passing");
    expect((await batchdeck(home, ...invoke("dense", small, "passing"))).code).toBe(0);
    for (const args of [
      ["endpoint", "delete", "-n", "passing", "--yes"],
      ["compute", "delete", "-n", "passing", "--yes"],
      ["job", "delete", "-n", "passing", "--yes"],
    ]) {
      expect(await batchdeckJson(home, ...args), args.join(" ")).toMatchObject({ name: "passing" });
    }
  });
});

describe("a job's name", () => {
  it("is found whatever its case, and the job then runs", async () => {
    expect((await batchdeck(home, ...invoke("dense", small, "mixed-case", "--no-wait"))).code).toBe(0);
    const streamed = await batchdeckJson<ShownJob>(home, "job", "stream", "-n", "MIXED-case");
    expect(streamed).toMatchObject({ name: "mixed-case", status: "Completed" });
  });
});

describe("the help of a command", () => {
  it("names what it takes, with every key of a setting for one job", async () => {
    const help = await batchdeck(home, "invoke", "--help");
    expect(help.code).toBe(0);
    for (const key of ["--output-path", "retry_settings.max_retries", "error_threshold", "batchdeck.priority"]) {
      expect(help.stdout).toContain(key);
    }
    expect((await batchdeck(home, "compute", "update", "--help")).stdout).toContain("--tier low_priority");
  });
});

describe("a file name that promises another format", () => {
  it("is kept, and that is said before the job runs", async () => {
    const file = ["--set", "output_file_name=scores.csv"];
    const asked = [...file, "--set", "batchdeck.output_format=parquet"];
    const misnamed = await batchdeck(home, ...invoke("dense", small, "misnamed", ...asked));
    expect(misnamed.code).toBe(0);
    expect(misnamed.stderr).toContain("scores.csv will hold Parquet, not CSV.");
    expect(misnamed.stderr).toContain("--set output_file_name=scores.parquet\n");
    expect(
      fs
        .readFileSync(path.join(outOf("misnamed"), "scores.csv"))
        .subarray(0, 4)
        .toString(),
    ).toBe("PAR1");
    const named = await batchdeck(home, ...invoke("dense", small, "named", ...file));
    expect(named.stderr).not.toContain("will hold");
  });
});

describe("a document for scripts", () => {
  it("spells every key in one way, also those of the scorer, and job.json does too", async () => {
    expect((await batchdeck(home, ...invoke("dense", small, "spelt"))).code).toBe(0);
    const lists = ["job list", "endpoint list", "model list", "compute list", "deployment list -e dense"];
    const documents = [...lists, "job show -n spelt"].map((words) => batchdeckJson<unknown>(home, ...words.split(" ")));
    const record = JSON.parse(fs.readFileSync(path.join(outOf("spelt"), "job.json"), "utf8")) as unknown;
    for (const document of [...(await Promise.all(documents)), record]) {
      expect(keysOf(document).filter((key) => /^[a-z]+[A-Z]/.test(key))).toEqual([]);
    }
    expect(record).toMatchObject({ scorer: { fixed_batch: null, outputs: [{ top_k: 0 }, { top_k: 0 }] } });
  });
});

function keysOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [...(Array.isArray(value) ? [] : [key]), ...keysOf(inner)]);
}
