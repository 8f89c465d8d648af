import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type JobsLab, startJobsLab, writeTables } from "../../../azure/jobs/sample.ts";
import { runInProcessWith } from "../../../helpers/command-line.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

/** What failed in Azure is tried again there: a job of those files only, whose results take the place of what they had. */
const folder = temporaryFolder("remote-retry");
const noRow = (file: string, row: number) =>
  `${file},${row},infer,azure-no-row,Azure wrote neither a row nor an error for it.,`;
let at: JobsLab;

beforeAll(async () => {
  at = await startJobsLab(folder);
});
afterAll(() => at.close());

/** Whose mini-batches fail from now on. */
function setFailing(...files: readonly string[]): void {
  fs.writeFileSync(path.join(folder, "deployments", "moody", "model", "fails.txt"), files.join("\n"));
}

function newTerminal(name: string, files: number) {
  const own = path.join(folder, name);
  const [home, out] = [path.join(own, "home"), path.join(own, "out")];
  const input = writeTables(path.join(own, "in"), files, 4);
  const run = (...args: readonly string[]) => runInProcessWith({ environment: at.environment }, home, ...args);
  return {
    ...{ run, out, input },
    invoke: (given: string, ...args: readonly string[]) =>
      run(
        ...["invoke", "-n", "sums", "-d", "moody", "--input", given, "-w", "lab", "--mini-batch-size", "1"],
        ...["--output-path", out, "--job-name", name, ...args],
      ),
    retry: (of = name) => run("job", "retry-failed", "-n", of),
    made: () => at.jobs.made().filter((job) => job.name.startsWith(`${name}-`)),
    read: (file: string) => fs.readFileSync(path.join(out, file), "utf8"),
    show: async (job: string) =>
      JSON.parse((await run("job", "show", "-n", job, "--json")).stdout) as Record<string, unknown>,
  };
}

/** The files that lie where a job's input is. */
async function sentFiles({
  request,
}: {
  readonly request: { readonly inputData: object };
}): Promise<readonly string[]> {
  const [{ uri }] = Object.values(request.inputData) as [{ readonly uri: string }];
  const place = uri.replace(/^azureml:\/\/datastores\/[^/]+\/paths\//, "");
  return (await at.storage.names()).filter((blob) => blob.startsWith(place)).map((blob) => blob.slice(place.length));
}

describe("a retry of a job in Azure", () => {
  it("sends the files that failed, and the job has the rows of an undisturbed one", async () => {
    setFailing("t001.csv");
    const { invoke, input, retry, made, read, show, out, run } = newTerminal("again", 3);
    expect(await invoke(input)).toMatchObject({ code: 3 });
    expect(read("errors.csv").trim().split("\n").slice(1)).toEqual([1, 2, 3, 4].map((row) => noRow("t001.csv", row)));
    expect(await show("again")).toMatchObject({ total: 12, succeeded: 8, failed: 4 });

    setFailing();
    expect(await retry()).toMatchObject({ code: 0 });
    const [first, second, ...others] = made();
    expect(others).toEqual([]);
    expect(second?.name).toMatch(/^again-retry-1-[0-9a-f]{8}$/);
    expect(second).toMatchObject({ endpoint: "sums", deployment: "moody", request: { miniBatchSize: 1 } });
    expect(first && (await sentFiles(first))).toEqual(["t000.csv", "t001.csv", "t002.csv"]);
    expect(second && (await sentFiles(second))).toEqual(["t001.csv"]);
    expect(fs.readdirSync(out).sort()).toEqual(["azure", "azure-retry-1", "errors.csv", "job.json", "predictions.csv"]);
    expect(await show("again")).toMatchObject({ total: 12, succeeded: 12, failed: 0, status: "Completed" });
    expect(JSON.parse(read("job.json"))).toMatchObject({
      ...{ name: "again", counts: { total: 12, succeeded: 12, failed: 0 } },
      ...{ reuse: { job: "again", reason: "retry-failed", by: "again-retry-1" } },
    });
    const other = path.join(path.dirname(out), "other");
    const undisturbed = ["--job-name", "undisturbed", "--output-path", other];
    expect(await run("invoke", "-n", "sums", "--input", input, "-w", "lab", ...undisturbed)).toMatchObject({ code: 0 });
    for (const file of ["predictions.csv", "errors.csv"]) {
      expect(read(file)).toBe(fs.readFileSync(path.join(other, file), "utf8"));
    }
    expect(await run("job", "compare", "again", "undisturbed")).toMatchObject({ code: 0 });

    // As of a job of this computer.
    expect((await retry()).stderr).toContain("Nothing failed in the job again.");
    expect((await retry("again-retry-1")).stderr).toContain("is a retry of again");
  });

  it("that fails leaves the files as they are, and the next one has all that the others brought", async () => {
    setFailing("t001.csv", "t002.csv");
    const { invoke, input, retry, made, read, show, out } = newTerminal("thrice", 3);
    expect(await invoke(input)).toMatchObject({ code: 3 });
    const before = ["predictions.csv", "errors.csv", "job.json"].map(read);
    expect(await retry()).toMatchObject({ code: 1 });
    expect(["predictions.csv", "errors.csv", "job.json"].map(read)).toEqual(before);
    expect(fs.existsSync(path.join(out, "azure-retry-1"))).toBe(false);

    setFailing("t002.csv");
    expect(await retry()).toMatchObject({ code: 3 });
    expect(await show("thrice")).toMatchObject({ total: 12, succeeded: 8, failed: 4 });
    setFailing();
    // A file that was changed is scored again whole, with what failed.
    fs.writeFileSync(path.join(input, "t000.csv"), "id,a,b\nnew,1,1\n");
    const last = await retry();
    expect(last.stderr).toContain("1 file was changed since thrice ran");
    expect(last).toMatchObject({ code: 0 });
    expect(await Promise.all(made().map(sentFiles))).toEqual([
      ["t000.csv", "t001.csv", "t002.csv"],
      ["t001.csv", "t002.csv"],
      ["t001.csv", "t002.csv"],
      ["t000.csv", "t002.csv"],
    ]);
    expect(await show("thrice")).toMatchObject({ total: 9, succeeded: 9, failed: 0 });
    const rows = read("predictions.csv").trim().split("\n").slice(1);
    expect(rows.map((row) => row.split(",").slice(0, 2).join(","))).toEqual([
      "t000.csv,1",
      ...["t001.csv", "t002.csv"].flatMap((file) => [1, 2, 3, 4].map((row) => `${file},${row}`)),
    ]);
    expect(rows[0]).toBe("t000.csv,1,new,2.0");
  });

  it("of an input that lies in Azure is refused, with what to do, and sends nothing", async () => {
    setFailing();
    const { invoke, retry, made } = newTerminal("in-azure", 1);
    await at.storage.put("tables/one.csv", "id,a,b\nx,1,2\ny,word,2\n");
    expect(await invoke("azureml://datastores/workspaceblobstore/paths/tables/")).toMatchObject({ code: 3 });
    const refused = await retry();
    expect(refused.stderr).toMatch(/lies in Azure, which cannot be given some files of it\. Put the files that failed/);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(made().length).toBe(1);
  });
});
