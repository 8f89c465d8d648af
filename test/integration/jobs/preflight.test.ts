import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Preflight } from "../../../electron/contract/nouns/preflight.ts";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { encodedText } from "../../helpers/data/encoded-text.ts";
import { denseModel, stringModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";
import { abortingModel, hangingModel } from "../../helpers/models/misbehaving-models.ts";

/** `invoke --dry-run`: what is wrong, what would run, and the first items as the job would write them. */
const { root, home, input } = temporaryPlaces("preflight");
const at = (...names: string[]) => path.join(root, ...names);

function write(file: string, content: string | Uint8Array): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

function invoke(endpoint: string, ...more: string[]): readonly string[] {
  return ["invoke", "-n", endpoint, ...more];
}

/** A report as the terminal prints it for scripts: its facts in words. */
type PrintedPreflight = Omit<Preflight, "problems" | "warnings" | "sample" | "estimate"> & {
  readonly problems: readonly { readonly code: string; readonly message: string; readonly remedy: string }[];
  readonly warnings: readonly string[];
  readonly sample: (Omit<NonNullable<Preflight["sample"]>, "left_out"> & { readonly left_out: string }) | null;
  readonly estimate: NonNullable<Preflight["estimate"]> | null;
};

async function dryRun(...args: readonly string[]): Promise<PrintedPreflight & { readonly code: number | null }> {
  const ran = await batchdeck(home, ...args, "--dry-run", "--json");
  return { ...(JSON.parse(ran.stdout) as PrintedPreflight), code: ran.code };
}

/** The data rows of a CSV file without quotes. */
function rowsOf(file: string): string[][] {
  const lines = fs.readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => line.split(","));
}

beforeAll(async () => {
  writeCsvFolder(input, { files: 2, rowsPerFile: 2000, features: 4 });
  write(at("wrong-columns", "a.csv"), "a,b\n1,2\n");
  write(at("taken", "predictions.csv"), "mine\n");
  write(at("cities", "a.csv"), "city,since,note\nLyon,1200,x\n=cmd,7,y\nAmsterdam,,z\n");
  write(at("cities", ".hidden.csv"), "city\nParis\n");
  write(at("cities", "notes.pdf"), "x");
  write(at("mixed", "a.csv"), "a,b\n1,2\noops,3\n4,5\n");
  write(at("deadly", "a.csv"), "a,b\n13,1\n");
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
  });
  await deploy(home, "cities", stringModel(), { scorer: "output:\n  keep: [city, since]\n" });
  await deploy(home, "abort", abortingModel());
  await deploy(home, "hang", hangingModel());
});

const manyFaults = () => [
  ...invoke("dense", "--input", at("wrong-columns"), "--output-path", at("taken")),
  ...["--set", "colour=red", "--set", "error_threshold=-5", "--job-name", "no/name"],
];

describe("an invocation with several faults", () => {
  const said = [/"colour"/, /error_threshold=-5/, /"f0"/, /no\/name/, /predictions\.csv/];

  it("is refused for all of them at once, one a line, in the order in which one would see to them", async () => {
    const ran = await batchdeck(home, ...manyFaults());
    expect(ran.code).toBe(2);
    const lines = ran.stderr.trimEnd().split("\n");
    expect(lines, ran.stderr).toHaveLength(said.length);
    for (const [index, pattern] of said.entries()) expect(lines[index]).toMatch(pattern);
  });

  it("is reported with all of them by a dry run, which ends with 2", async () => {
    const report = await dryRun(...manyFaults());
    expect(report.code).toBe(2);
    expect(report.problems.map(({ code }) => code)).toEqual([
      "usage/invalid",
      "usage/invalid",
      "input/wrong-columns",
      "usage/invalid",
      "output/exists",
    ]);
    const text = await batchdeck(home, ...manyFaults(), "--dry-run");
    expect(text.code).toBe(2);
    for (const pattern of said) expect(text.stdout).toMatch(pattern);
  });

  it("still says what would run when its output alone is in the way", async () => {
    const report = await dryRun(...invoke("dense", "--input", input, "--output-path", at("taken")));
    expect(report.problems.map(({ code }) => code)).toEqual(["output/exists"]);
    expect(report.plan?.items).toBe(4000);
    expect(report.sample?.rows).toHaveLength(5);
  });

  it("of an unknown endpoint is about that alone", async () => {
    const report = await dryRun(...invoke("nobody", "--input", at("nowhere")));
    expect(report).toMatchObject({ code: 2, deployment_name: null, plan: null, sample: null });
    expect(report.problems.map(({ code }) => code)).toEqual(["endpoint/not-found"]);
  });
});

describe("a dry run", () => {
  it("shows the first rows to the last digit as the job then writes them, and its header", async () => {
    const report = await dryRun(...invoke("dense", "--input", input));
    expect(report).toMatchObject({ code: 0, problems: [] });
    const out = at("dense-out");
    expect((await batchdeck(home, ...invoke("dense", "--input", input, "--output-path", out))).code).toBe(0);
    const [header, ...rows] = rowsOf(path.join(out, "predictions.csv"));
    expect(report.sample).toMatchObject({ items: 5, columns: header, errors: [], left_out: "" });
    expect(report.sample?.rows).toEqual(rows.slice(0, 5));
    expect(report.plan?.output_columns.map(({ name }) => name)).toEqual(header);
  });

  it("writes nothing: no job, no output, nothing left in the workspace", async () => {
    const before = fs.readdirSync(home).sort();
    const jobs = (await batchdeck(home, "job", "list", "--json")).stdout;
    await dryRun(...invoke("dense", "--input", input, "--output-path", at("nowhere-yet")));
    expect(fs.readdirSync(home).sort()).toEqual(before);
    expect(fs.existsSync(at("nowhere-yet"))).toBe(false);
    expect((await batchdeck(home, "job", "list", "--json")).stdout).toBe(jobs);
  });

  it("maps inputs to columns with their types and first values, and says what is kept, unused and left out", async () => {
    const { plan, warnings, sample, scan } = await dryRun(...invoke("cities", "--input", at("cities")));
    expect(plan).toMatchObject({
      mapping: [{ input: "city", type: "string", shape: [null, 1], columns: [{ name: "city", type: "text" }] }],
      keep: [
        { name: "city", type: "text", values: ["Lyon", "=cmd", "Amsterdam"] },
        { name: "since", type: "integer", values: ["1200", "7", ""] },
      ],
      unused_columns: ["note"],
      items: 3,
      items_exact: true,
      mini_batches: 1,
      mini_batches_exact: true,
      csv_formulas: "escape",
      skipped_by: { hidden: 1, "other-ending": 1 },
    });
    expect(warnings.join(" ")).toMatch(
      /2 files are left out: 1 hidden \(".+"\), 1 without an ending that is read \(".+"\)/,
    );
    expect(sample?.rows).toEqual([
      ["Lyon", "1200", "France", "33"],
      ["'=cmd", "7", "unknown", "-1"],
      ["Amsterdam", "", "Netherlands", "31"],
    ]);
    expect(scan).toMatchObject({ verdict: "safe", looked: "now", findings: [] });
  });

  it("names the encoding that scorer.yml names, and shows a text as it reads it", async () => {
    await deploy(home, "coded", stringModel(), { scorer: "input: {encoding: windows-1251}\n" });
    fs.mkdirSync(at("coded"));
    fs.writeFileSync(path.join(at("coded"), "a.csv"), encodedText("city\nЛион\n", "windows-1251"));
    const { plan } = await dryRun(...invoke("coded", "--input", at("coded")));
    expect(plan).toMatchObject({ encoding: "windows-1251", text_sample: "Лион" });
    const said = await batchdeck(home, ...invoke("coded", "--input", at("coded")), "--dry-run");
    expect(said.stdout).toContain("read as  comma-separated, windows-1251, decimal point");
    expect(said.stdout).toContain("such as  Лион");
  });

  it("warns of kept keys that no line it looked at has, but not of those that another file has", async () => {
    const line = '{"city":"Lyon"}\n';
    fs.mkdirSync(at("sparse"));
    fs.writeFileSync(path.join(at("sparse"), "a.jsonl"), line.repeat(300));
    const sparse = await dryRun(...invoke("cities", "--input", at("sparse")));
    expect(sparse.problems).toEqual([]);
    expect(sparse.warnings.join(" ")).toContain("No line that was looked at has since");
    fs.mkdirSync(at("elsewhere"));
    fs.writeFileSync(path.join(at("elsewhere"), "a.jsonl"), line);
    fs.writeFileSync(path.join(at("elsewhere"), "b.csv"), "city,since\nLyon,7\n");
    const elsewhere = await dryRun(...invoke("cities", "--input", at("elsewhere")));
    expect([elsewhere.problems, elsewhere.warnings]).toEqual([[], []]);
  });

  it("lists the items of the sample that fail, as errors.csv would", async () => {
    const { sample, problems } = await dryRun(...invoke("abort", "--input", at("mixed")));
    expect(problems).toEqual([]);
    expect(sample?.rows.map(([file, row]) => [file, row])).toEqual([
      ["a.csv", "1"],
      ["a.csv", "3"],
    ]);
    expect(sample?.errors).toMatchObject([{ file: "a.csv", row: 2, code: "cell-not-a-number", value: "oops" }]);
  });

  it("says so when the model ends the process of the sample, and starts all the same", async () => {
    const { code, sample } = await dryRun(...invoke("abort", "--input", at("deadly")));
    expect(code).toBe(0);
    expect(sample).toMatchObject({ items: 0, rows: [] });
    expect(sample?.left_out).toMatch(/ended \(SIG/);
  });

  it("leaves the sample out when it takes too long, and leaves no process and no file behind", async () => {
    const { code, sample } = await dryRun(...invoke("hang", "--input", at("deadly")));
    expect(code).toBe(0);
    expect(sample?.left_out).toMatch(/more than a second/);
    expect(fs.readdirSync(home).filter((name) => name.startsWith("preflight-"))).toEqual([]);
  });

  it("estimates time and size from the last job with the same model, and names it", async () => {
    const before = await dryRun(...invoke("hang", "--input", at("mixed")));
    expect(before.estimate?.seconds?.basis).toMatch(/measured on 3 sample rows/);
    await batchdeck(home, ...invoke("hang", "--input", at("mixed"), "--job-name", "earlier"));
    const { estimate } = await dryRun(...invoke("hang", "--input", at("mixed")));
    expect(estimate?.seconds?.basis).toMatch(/as in job earlier on this machine, \d+ seconds? ago/);
    expect(estimate?.output_bytes.basis).toMatch(/earlier/);
    const bytes = ["predictions.csv", "errors.csv"]
      .map((name) => fs.statSync(path.join(home, "outputs", "earlier", name)).size)
      .reduce((total, size) => total + size, 0);
    expect(estimate?.output_bytes.low).toBeLessThan(bytes);
    expect(estimate?.output_bytes.high).toBeGreaterThan(bytes);
    expect(estimate?.disks[0]?.free_bytes).toBeGreaterThan(0);
  });

  it("fits 80 columns", async () => {
    const ran = await batchdeck(home, ...invoke("cities", "--input", at("cities")), "--dry-run");
    expect(ran.code).toBe(0);
    const tooLong = ran.stdout.split("\n").filter((line) => line.length > 80 && !line.includes(root));
    expect(tooLong).toEqual([]);
    expect(ran.stdout).toMatch(/nothing is wrong, nothing was started/);
  });
});
