import { expect, test } from "vitest";
import { batchdeckPropertiesSchema, deploymentSettingsSchema } from "../../electron/contract/deployment.ts";
import { applyOverrides } from "../../electron/deployments/overrides.ts";

const settings = deploymentSettingsSchema.parse({
  mini_batch_size: 5,
  retry_settings: { max_retries: 1, timeout: 60 },
});
const properties = batchdeckPropertiesSchema.parse({ "batchdeck.recursive": "false" });

test("each key changes its own setting and nothing else, and not the deployment", () => {
  const before = JSON.stringify([settings, properties]);
  const overrides = {
    output_file_name: "out.csv",
    "retry_settings.max_retries": "0",
    error_threshold: "7",
    mini_batch_size: "2",
    "compute.instance_count": "3",
    max_concurrency_per_instance: "4",
    logging_level: "debug",
    "batchdeck.output_format": "parquet",
    "batchdeck.csv_formulas": "keep",
  };
  expect(applyOverrides(settings, properties, overrides)).toEqual({
    ok: true,
    value: {
      settings: {
        ...settings,
        output_file_name: "out.csv",
        retry_settings: { max_retries: 0, timeout: 60 },
        error_threshold: 7,
        mini_batch_size: 2,
        instance_count: 3,
        max_concurrency_per_instance: 4,
        logging_level: "debug",
      },
      properties: {
        "batchdeck.output_format": "parquet",
        "batchdeck.csv_formulas": "keep",
        "batchdeck.recursive": "false",
      },
    },
  });
  expect(JSON.stringify([settings, properties])).toBe(before);
});

test.each(["instance_count", "compute.instance_count", "resources.instance_count"])(
  "%s is the instance count",
  (key) => {
    expect(applyOverrides(settings, properties, { [key]: "2" })).toMatchObject({
      ok: true,
      value: { settings: { instance_count: 2 } },
    });
  },
);

test("a timeout of 0 is none", () => {
  expect(applyOverrides(settings, properties, { "retry_settings.timeout": "0" })).toMatchObject({
    ok: true,
    value: { settings: { retry_settings: { timeout: null } } },
  });
});

test.each([
  ["a key that is not known", { "settings.mini_batch_size": "1" }, /no key "settings\.mini_batch_size"/],
  ["a key of every object", { constructor: "1" }, /no key "constructor"/],
  ["a value that is no number", { error_threshold: "many" }, /--set error_threshold=many is not right/],
  ["a number below the least", { mini_batch_size: "0" }, /--set mini_batch_size=0 is not right/],
  ["half a number", { mini_batch_size: "1.5" }, /--set mini_batch_size=1\.5/],
  ["an unknown format", { "batchdeck.output_format": "xls" }, /"batchdeck\.output_format" is not right/],
  ["a file in another folder", { output_file_name: "../x.csv" }, /output_file_name/],
])("%s is refused", (_what, overrides, sentence) => {
  const answer = applyOverrides(settings, properties, overrides);
  expect(answer).toMatchObject({ ok: false, problem: { code: "usage/invalid" } });
  if (!answer.ok) expect(answer.problem.message).toMatch(sentence);
});

test("a format that is not here yet says so", () => {
  expect(applyOverrides(settings, properties, { "batchdeck.output_format": "jsonl" })).toMatchObject({
    ok: false,
    problem: { code: "deployment/unsupported", message: '"batchdeck.output_format: jsonl" is not here yet.' },
  });
});
