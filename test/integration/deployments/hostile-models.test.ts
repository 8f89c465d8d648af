import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { createDeployment } from "../../../electron/deployments/deployments.ts";
import { createEndpoint } from "../../../electron/deployments/endpoints.ts";
import { scanModel } from "../../../electron/deployments/models/model-scan.ts";
import { findingProblem } from "../../../electron/deployments/onnx/scan-findings.ts";
import type { DeploymentTools } from "../../../electron/deployments/deployment-tools.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { batchdeck } from "../../helpers/batchdeck.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { hostileModels } from "../../helpers/models/hostile/hostile-models.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { canaryName, type HostileModel } from "../../helpers/models/hostile/hostile-model.ts";

const root = temporaryFolder("hostile");
const host = nodeProcessHost(path.join(import.meta.dirname, "../../../dist"));
let tools: DeploymentTools;

beforeAll(async () => {
  const registry = openRegistry(path.join(root, "registry.db"));
  if (!registry.ok) throw new Error(englishWords(registry.problem).message);
  tools = {
    registry: registry.value,
    modelsFolder: path.join(root, "models"),
    codeFolder: path.join(root, "code"),
    processHost: host,
  };
  await createEndpoint(tools.registry, { name: "flowers" });
});
afterAll(() => tools.registry.close());

const longAgo = new Date("2001-01-01");

/** A file whose last reading was long ago: under every usual mount, reading it now moves that forward. */
function writeCanary(file: string): void {
  writeFileSync(file, "CANARY!!");
  utimesSync(file, longAgo, new Date("2002-01-01"));
}

function wasRead(file: string): boolean {
  return statSync(file).atimeMs !== longAgo.getTime();
}

/** A folder of the case's own, with the canary beside the model's folder. */
function lay({ write }: HostileModel, name: string): { readonly model: string; readonly canary: string } {
  const folder = path.join(root, "cases", name);
  const model = path.join(folder, "model");
  const canary = path.join(folder, canaryName);
  mkdirSync(model, { recursive: true });
  writeCanary(canary);
  write(model, canary);
  return { model, canary };
}

function stored(): readonly unknown[] {
  const { registry, modelsFolder } = tools;
  const { length } = registry.deployments.list("flowers");
  return [length, registry.models.list().length, readdirSync(modelsFolder, { recursive: true })];
}

test("reading the canary would be noticed", () => {
  const file = path.join(root, "noticed.bin");
  writeCanary(file);
  expect(wasRead(file)).toBe(false);
  readFileSync(file);
  expect(wasRead(file)).toBe(true);
});

test("every hostile model has a name of its own, and there are many", () => {
  expect(new Set(hostileModels.map(({ name }) => name)).size).toBe(hostileModels.length);
  expect(hostileModels.length).toBeGreaterThanOrEqual(60);
});

describe("a hostile model is refused by scan and by creation, for its reason, and reads nothing outside:", () => {
  test.each(hostileModels.map((model, index) => [model.name, model, index] as const))(
    "%s",
    async (_name, hostile, index) => {
      const { model, canary } = lay(hostile, `case-${index}`);
      mkdirSync(tools.modelsFolder, { recursive: true });
      const before = stored();
      const yaml = path.join(path.dirname(model), "deployment.yml");
      const names = ["model", "model/model.onnx"];
      for (const named of hostile.isLayout === true ? names : [names[index % 2] ?? "model"]) {
        const source = path.join(path.dirname(model), named);
        const scanned = await scanModel(host, source);
        const [finding] = scanned.ok ? scanned.value.findings : [];
        const problem = scanned.ok ? finding && findingProblem(finding) : scanned.problem;
        const said = problem && englishWords(problem).message;
        expect(said).toMatch(hostile.says);
        expect(said).toMatch(/^[^\p{Cc}]{10,400}\.$/u);

        writeFileSync(yaml, `name: blue\nendpoint_name: flowers\ntype: model\nmodel: {path: ${named}}\n`);
        const made = await createDeployment(tools, { file: yaml, endpointName: null, setDefault: false });
        // The same idea in the same words.
        expect(made).toEqual({ ok: false, problem });
        expect(stored()).toEqual(before);
        expect(wasRead(canary)).toBe(false);
      }
    },
  );
});

test("several models in a folder are refused by name", async () => {
  const folder = path.join(root, "several");
  mkdirSync(folder);
  for (const name of ["a.onnx", "b.onnx"]) writeFileSync(path.join(folder, name), "");
  expect(await scanModel(host, folder)).toMatchObject({ ok: false, problem: { code: "model/invalid" } });
});

test("the terminal says so: exit 2, one sentence, and the report", async () => {
  const [hostile] = hostileModels;
  if (hostile === undefined) throw new Error("There are no hostile models.");
  const { model } = lay(hostile, "terminal");
  const home = path.join(root, "home");
  const scan = await batchdeck(home, "model", "scan", model, "--json");
  expect([scan.code, scan.stderr.trimEnd().split("\n").length]).toEqual([2, 1]);
  expect(JSON.parse(scan.stdout)).toMatchObject({
    verdict: "refused",
    file: "model.onnx",
    findings: [{ severity: "error", code: "outside-folder", message: expect.stringMatching(hostile.says) as string }],
  });
  const create = await batchdeck(home, "model", "create", "-n", "bad", "--path", model);
  expect([create.code, create.stdout, create.stderr]).toEqual([2, "", scan.stderr]);
});
