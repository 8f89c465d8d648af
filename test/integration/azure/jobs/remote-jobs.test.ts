import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type JobsLab, startJobsLab, writeTables } from "../../../azure/jobs/sample.ts";
import { runInProcessWith } from "../../../helpers/command-line.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

/** Jobs that run in Azure, from the terminal: real MSAL, HTTP client and blob client, against stand-ins that run their scripts. */
const folder = temporaryFolder("remote-jobs");
let at: JobsLab;

beforeAll(async () => {
  at = await startJobsLab(folder);
}, 60_000);
afterAll(() => at.close());

function newTerminal(name: string) {
  const own = path.join(folder, name);
  const [home, out] = [path.join(own, "home"), path.join(own, "out")];
  const place = (of: string) => path.join(own, of);
  const run = (...args: readonly string[]) => runInProcessWith({ environment: at.environment }, home, ...args);
  return {
    ...{ home, out, place, run },
    /** The job is called as the terminal is. */
    invoke: (input: string, ...args: readonly string[]) =>
      run("invoke", "-n", "sums", "--input", input, "-w", "lab", "--output-path", out, "--job-name", name, ...args),
    sent: () => at.jobs.made().filter((job) => job.name.startsWith(`${name}-`)),
    read: (file: string) => fs.readFileSync(path.join(out, file), "utf8"),
    show: async (job: string) =>
      JSON.parse((await run("job", "show", "-n", job, "--json")).stdout) as Record<string, unknown>,
  };
}

describe("a folder of tables", () => {
  it("is scored in Azure, and its rows and errors come back in order", async () => {
    const { invoke, read, show, run, out, place, sent } = newTerminal("tables");
    const input = writeTables(place("in"), 3, 8);
    at.jobs.arrange({ seed: 5 });
    const ran = await invoke(input, "--mini-batch-size", "1");
    expect(ran.stderr).toContain("It runs in the Azure workspace lab, as ");
    expect(ran).toMatchObject({ code: 3 });
    expect(read("predictions.csv").split("\n").slice(0, 3)).toEqual([
      "file,row,id,score",
      "t000.csv,1,0-0,0.5",
      "t000.csv,2,0-1,1.5",
    ]);
    expect(read("errors.csv").split("\n").slice(0, 2)).toEqual([
      "file,row,stage,code,message,value",
      "t000.csv,7,preprocess,cell-not-a-number,It is no number.,word",
    ]);
    const [job] = sent();
    expect(await show("tables")).toMatchObject({
      ...{ status: "Completed", total: 24, succeeded: 21, failed: 3, skipped: 0, runs_on: "azure", item_unit: "row" },
      ...{ endpoint_name: "sums", deployment_name: "generated", output_path: out },
      azure: { ...at.azure.place, job_name: job?.name, run_as: at.environment["AZURE_CLIENT_ID"], status: "Completed" },
    });
    expect(JSON.parse(read("job.json"))).toMatchObject({
      ...{ name: "tables", runs_on: "azure", azure: { job_name: job?.name } },
      counts: { total: 24, succeeded: 21, failed: 3, skipped: 0 },
    });
    expect(fs.readdirSync(path.join(out, "azure")).sort()).toEqual(["errors", "predictions.csv"]);
    expect((await run("job", "list")).stdout).toContain("tables");
    const copied = await run("job", "download", "-n", "tables", "--download-path", place("copy"));
    expect(copied.code).toBe(0);
    expect(fs.readFileSync(path.join(place("copy"), "predictions.csv"), "utf8")).toBe(read("predictions.csv"));
  });

  it("that was sent before is not sent again, and mini-batches that Azure repeats count once", async () => {
    const first = newTerminal("once");
    const input = writeTables(first.place("in"), 4, 5);
    expect((await first.invoke(input)).code).toBe(3);
    const uploads = () =>
      at.storage.seen().filter(({ writes, blob }) => writes && blob.startsWith("batchdeck/")).length;
    const before = uploads();
    const again = newTerminal("again");
    at.jobs.arrange({ repeated: 2, seed: 3 });
    expect((await again.invoke(input, "--mini-batch-size", "1")).code).toBe(3);
    expect(uploads()).toBe(before);
    expect(
      fs.readFileSync(path.join(again.out, "azure", "predictions.csv"), "utf8").split("\n").length,
    ).toBeGreaterThan(20);
    expect(again.read("predictions.csv")).toBe(first.read("predictions.csv"));
    expect(again.read("errors.csv")).toBe(first.read("errors.csv"));
  });

  it("keeps what Azure would pass over, and says so", async () => {
    const { invoke, show, place } = newTerminal("nested");
    const input = writeTables(place("in"), 1, 3);
    writeTables(path.join(input, "deeper"), 2, 3);
    fs.writeFileSync(path.join(input, ".hidden"), "");
    const ran = await invoke(input, "--set", "batchdeck.output_format=jsonl");
    expect(ran.stderr).toContain("2 files in folders are left out");
    expect(await show("nested")).toMatchObject({ total: 6, succeeded: 3, failed: 0, skipped: 3 });
  });
});

describe("a deployment of somebody's own script", () => {
  it("gives its cells as they are, ordered by the column that names the files", async () => {
    const { invoke, out, place, show } = newTerminal("own-script");
    const input = writeTables(place("in"), 5, 2);
    at.jobs.arrange({ seed: 4 });
    const ran = await invoke(input, "-d", "custom", "-m", "2", "--set", "batchdeck.output_format=parquet");
    expect(ran).toMatchObject({ code: 0 });
    const names = ["t000.csv", "t001.csv", "t002.csv", "t003.csv", "t004.csv"];
    const rows = await queried(
      `SELECT column_1, column_2 FROM read_parquet('${path.join(out, "predictions.parquet")}')`,
    );
    expect(rows).toEqual(names.map((file) => [file, "a b"]));
    expect(await show("own-script")).toMatchObject({ total: 5, succeeded: 5, item_unit: "file" });
  });

  it("gives lines that are no table as one column", async () => {
    const { invoke, read, place } = newTerminal("lines");
    expect(await invoke(writeTables(place("in"), 2, 1), "-d", "lines")).toMatchObject({ code: 0 });
    expect(read("predictions.csv")).toBe("column_0\nt000.csv: x \nt001.csv: x x \n");
  });

  it("of which nothing succeeds fails, as Azure says, with errors.csv all the same", async () => {
    const { invoke, read, out, place, show } = newTerminal("silent");
    const ran = await invoke(writeTables(place("in"), 2, 1), "-d", "silent");
    expect(ran).toMatchObject({ code: 1 });
    expect(read("errors.csv")).toBe("file,row,stage,code,message,value\n");
    expect(fs.existsSync(path.join(out, "predictions.csv"))).toBe(false);
    expect(await show("silent")).toMatchObject({ status: "Failed", problem: { code: "azure/job-failed" } });
  });
});

describe("an input that lies in Azure", () => {
  it("is named as it is, and nothing is uploaded", async () => {
    const { invoke, read, sent } = newTerminal("in-azure");
    await at.storage.put("tables/one.csv", "id,a,b\nx,1,2\n");
    const before = at.storage.seen().filter(({ writes }) => writes).length;
    const input = "azureml://datastores/workspaceblobstore/paths/tables/";
    expect(await invoke(input)).toMatchObject({ code: 0 });
    expect(read("predictions.csv")).toBe("file,row,id,score\none.csv,1,x,3.0\n");
    expect(Object.values(sent()[0]?.request.inputData ?? {})).toEqual([{ jobInputType: "UriFolder", uri: input }]);
    // What the job itself writes does not come by the way of clients.
    expect(at.storage.seen().filter(({ writes }) => writes).length).toBe(before);
  });

  it("may be a single file, which is sent alone", async () => {
    const { invoke, read, place, sent } = newTerminal("one-file");
    const file = path.join(writeTables(place("in"), 2, 2), "t001.csv");
    expect(await invoke(file)).toMatchObject({ code: 0 });
    expect(read("predictions.csv")).toBe("file,row,id,score\nt001.csv,1,1-0,1.5\nt001.csv,2,1-1,2.5\n");
    expect(Object.values(sent()[0]?.request.inputData ?? {})).toMatchObject([{ jobInputType: "UriFile" }]);
  });
});

describe("before anything is sent", () => {
  it("a dry run says what would be sent, where and as whom, and sends nothing", async () => {
    const { invoke, place, home } = newTerminal("dry");
    const input = writeTables(place("in"), 2, 2);
    writeTables(path.join(input, "deeper"), 1, 1);
    const before = [at.lab.server.requests().length, at.storage.seen().length];
    const ran = await invoke(input, "--dry-run", "--json", "--instance-count", "4");
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ...{ problems: [], runs_on: "azure", endpoint_name: "sums", deployment_name: "generated" },
      azure: { workspace: "lab", run_as: at.environment["AZURE_CLIENT_ID"] },
      upload: { files: 2, nested_files: 1 },
      overrides: { instanceCount: 4 },
    });
    const asked = at.lab.server.requests().slice(before[0]);
    expect(asked.filter((line) => line.startsWith("POST ") && !line.includes("login"))).toEqual([]);
    expect(at.storage.seen().length).toBe(before[1]);
    expect(fs.existsSync(path.join(home, "jobs"))).toBe(false);
  });

  it.each([
    ["an unknown endpoint", ["-n", "nobody"], /There is no endpoint "nobody"/],
    ["an endpoint without a default", ["-n", "fresh"], /has no default deployment in Azure/],
    ["a pipeline", ["-n", "churn", "-d", "steps"], /is a pipeline, which is not invoked from here/],
    ["an unknown deployment", ["-d", "nothing"], /There is no deployment of "sums" "nothing"/],
    ["a setting of this computer", ["--set", "batchdeck.recursive=false"], /has no meaning for a job in Azure/],
    ["an input that is not there", ["--input", "/nowhere/at/all"], /There is no folder or file on target path/],
    ["an address with a key", ["--input", "https://labstore.blob.lab.test/c?sig=secret"], /holds a key/],
    ["an unknown data asset", ["--input", "azureml:nobody@latest"], /There is no data asset "nobody"/],
  ])("%s is refused, and nothing is sent or queued", async (_what, args, says) => {
    const { run, place, home } = newTerminal("refused");
    const input = writeTables(place("in"), 1, 1);
    const before = at.jobs.made().length;
    const all = ["-n", "sums", "--input", input, "-w", "lab", ...args];
    const ran = await run("invoke", ...[...new Map(pairs(all)).entries()].flat());
    expect(ran.stderr).toMatch(says);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(at.jobs.made().length).toBe(before);
    expect(fs.existsSync(path.join(home, "jobs"))).toBe(false);
  });

  it.each(["predictions.csv", "errors.csv", "azure"])("an output folder with %s in it is refused", async (name) => {
    const { invoke, place, out } = newTerminal(`taken-${name.replace(".", "-")}`);
    fs.mkdirSync(path.join(out, name), { recursive: true });
    const ran = await invoke(writeTables(place("in"), 1, 1));
    expect(ran.stderr).toContain(name);
    expect(ran.code).toBe(2);
  });
});

/** Options with their values: the last of a name counts. */
function pairs(args: readonly string[]): readonly [string, string][] {
  return args.flatMap((arg, at): [string, string][] => (at % 2 === 0 ? [[arg, args[at + 1] ?? ""]] : []));
}

async function queried(sql: string): Promise<readonly unknown[][]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const read = await connection.runAndReadAll(sql);
  connection.closeSync();
  instance.closeSync();
  return read.getRows();
}
