import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { batchdeckPropertiesSchema, deploymentSettingsSchema } from "../../../electron/contract/nouns/deployment.ts";
import type { Registry } from "../../../electron/registry/open-registry.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { jobSpec, smallScorer } from "../../helpers/engine/job-specs.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

let folder = "";
let registry: Registry;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "batchdeck-nouns-"));
  const opened = openRegistry(path.join(folder, "registry.db"));
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  registry = opened.value;
});
afterEach(() => {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

const endpoint = {
  name: "flowers",
  description: "",
  tags: { team: "a" },
  properties: {},
  authMode: "aad_token",
  defaultDeployment: null,
  source: { name: "flowers", odd: [1, { deep: null }] },
};

function addModel(name: string, version: string, hash: string) {
  const signature = { inputs: [], outputs: [], fixedBatch: null };
  const folder = `${name}/${version}`;
  return registry.models.add({ name, version, hash, folder, onnxFile: "m.onnx", signature, type: "custom_model" });
}

function addDeployment(name: string, modelVersion = "1") {
  return registry.deployments.save({
    endpointName: "flowers",
    name,
    source: { name },
    modelName: "iris",
    modelVersion,
    computeName: "local",
    scorer: smallScorer,
    settings: deploymentSettingsSchema.parse({}),
    properties: batchdeckPropertiesSchema.parse({}),
  });
}

test("an endpoint comes back as it was saved, and keeps its birthday when saved again", () => {
  const saved = registry.endpoints.save(endpoint);
  expect(saved).toMatchObject(endpoint);
  const again = registry.endpoints.save({ ...endpoint, description: "new" });
  expect(again).toMatchObject({ description: "new", createdAt: saved.createdAt });
  expect(registry.endpoints.list()).toHaveLength(1);
});

test("names that differ in case alone are one endpoint", () => {
  registry.endpoints.save(endpoint);
  expect(registry.endpoints.find("FLOWERS")?.name).toBe("flowers");
});

test("removing an endpoint removes its deployments and keeps its jobs", () => {
  registry.endpoints.save(endpoint);
  addModel("iris", "1", "aa");
  addDeployment("blue");
  registry.jobs.add(jobSpec("one"));
  expect(registry.endpoints.remove("flowers")).toBe(true);
  expect(registry.deployments.list()).toEqual([]);
  expect(registry.jobs.find("one")).not.toBeNull();
});

test("removing the default deployment leaves the endpoint without one, removing another does not", () => {
  registry.endpoints.save(endpoint);
  addModel("iris", "1", "aa");
  addDeployment("blue");
  addDeployment("green");
  registry.endpoints.setDefaultDeployment("flowers", "blue");
  registry.deployments.remove("flowers", "green");
  expect(registry.endpoints.find("flowers")?.defaultDeployment).toBe("blue");
  registry.deployments.remove("flowers", "blue");
  expect(registry.endpoints.find("flowers")?.defaultDeployment).toBeNull();
});

test("a deployment carries its model's hash and is found by model and by compute", () => {
  registry.endpoints.save(endpoint);
  addModel("iris", "1", "aa");
  expect(addDeployment("blue").modelHash).toBe("aa");
  expect(registry.deployments.listByModel("iris", "1")).toHaveLength(1);
  expect(registry.deployments.listByModel("iris", "2")).toEqual([]);
  expect(registry.deployments.listByCompute("local")).toHaveLength(1);
});

test("what a deployment uses cannot be removed under it", () => {
  registry.endpoints.save(endpoint);
  addModel("iris", "1", "aa");
  addDeployment("blue");
  expect(() => registry.models.remove("iris", "1")).toThrow("FOREIGN KEY");
  expect(() => addDeployment("green", "2")).toThrow("FOREIGN KEY");
});

test("the latest model is the one added last, whatever its number", () => {
  addModel("iris", "10", "aa");
  addModel("iris", "9", "bb");
  expect(registry.models.findLatest("iris")?.version).toBe("9");
  expect(registry.models.findByHash("iris", "aa")?.version).toBe("10");
  expect(registry.models.findByHash("other", "aa")).toBeNull();
  expect(registry.models.list("iris").map(({ version }) => version)).toEqual(["9", "10"]);
});

test("local is always there, and others come and go", () => {
  expect(registry.computes.find("local")).toMatchObject({ maxInstances: null, device: "auto", tier: "dedicated" });
  registry.computes.save({
    name: "small",
    maxInstances: 1,
    device: "cpu",
    idleSecondsBeforeScaleDown: 5,
    tier: "dedicated",
    pricePerHour: 0.5,
  });
  expect(registry.computes.list().map(({ name }) => name)).toEqual(["local", "small"]);
  expect(registry.computes.remove("small")).toBe(true);
  expect(registry.computes.remove("small")).toBe(false);
  expect(() => registry.computes.remove("Local")).toThrow();
});

test("a transaction that throws leaves nothing", () => {
  expect(() =>
    registry.transaction(() => {
      registry.endpoints.save(endpoint);
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(registry.endpoints.list()).toEqual([]);
});
