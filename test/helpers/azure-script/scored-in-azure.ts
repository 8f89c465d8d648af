import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "csv-parse/sync";
import { expect } from "vitest";
import { parse as parseYaml } from "yaml";
import { runInProcess } from "../command-line.ts";
import { azurePython, azurePythonEnvironment } from "./python-runtime.ts";

const run = promisify(execFile);

type Cells = readonly (readonly string[])[];

/** Rows of predictions without the name and number of their item, and what failed, as errors.csv has it. */
export type ScoredRows = {
  readonly rows: Cells;
  readonly keys: Cells;
  readonly errors: Cells;
  readonly columns: readonly string[];
};

/** What the script of an endpoint's deployment makes of the files of a folder, two of them in a mini-batch. */
export async function scoredByScript(home: string, endpoint: string, input: string): Promise<ScoredRows> {
  const place = fs.mkdtempSync(path.join(home, "..", "azure-"));
  const exported = path.join(place, "exported");
  const output = path.join(place, "score");
  const args = ["deployment", "export", "-e", endpoint, "-n", "one", "--for", "azure", "--output-path", exported];
  const ran = await runInProcess(home, ...args);
  expect(ran.code, ran.stderr).toBe(0);
  fs.mkdirSync(output);
  const files = fs
    .readdirSync(input)
    .sort()
    .map((name) => path.join(input, name));
  const batches = Array.from({ length: Math.ceil(files.length / 2) }, (_, at) => files.slice(2 * at, 2 * at + 2));
  const told = JSON.stringify([path.join(exported, "code"), output, ...batches]);
  const azure = { AZUREML_MODEL_DIR: path.join(exported, "model"), AZUREML_BI_OUTPUT_PATH: output };
  await run(azurePython, [path.join(import.meta.dirname, "run-script.py"), told], {
    env: { ...process.env, ...azurePythonEnvironment(), ...azure },
    maxBuffer: 1 << 26,
  });
  const rows = cellsOf(path.join(output, "predictions.csv"), " ");
  const yaml = parseYaml(fs.readFileSync(path.join(exported, "deployment.yml"), "utf8")) as Exported;
  const { columns } = JSON.parse(yaml.properties["batchdeck.output"] ?? "") as { columns: string[] };
  const folder = path.join(output, "errors");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const errors = names.flatMap((name) => cellsOf(path.join(folder, name), ",").slice(1));
  return { columns, rows: rows.map((row) => row.slice(2)), keys: rows.map((row) => row.slice(0, 2)), errors };
}

type Exported = { readonly properties: Readonly<Record<string, string>> };

/** What Batchdeck itself makes of them. */
export async function scoredHere(home: string, endpoint: string, input: string): Promise<ScoredRows> {
  const output = fs.mkdtempSync(path.join(home, "..", "here-"));
  const options = ["--instance-count", "1", "--set", "batchdeck.csv_formulas=keep", "batchdeck.recursive=false"];
  const ran = await runInProcess(home, "invoke", "-n", endpoint, "--input", input, "--output-path", output, ...options);
  expect([0, 1, 3], ran.stderr).toContain(ran.code);
  const [header = [], ...rows] = cellsOf(path.join(output, "predictions.csv"), ",");
  const errors = cellsOf(path.join(output, "errors.csv"), ",").slice(1);
  const keys = header[0] === "file" ? (header[1] === "row" ? 2 : 1) : 0;
  return {
    columns: header.slice(keys),
    rows: rows.map((row) => row.slice(keys)),
    keys: rows.map((row) => (keys === 1 ? [row[0] ?? "", "0"] : row.slice(0, keys))),
    errors,
  };
}

function cellsOf(file: string, delimiter: string): string[][] {
  const options = { delimiter, record_delimiter: "\n", relax_column_count: true, skip_empty_lines: false };
  return parse(fs.readFileSync(file, "utf8"), options);
}

/**
 * Both score the same files, and find the same row for row, failures too. `near`: how far apart two numbers may be; 0: every
 * character is the same.
 */
export async function expectSameRows(home: string, endpoint: string, input: string, near = 0): Promise<ScoredRows> {
  const [here, there] = [await scoredHere(home, endpoint, input), await scoredByScript(home, endpoint, input)];
  expect(there.columns).toEqual(here.columns);
  expect(placesOf(there.errors)).toEqual(placesOf(here.errors));
  if (here.keys[0]?.length !== 0) expect(there.keys).toEqual(here.keys);
  expect(there.rows).toHaveLength(here.rows.length);
  const differences = there.rows.flatMap((cells, row) => {
    const difference = differenceOf(cells, here.rows[row] ?? [], near);
    return difference === null ? [] : `${there.keys[row]?.join(":") ?? ""}, ${difference}`;
  });
  expect(differences).toEqual([]);
  return there;
}

/** File, row, stage and code: what programs read of a failure. In order of the input. */
function placesOf(errors: Cells): string[] {
  return errors.map((cells) => cells.slice(0, 4).join("\t")).sort();
}

/** The cell that is furthest from what it should be; null when all are near enough. */
function differenceOf(found: readonly string[], wanted: readonly string[], near: number): string | null {
  let furthest: { readonly text: string; readonly distance: number } | null = null;
  for (const [column, cell] of found.entries()) {
    const other = wanted[column] ?? "";
    if (cell === other) continue;
    const distance = Math.abs(Number(cell) - Number(other));
    if (distance <= near || distance <= (furthest?.distance ?? 0)) continue;
    furthest = { text: `column ${column}: ${cell} and not ${other}`, distance };
    if (Number.isNaN(distance)) break;
  }
  return furthest?.text ?? null;
}
