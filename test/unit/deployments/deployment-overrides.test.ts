import { expect, test } from "vitest";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";
import { batchdeckPropertiesSchema, deploymentSettingsSchema } from "../../../electron/contract/nouns/deployment.ts";
import { applyOverrides } from "../../../electron/deployments/yaml/overrides.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

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
    "batchdeck.error_threshold_percent": "5",
    "batchdeck.error_threshold_unit": "file",
    "batchdeck.priority": "high",
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
        "batchdeck.error_threshold_percent": "5",
        "batchdeck.error_threshold_unit": "file",
        "batchdeck.priority": "high",
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

test("a count of failures for this job comes instead of the deployment's share", () => {
  const withShare = batchdeckPropertiesSchema.parse({ "batchdeck.error_threshold_percent": "5" });
  const percentOf = (overrides: Record<string, string>) => {
    const answer = applyOverrides(settings, withShare, overrides);
    return answer.ok
      ? answer.value.properties["batchdeck.error_threshold_percent"]
      : englishWords(answer.problem).message;
  };
  expect(percentOf({ mini_batch_size: "2" })).toBe("5");
  expect(percentOf({ error_threshold: "3" })).toBeUndefined();
  expect(percentOf({ error_threshold: "3", "batchdeck.error_threshold_percent": "9" })).toBe("9");
});

test("what Azure keeps for the deployment cannot be changed for one job, and the refusal lists what can", () => {
  for (const key of [
    "output_action",
    "environment_variables.A",
    "compute",
    "model",
    "max_retries",
    "batchdeck.workers",
  ]) {
    expect(inWords(applyOverrides(settings, properties, { [key]: "1" }))).toEqual({
      ok: false,
      problem: {
        code: "usage/invalid",
        message: `--set has no key "${key}".`,
        remedy:
          "Known: output_file_name, retry_settings.max_retries, retry_settings.timeout, error_threshold, " +
          "mini_batch_size, instance_count, compute.instance_count, resources.instance_count, " +
          "max_concurrency_per_instance, logging_level, batchdeck.output_format, batchdeck.csv_formulas, " +
          "batchdeck.recursive, batchdeck.error_threshold_percent, batchdeck.error_threshold_unit, batchdeck.priority.",
      },
    });
  }
});

test("a timeout of 0 is none", () => {
  expect(applyOverrides(settings, properties, { "retry_settings.timeout": "0" })).toMatchObject({
    ok: true,
    value: { settings: { retry_settings: { timeout: null } } },
  });
});

test.each([
  ["a key that is not known", { "settings.mini_batch_size": "1" }, /no key "settings\.mini_batch_size"/],
  ["a key of every object", { constructor: "1" }, /no key "constructor"/],
  ["a value that is no number", { error_threshold: "many" }, /--set error_threshold=many is invalid/],
  ["a number below the least", { mini_batch_size: "0" }, /--set mini_batch_size=0 is invalid/],
  ["half a number", { mini_batch_size: "1.5" }, /--set mini_batch_size=1\.5/],
  ["an unknown format", { "batchdeck.output_format": "xls" }, /"batchdeck\.output_format" is invalid/],
  ["a file in another folder", { output_file_name: "../x.csv" }, /output_file_name/],
])("%s is refused", (_what, overrides, sentence) => {
  const answer = applyOverrides(settings, properties, overrides);
  expect(answer).toMatchObject({ ok: false, problem: { code: "usage/invalid" } });
  if (!answer.ok) expect(englishWords(answer.problem).message).toMatch(sentence);
});
