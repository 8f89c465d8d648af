import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** A YAML from elsewhere must not decide what a worker loads, whichever way its variables came into the registry. */
const { root, home } = temporaryPlaces("environment");
const canary = path.join(root, "canary.cjs");
const proof = path.join(root, "ran");
const hostile = { NODE_OPTIONS: `--require ${canary}`, LD_PRELOAD: path.join(root, "none.so"), PATH: root };

beforeAll(async () => {
  fs.writeFileSync(canary, `require("node:fs").writeFileSync(${JSON.stringify(proof)}, "");\n`);
  writeCsvFolder(path.join(root, "input"), { files: 1, rowsPerFile: 3, features: 4 });
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
    settings: ["environment_variables: {GOOD: as it is}"],
  });
});

test("the variable would run code in a program that gets it", () => {
  spawnSync(process.execPath, ["-e", "0"], { env: { NODE_OPTIONS: hostile.NODE_OPTIONS } });
  expect(fs.existsSync(proof)).toBe(true);
  fs.rmSync(proof);
});

test.each(Object.keys(hostile))("a deployment that sets %s is refused, by name and with the reason", async (name) => {
  const file = path.join(root, "home-dense", "hostile.yml");
  const variables = { [name]: hostile[name as keyof typeof hostile] };
  const model = { path: "model" };
  fs.writeFileSync(
    file,
    stringify({ name: "two", type: "model", model, settings: { environment_variables: variables } }),
  );
  const ran = await batchdeck(home, "deployment", "create", "-f", file, "-e", "dense");
  expect([ran.code, ran.stderr]).toEqual([
    2,
    `A deployment cannot set the environment variable "${name}": it decides which programs, libraries or drivers are loaded, ` +
      "and no file may decide that. Leave it out of environment_variables.\n",
  ]);
});

test("a registry that holds such variables all the same gets no code into a worker", async () => {
  const registry = new Database(path.join(home, "registry.db"), { timeout: 5000 });
  const stored = registry.prepare("SELECT settings FROM deployments").pluck().get() as string;
  const settings = JSON.parse(stored) as { environment_variables: Record<string, string> };
  settings.environment_variables = { ...settings.environment_variables, ...hostile };
  registry.prepare("UPDATE deployments SET settings = ?").run(JSON.stringify(settings));
  registry.close();
  const ran = await batchdeck(home, "invoke", "-n", "dense", "--input", path.join(root, "input"));
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("3 of 3 rows scored")]);
  expect(fs.existsSync(proof)).toBe(false);
});

test("a worker has the variables of its deployment, and of the hostile ones none", async () => {
  const host = nodeProcessHost(path.join(import.meta.dirname, "../../../dist"));
  const worker = host.start("worker", { label: "worker-of-this-test", environment: { GOOD: "as it is", ...hostile } });
  await new Promise<void>((resolve, reject) => {
    worker.onMessage(() => resolve());
    worker.onExit(() => reject(new Error("The worker died.")));
  });
  expect(fs.existsSync(proof)).toBe(false);
  // Where the system shows what a process was started with, it is looked at.
  const shown = `/proc/${worker.pid()}/environ`;
  if (fs.existsSync(shown)) {
    const variables = fs.readFileSync(shown, "utf8").split("\0");
    expect(variables).toContain("GOOD=as it is");
    expect(variables).toContain(`PATH=${process.env["PATH"] ?? ""}`);
    expect(variables.filter((variable) => /^(NODE_OPTIONS|LD_PRELOAD)=/.test(variable))).toEqual([]);
  }
  await new Promise<void>((resolve) => {
    worker.onExit(() => resolve());
    worker.kill();
  });
});
