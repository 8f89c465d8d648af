import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { nodeProcessHost } from "../../../../electron/compute/node-process-host.ts";
import type { AzureRows } from "../../../../electron/contract/nouns/azure/azure-part.ts";
import type { JobSpec } from "../../../../electron/contract/nouns/job-spec.ts";
import { type AzureFacts, openAzureJournal } from "../../../../electron/jobs/azure/azure-journal.ts";
import { writeListing } from "../../../../electron/data/listing/listing-file.ts";
import { noSkips } from "../../../../electron/data/listing/skips.ts";
import { convertResults } from "../../../../electron/jobs/azure/convert-results.ts";
import { jobFiles } from "../../../../electron/jobs/folder/job-files.ts";
import { azureSpec } from "../../../helpers/engine/azure-specs.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

/** What Azure wrote becomes our files, in the process that does so. */
const folder = temporaryFolder("azure-results");
const host = nodeProcessHost(path.join(import.meta.dirname, "../../../../dist"));
const generated: AzureRows = { kind: "generated", columns: ["score", "label"], keys: true, unit: null };
const errorsHeader = "file,row,stage,code,message,value\n";
let jobs = 0;

/** Of files of the input, by what they hold, and what Azure wrote; rows and errors as our own files have them. */
async function converted(facts: {
  readonly rows: AzureRows;
  readonly input: Readonly<Record<string, string>>;
  readonly azure: string | null;
  readonly errors?: string;
  /** What a job before it wrote, whose failed files it tried again. */
  readonly earlier?: { readonly azure: string; readonly errors: string };
  readonly output?: Partial<JobSpec["output"]>;
}) {
  jobs += 1;
  const own = path.join(folder, String(jobs));
  const [home, input, output] = ["home", "in", "out"].map((name) => path.join(own, name)) as [string, string, string];
  const azureFolder = path.join(output, "azure");
  for (const made of [input, path.join(azureFolder, "errors")]) fs.mkdirSync(made, { recursive: true });
  const place = { subscription: "s", resource_group: "g", workspace: "w" };
  const datastore = { name: "d", protocol: "https", accountName: "a", endpoint: "e", containerName: "c" };
  const plain = azureSpec({
    ...{ name: "job", endpoint: "churn", deployment: "blue", input, output },
    azure: {
      ...{ cloud: "Lab", place, datastore, rows: facts.rows },
      earlier: facts.earlier === undefined ? [] : [{ job: "before", folder: "azure-before" }],
    },
  });
  const spec = { ...plain, output: { ...plain.output, ...facts.output } };
  const files = jobFiles(home, spec);
  fs.mkdirSync(files.folder, { recursive: true });
  const names = Object.entries(facts.input).map(([name, text]) => {
    fs.writeFileSync(path.join(input, name), text);
    return { path: name, sizeBytes: text.length, modifiedMs: fs.statSync(path.join(input, name)).mtimeMs };
  });
  writeListing(files.listing, { files: names, bytes: 0, ...noSkips });
  if (facts.earlier !== undefined) {
    fs.mkdirSync(path.join(output, "azure-before", "errors"), { recursive: true });
    fs.writeFileSync(path.join(output, "azure-before", "predictions.csv"), facts.earlier.azure);
    fs.writeFileSync(path.join(output, "azure-before", "errors", "one.csv"), errorsHeader + facts.earlier.errors);
  }
  if (facts.azure !== null) fs.writeFileSync(path.join(azureFolder, "predictions.csv"), facts.azure);
  if (facts.errors !== undefined)
    fs.writeFileSync(path.join(azureFolder, "errors", "one.csv"), errorsHeader + facts.errors);
  const listed = {
    files: names.length,
    listing: "l",
    bytes: 0,
    skipped: 0,
    skippedBy: {},
    skippedNames: {},
    nested: 0,
  };
  const known: AzureFacts = { ...openAzureJournal(files.folder, "hashing").facts(), listed };
  const ending = { kind: "completed" } as const;
  const made = await convertResults(
    host,
    { spec, files, facts: known, folder: azureFolder, ending },
    new AbortController().signal,
  );
  return {
    made,
    rows: made.ok ? fs.readFileSync(files.rowsPart, "utf8") : "",
    errors: made.ok ? fs.readFileSync(files.errorsPart, "utf8").slice(errorsHeader.length) : "",
  };
}

const table = (rows: number) => `x\n${"1\n".repeat(rows)}`;
const noRow = (file: string, row: number | "") =>
  `${file},${row},infer,azure-no-row,Azure wrote neither a row nor an error for it.,\n`;

describe("rows of a generated script", () => {
  it("come in the order of the input, each once, with what is missing among the errors", async () => {
    const { made, rows, errors } = await converted({
      rows: generated,
      input: { "a.csv": table(4), "b.csv": table(1), "c.csv": table(1), "empty.csv": "x\n" },
      azure: ["b.csv 1 0.5 no", 'a.csv 4 inf "a b"', "a.csv 1 1 007", "b.csv 1 0.5 no", "a.csv 4 2 other"]
        .map((line) => `${line}\n`)
        .join(""),
      errors: "a.csv,2,preprocess,cell-empty,It is empty.,\n",
    });
    expect(rows).toBe("file,row,score,label\na.csv,1,1,007\na.csv,4,Infinity,a b\nb.csv,1,0.5,no\n");
    expect(errors).toBe(`a.csv,2,preprocess,cell-empty,It is empty.,\n${noRow("a.csv", 3)}${noRow("c.csv", 1)}`);
    expect(made).toMatchObject({
      ok: true,
      value: { unit: "row", succeeded: 3, failed: 3, notANumber: 1, repeated: 1 },
    });
  });

  it("that are not there leave the reasons why", async () => {
    const { made, errors } = await converted({
      rows: generated,
      input: { "a.csv": table(1), "b.csv": table(1) },
      azure: null,
      errors: "a.csv,1,preprocess,cell-empty,It is empty.,\n",
    });
    expect(errors).toBe(`a.csv,1,preprocess,cell-empty,It is empty.,\n${noRow("b.csv", 1)}`);
    expect(made).toMatchObject({ value: { succeeded: 0, failed: 2 } });
  });

  it("that are missing at the end of a table, or of a whole table, are each among the errors", async () => {
    const { made, errors } = await converted({
      rows: generated,
      input: {
        "a.csv": table(4),
        "b.csv": `x;y\n"1\n2";1\n3;1\n`,
        "c.jsonl": '{"x":1}\n{"x":2}\n',
        "d.csv": table(3),
        "e.csv": "",
        "f.bin": "?",
      },
      azure: "a.csv 1 1 x\na.csv 2 1 x\nd.csv 1 1 x\n",
      errors: "d.csv,2,preprocess,cell-empty,It is empty.,\n",
    });
    const missing = [3, 4].map((row) => noRow("a.csv", row));
    const tables = [noRow("b.csv", 1), noRow("b.csv", 2), noRow("c.jsonl", 1), noRow("c.jsonl", 2)];
    const end = ["d.csv,2,preprocess,cell-empty,It is empty.,\n", noRow("d.csv", 3)];
    expect(errors).toBe([...missing, ...tables, ...end, noRow("e.csv", ""), noRow("f.bin", "")].join(""));
    expect(made).toMatchObject({ value: { succeeded: 3, failed: 10 } });
  });

  it("of a table that says itself why it could not be read are not missed", async () => {
    const { errors } = await converted({
      rows: generated,
      input: { "a.csv": table(1), "b.csv": table(3) },
      azure: "a.csv 1 1 x\n",
      errors: "b.csv,,read,file-unreadable,It cannot be read.,\n",
    });
    expect(errors).toBe("b.csv,,read,file-unreadable,It cannot be read.,\n");
  });

  it("of a retry are put over those that were there, and an error over none of them", async () => {
    const { made, rows, errors } = await converted({
      rows: generated,
      input: { "a.csv": table(4), "b.csv": table(1) },
      earlier: {
        azure: "b.csv 1 5 kept\na.csv 1 0.1 old\na.csv 3 9 kept\n",
        errors: "a.csv,2,preprocess,cell-empty,It is empty.,\na.csv,4,preprocess,cell-empty,It is empty.,\n",
      },
      azure: "a.csv 2 0.3 new\na.csv 1 0.2 new\n",
      errors: "a.csv,3,infer,model-error,It failed.,\na.csv,4,infer,model-error,It failed again.,\n",
    });
    expect(rows).toBe("file,row,score,label\na.csv,1,0.2,new\na.csv,2,0.3,new\na.csv,3,9,kept\nb.csv,1,5,kept\n");
    expect(errors).toBe("a.csv,4,infer,model-error,It failed again.,\n");
    expect(made).toMatchObject({ value: { succeeded: 4, failed: 1 } });
  });

  it("of a retry that could read a table take the place of what it failed with as a whole", async () => {
    const { made, rows, errors } = await converted({
      rows: generated,
      input: { "a.csv": table(2), "b.csv": table(1), "c.csv": table(1) },
      earlier: {
        azure: "",
        errors: ["a", "b", "c"].map((name) => `${name}.csv,,read,file-unreadable,It cannot be read.,\n`).join(""),
      },
      azure: "a.csv 1 1 x\n",
      errors: "b.csv,1,infer,model-error,It failed.,\nc.csv,,read,file-unreadable,It still cannot be read.,\n",
    });
    expect(rows).toBe("file,row,score,label\na.csv,1,1,x\n");
    const remaining = ["b.csv,1,infer,model-error,It failed.", "c.csv,,read,file-unreadable,It still cannot be read."];
    expect(errors).toBe(noRow("a.csv", 2) + remaining.map((line) => `${line},\n`).join(""));
    expect(made).toMatchObject({ value: { succeeded: 1, failed: 3 } });
  });

  it("and errors are those of the only file, whatever Azure calls it", async () => {
    const { made, rows, errors } = await converted({
      rows: generated,
      input: { "a.csv": table(2) },
      azure: "INPUT_1 2 1 x\n",
      errors: "INPUT_1,1,preprocess,cell-empty,It is empty.,\n",
    });
    expect(rows).toBe("file,row,score,label\na.csv,2,1,x\n");
    expect(errors).toBe("a.csv,1,preprocess,cell-empty,It is empty.,\n");
    expect(made).toMatchObject({ value: { succeeded: 1, failed: 1 } });
  });

  it("may be several of one file, and repeat as a whole", async () => {
    const { made, rows } = await converted({
      rows: { ...generated, unit: "file" },
      input: { "a.png": "", "b.png": "" },
      azure: "b.png 0 0.9 cat\na.png 0 0.8 dog\na.png 0 0.7 cat\na.png 0 0.8 dog\na.png 0 0.7 cat\n",
    });
    expect(rows).toBe("file,score,label\na.png,0.8,dog\na.png,0.7,cat\nb.png,0.9,cat\n");
    expect(made).toMatchObject({ value: { succeeded: 2, failed: 0, rows: 3, unit: "file" } });
  });

  it("are numbers in JSON lines where every cell of a column is one, and formulas are made harmless in CSV alone", async () => {
    const azure = "a.csv 1 1 =1+1\na.csv 2 2.5 x\n";
    const input = { "a.csv": table(2) };
    expect((await converted({ rows: generated, input, azure })).rows).toContain("a.csv,1,1,'=1+1\n");
    const lines = (await converted({ rows: generated, input, azure, output: { format: "jsonl" } })).rows;
    expect(lines.split("\n")[0]).toBe('{"file":"a.csv","row":1,"score":1,"label":"=1+1"}');
  });

  it.each([
    ["too few cells", "a.csv 1 0.5\n", "it has 3 cells, not 4"],
    ["no row", "a.csv one 0.5 x\n", "it does not say of which item it is"],
    ["a row beyond all tables", "a.csv 1 1 x\na.csv 999999999 1 x\n", "it names a row that cannot be"],
  ])("with %s are refused, with the line", async (_what, azure, says) => {
    const { made } = await converted({ rows: generated, input: { "a.csv": table(1) }, azure });
    expect(made).toMatchObject({ ok: false, problem: { code: "azure/unreadable-results" } });
    expect(JSON.stringify(made)).toContain(says);
  });
});

describe("rows of an MLflow model", () => {
  it("keep Azure's columns, by file and row", async () => {
    const { rows, made } = await converted({
      rows: { kind: "mlflow" },
      input: { "a.csv": table(2), "b.csv": table(1) },
      azure: "0,0.5,b.csv\n1,0.4,a.csv\n0,0.3,a.csv\n",
    });
    expect(rows).toBe("row,prediction,file_name\n0,0.3,a.csv\n1,0.4,a.csv\n0,0.5,b.csv\n");
    expect(made).toMatchObject({ value: { unit: "row", succeeded: 3, failed: 0, rows: 3 } });
  });
});

describe("rows of any other script", () => {
  it("of which fewer came than files are counted as Azure counts them", async () => {
    const { made, errors } = await converted({
      rows: { kind: "script" },
      input: { "a.txt": "", "b.txt": "" },
      azure: "x 1\n",
    });
    expect(made).toMatchObject({ value: { succeeded: 1, failed: 1 } });
    expect(errors).toContain("Azure wrote 1 rows for 2 files");
  });

  it("stay as many as it returned, also where they are alike", async () => {
    const { rows, made } = await converted({
      rows: { kind: "script" },
      input: { "a.csv": table(3), "b.csv": table(2) },
      azure: "1 b.csv\n0 a.csv\n0 a.csv\n0 a.csv\n1 b.csv\n",
    });
    expect(rows).toBe("column_0,column_1\n0,a.csv\n0,a.csv\n0,a.csv\n1,b.csv\n1,b.csv\n");
    expect(made).toMatchObject({ value: { succeeded: 2, failed: 0, rows: 5, repeated: 0 } });
  });

  it("stay as many where the input lies in Azure, so that no file is known", async () => {
    const { rows, made } = await converted({
      rows: { kind: "script" },
      input: {},
      azure: "0 x.csv\n0 x.csv\n1 y.csv\n",
    });
    expect(rows).toBe("column_0,column_1\n0,x.csv\n0,x.csv\n1,y.csv\n");
    expect(made).toMatchObject({ value: { succeeded: 3, failed: 0, rows: 3, repeated: 0 } });
  });

  it("that are not there are no rows", async () => {
    const { made } = await converted({ rows: { kind: "script" }, input: { "a.txt": "" }, azure: null });
    expect(made).toMatchObject({ ok: true, value: { succeeded: 0, rows: 0 } });
  });
});
