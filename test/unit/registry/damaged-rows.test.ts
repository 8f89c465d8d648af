import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Damage } from "../../../electron/registry/rows/damage.ts";
import { openRegistry, type Registry } from "../../../electron/registry/open-registry.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** A row that is not what was written is damage of its noun alone: nothing that looks at others throws. */
const root = temporaryFolder("damaged-rows");
let file = "";
let count = 0;
let registry: Registry;

function open(): Registry {
  const opened = openRegistry(file);
  if (!opened.ok) throw new Error(opened.problem.kind);
  return opened.value;
}

/** As the disk would do it: behind the registry's back. */
function damage(statement: string, ...values: readonly string[]): void {
  const other = new Database(file);
  other.pragma("ignore_check_constraints = ON");
  expect(other.prepare(statement).run(...values).changes).toBe(1);
  other.close();
}

beforeEach(() => {
  count += 1;
  file = path.join(root, `${count}.db`);
  registry = open();
  for (const name of ["one", "two", "three"]) registry.jobs.add(jobSpec(name));
});
afterEach(() => registry.close());

describe("a job whose row is damaged", () => {
  const names = (jobs: readonly { readonly name: string }[]) => jobs.map(({ name }) => name);

  it.each([
    ["is no JSON", "UPDATE jobs SET spec = replace(spec, '\"batch\":', '\"batch\";') WHERE name = 'two'"],
    ["has another digit", "UPDATE jobs SET spec = replace(spec, '\"batch\":16', '\"batch\":17') WHERE name = 'two'"],
    ["has another path", "UPDATE jobs SET output_folder = '/data/outputs/twp' WHERE name = 'two'"],
    ["has a state that there is not", "UPDATE jobs SET status = 'Queuee' WHERE name = 'two'"],
    ["seems to be finished", "UPDATE jobs SET finished = 1 WHERE name = 'two'"],
    ["has details that are none", "UPDATE jobs SET details = '{\"warnings\":[}' WHERE name = 'two'"],
  ])("since it %s, stands in the way of no other, and is named", (_what, statement) => {
    damage(statement);
    expect(names(registry.jobs.list())).toEqual(["three", "one"]);
    expect(names(registry.jobs.listUnfinished())).toEqual(["one", "three"]);
    expect(names(registry.jobs.listChangedSince(0))).toEqual(["one", "three"]);
    expect(names(registry.jobs.listDamaged())).toEqual(["two"]);
    expect(registry.jobs.find("two")).toBe(null);
    expect(registry.jobs.findDamaged("two")).toMatchObject({ name: "two", endpointName: "flowers" });
    // What looks through the specs of all jobs.
    expect(registry.jobs.findLastRetry("one")).toBe(null);
    expect(registry.jobs.findUnfinishedByBase("one")).toBe(null);
    expect(registry.deployments.listCodeHashes()).toEqual([]);
    expect(registry.jobs.names()).toEqual(["one", "two", "three"]);
    // Its name is taken, and free once it is deleted.
    expect(registry.jobs.add(jobSpec("two"))).toMatchObject({ ok: false, problem: { code: "job/exists" } });
    expect(registry.jobs.remove("two")).toBe(true);
    expect(registry.jobs.add(jobSpec("two"))).toMatchObject({ ok: true });
  });

  it("moves nowhere, and its history is told as far as it can be read", () => {
    damage("UPDATE jobs SET status = 'Queuee' WHERE name = 'two'");
    expect(registry.jobs.move("two", ["Queued"], "Preparing", null)).toBe(false);
    damage("UPDATE job_history SET note = '{' WHERE id = (SELECT max(id) FROM job_history WHERE job = 'one')");
    expect(registry.jobs.history("one").map(({ status }) => status)).toEqual(["NotStarted"]);
  });

  it("of an earlier version, which had no check, is taken as it is", () => {
    damage("UPDATE jobs SET spec_check = NULL WHERE name = 'two'");
    expect(registry.jobs.find("two")?.spec).toEqual(jobSpec("two"));
  });
});

describe("the other nouns of a damaged registry", () => {
  it("are listed without those that are damaged, which say so when they are asked for", () => {
    for (const name of ["one", "two"]) {
      registry.computes.save({
        name,
        maxInstances: 1,
        device: "cpu",
        idleSecondsBeforeScaleDown: 1,
        tier: "dedicated",
        pricePerHour: null,
      });
      registry.endpoints.save({
        name,
        description: "",
        tags: {},
        properties: {},
        authMode: "aad_token",
        defaultDeployment: null,
        source: {},
      });
    }
    damage("UPDATE computes SET device = 'cpv' WHERE name = 'one'");
    damage("UPDATE endpoints SET tags = '{]' WHERE name = 'one'");
    expect(registry.computes.list().map(({ name }) => name)).toEqual(["local", "two"]);
    expect(registry.endpoints.list().map(({ name }) => name)).toEqual(["two"]);
    expect(() => registry.computes.find("one")).toThrow(Damage);
    expect(() => registry.endpoints.find("one")).toThrow(Damage);
  });
});
