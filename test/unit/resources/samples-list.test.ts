import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import * as z from "zod";
import { deploymentSettingsSchema } from "../../../electron/contract/nouns/deployment.ts";
import { azureNameSchema } from "../../../electron/contract/names.ts";
import { readableEndings } from "../../../electron/contract/nouns/scorer.ts";
import { scorerFileSchema } from "../../../electron/contract/nouns/scorers/scorer-file.ts";

const resources = join(import.meta.dirname, "../../../resources");
const folder = join(resources, "samples");

const fileTruth = z.strictObject({ file: z.string(), key: z.string(), column: z.string() });
const listSchema = z.array(
  z.strictObject({
    name: azureNameSchema,
    endpoint: z.string(),
    deployment: z.string(),
    demo: z.strictObject({ input: z.string(), items: z.number().int(), unit: z.enum(["row", "file"]) }),
    try: z.strictObject({ title: z.string(), input: z.string(), items: z.number().int() }),
    accuracy: z.strictObject({ predicted: z.string(), truth: fileTruth }),
  }),
);
const samples = listSchema.parse(JSON.parse(readFileSync(join(folder, "samples.json"), "utf8")));

test("both samples are listed", () => {
  expect(samples.map((sample) => sample.name)).toEqual(["iris", "text-orientation"]);
});

for (const sample of samples) {
  test(`${sample.name}: endpoint, deployment and scorer are what the contracts allow and fit together`, () => {
    const endpoint = readYaml(sample.endpoint);
    expect(endpoint).toMatchObject({ name: sample.name });
    const deployment = readYaml(sample.deployment);
    expect(deployment).toMatchObject({ endpoint_name: sample.name, type: "model", model: { path: "model" } });
    azureNameSchema.parse(deployment["name"]);
    deploymentSettingsSchema.parse(deployment["settings"]);
    const model = join(dirname(sample.deployment), "model");
    scorerFileSchema.parse(readYaml(join(model, "scorer.yml")));
    expect(readdirSync(join(folder, model)).filter((file) => file.endsWith(".onnx"))).toHaveLength(1);
  });

  test(`${sample.name}: the inputs hold as many items as the list says`, () => {
    expect(countItems(sample.demo.input, sample.demo.unit)).toBe(sample.demo.items);
    expect(countItems(sample.try.input, sample.demo.unit)).toBe(sample.try.items);
    expect(sample.try.title).toContain(String(sample.try.items));
  });
}

test("the resources stay below 3 MB", () => {
  const bytes = readdirSync(resources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  expect(bytes).toBeLessThan(3e6);
});

function readYaml(file: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(parseYaml(readFileSync(join(folder, file), "utf8")));
}

/** Every file of an input must be one that its kind of scorer reads, so that nothing in a sample is skipped. */
function countItems(input: string, unit: "row" | "file"): number {
  const path = join(folder, input);
  const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  const endings = readableEndings[unit === "row" ? "table-rows" : "pictures"] ?? [];
  for (const file of files)
    expect(
      endings.some((ending) => file.endsWith(ending)),
      file,
    ).toBe(true);
  if (unit === "file") return files.length;
  return files.reduce((sum, file) => sum + parse<unknown>(readFileSync(file), { columns: true }).length, 0);
}
