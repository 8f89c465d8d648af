import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy } from "../helpers/batchdeck.ts";
import { writeCsvFolder } from "../helpers/data-fixtures.ts";
import { denseModel } from "../helpers/model-fixtures.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const root = temporaryFolder("preflight");
const home = path.join(root, "home");
const input = path.join(root, "input");
const at = (...names: string[]) => path.join(root, ...names);

function write(file: string, content: string | Uint8Array): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

beforeAll(async () => {
  writeCsvFolder(input, { files: 2, rowsPerFile: 5, features: 4 });
  write(at("wrong-columns", "a.csv"), "a,b\n1,2\n");
  write(at("taken", "predictions.csv"), "mine\n");
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
  });
});

const manyFaults = () => [
  ...["invoke", "-n", "dense", "--input", at("wrong-columns"), "--output-path", at("taken")],
  ...["--set", "colour=red", "--set", "error_threshold=-5", "--job-name", "no/name"],
];

describe("an invocation with several faults", () => {
  it("is refused for all of them at once, one a line, in the order in which one would see to them", async () => {
    const ran = await batchdeck(home, ...manyFaults());
    expect(ran.code).toBe(2);
    const said = [/"colour"/, /error_threshold=-5/, /"f0"/, /no\/name/, /predictions\.csv/];
    const lines = ran.stderr.trimEnd().split("\n");
    expect(lines, ran.stderr).toHaveLength(said.length);
    for (const [index, pattern] of said.entries()) expect(lines[index]).toMatch(pattern);
  });
});
