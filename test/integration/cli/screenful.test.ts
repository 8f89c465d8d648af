import fs from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { deploy } from "../../helpers/batchdeck.ts";
import { runInProcess } from "../../helpers/command-line.ts";
import { denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import { encodeModel } from "../../helpers/models/onnx-builder.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** What people read fits a screen, however many columns, inputs, outputs or tags there are; `--json` has all of them. */
const { root, home } = temporaryPlaces("screenful");
const at = (...parts: string[]) => path.join(root, ...parts);
const run = (...args: string[]) => runInProcess(home, ...args);
const screenful = 6000;
const columns = Array.from({ length: 3000 }, (_, at) => `column_${at}`);

function table(name: string, header: readonly string[]): string {
  fs.writeFileSync(at(name), `${header.join(",")}\n${header.map(() => "1").join(",")}\n`);
  return at(name);
}

/** A model with an input and an output for each of so many columns. */
function manyInputs(count: number): Uint8Array {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const value = (name: string) => ({ name, type: "float" as const, shape: ["N", 1] });
  return encodeModel({
    graph: {
      nodes: numbers.map((number) => ({ op: "Identity", inputs: [`in_${number}`], outputs: [`out_${number}`] })),
      inputs: numbers.map((number) => value(`in_${number}`)),
      outputs: numbers.map((number) => value(`out_${number}`)),
    },
  });
}

beforeAll(async () => {
  const model = denseModel({ features: columns.length, hidden: [], classes: 3 });
  await deploy(home, "named", model, { scorer: `input:\n  columns: {features: [${columns.join(", ")}]}\n` });
  await deploy(home, "inferred", model);
  await deploy(home, "many", manyInputs(1000));
  table("right.csv", columns);
  table(
    "wrong.csv",
    columns.map((name) => `other_${name}`),
  );
  table(
    "many.csv",
    Array.from({ length: 1000 }, (_, number) => `in_${number}`),
  );
  const tags = columns.flatMap((name) => [`tags.${name}=1`]);
  await run("endpoint", "update", "-n", "named", "--set", ...tags.slice(0, 500));
}, 120_000);

test.each<readonly [what: string, args: () => readonly string[]]>([
  [
    "deployment create",
    () => ["deployment", "create", "-f", path.join(root, `${path.basename(home)}-named`, "deployment.yml")],
  ],
  ["deployment show", () => ["deployment", "show", "-n", "one", "-e", "named"]],
  ["deployment show of many inputs", () => ["deployment", "show", "-n", "one", "-e", "many"]],
  ["deployment list", () => ["deployment", "list", "-e", "named"]],
  ["endpoint show", () => ["endpoint", "show", "-n", "named"]],
  ["endpoint list", () => ["endpoint", "list"]],
  ["model show", () => ["model", "show", "-n", "many-one"]],
  ["model scan", () => ["model", "scan", path.join(root, `${path.basename(home)}-many`, "model")]],
  ["a look ahead", () => ["invoke", "-n", "named", "--input", at("right.csv"), "--dry-run"]],
  [
    "a look ahead at columns that nobody named",
    () => ["invoke", "-n", "inferred", "--input", at("right.csv"), "--dry-run"],
  ],
  ["a look ahead at many inputs", () => ["invoke", "-n", "many", "--input", at("many.csv"), "--dry-run"]],
  ["columns that are missing", () => ["invoke", "-n", "named", "--input", at("wrong.csv")]],
  ["inputs that are missing", () => ["invoke", "-n", "many", "--input", at("wrong.csv")]],
  [
    "columns that nobody named",
    () => ["invoke", "-n", "inferred", "--input", at("right.csv"), "--job-name", "inferred-1"],
  ],
  ["many inputs", () => ["invoke", "-n", "many", "--input", at("many.csv"), "--job-name", "many-1"]],
  ["job show", () => ["job", "show", "-n", "many-1"]],
  ["job list", () => ["job", "list"]],
])(
  "%s fits a screen",
  async (_what, args) => {
    const ran = await run(...args());
    expect(ran.stdout.length + ran.stderr.length, (ran.stdout + ran.stderr).slice(0, 2 * screenful)).toBeLessThan(
      screenful,
    );
  },
  120_000,
);

test("a scorer that names what a model of many inputs and outputs has not is refused in a screenful", async () => {
  writeModel(at("refused", "model"), manyInputs(1000));
  for (const scorer of ["input:\n  columns: {nosuch: [a]}\n", "output:\n  outputs: [nosuch]\n"]) {
    fs.writeFileSync(at("refused", "model", "scorer.yml"), scorer);
    fs.writeFileSync(at("refused", "d.yml"), "name: two\nendpoint_name: many\ntype: model\nmodel: {path: model}\n");
    const ran = await run("deployment", "create", "-f", at("refused", "d.yml"));
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/nosuch/);
    expect(ran.stderr.length).toBeLessThan(1500);
  }
});

test("--json has all that people are not shown", async () => {
  const { stdout } = await run("deployment", "show", "-n", "one", "-e", "named", "--json");
  const names = stdout.match(/"column_\d+"/g) ?? [];
  expect(new Set(names).size).toBe(columns.length);
});
