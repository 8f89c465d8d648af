import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Result } from "../../../electron/contract/problem.ts";
import { createAsset } from "../../../electron/data/names/create-asset.ts";
import { createDatastore } from "../../../electron/data/names/datastores.ts";
import { addressNotice, resolveData } from "../../../electron/data/names/resolve-address.ts";
import { resolveOutputFolder } from "../../../electron/data/names/resolve-output-folder.ts";
import type { Registry } from "../../../electron/registry/open-registry.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

let root = "";
let registry: Registry;
const at = (...parts: string[]) => path.join(root, ...parts);

beforeEach(async () => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "batchdeck-places-")));
  const opened = openRegistry(at("registry.db"));
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  registry = opened.value;
  mkdirSync(at("store", "deep"), { recursive: true });
  mkdirSync(at("secret"));
  for (const file of [at("store", "rows.csv"), at("store", "deep", "more.csv"), at("secret", "x.csv")]) {
    writeFileSync(file, "a\n1\n");
  }
  await datastore("store", at("store"));
});
afterEach(() => {
  vi.restoreAllMocks();
  registry.close();
  rmSync(root, { recursive: true, force: true });
});

function value<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(englishWords(result.problem).message);
  return result.value;
}

function sentence(result: Result<unknown>): string {
  return result.ok
    ? ""
    : `${result.problem.code}: ${englishWords(result.problem).message} ${englishWords(result.problem).remedy}`;
}

const datastore = async (name: string, folder: string) =>
  value(await createDatastore(registry, { name, path: folder }));

function asset(name: string, place: string, more: { version?: string; type?: string } = {}) {
  const { version = null, type = null } = more;
  return createAsset(registry, { name, path: place, version, type, description: "" });
}

describe("a place on a datastore", () => {
  test.each([
    ["azureml://datastores/store/paths/rows.csv", "file", "rows.csv"],
    ["azureml://datastores/STORE/paths/deep/", "folder", "deep"],
    ["azureml://datastores/store/paths/", "folder", ""],
    ["azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/store/paths/deep", "folder", "deep"],
  ])("%s is a %s in its folder, and what it was called is kept", async (given, kind, relative) => {
    expect(value(await resolveData(registry, given, null))).toEqual({
      kind,
      path: path.join(at("store"), relative),
      source: given,
    });
  });

  test("is not reached through a link that leaves the folder, for reading and writing", async () => {
    symlinkSync(at("secret"), at("store", "way"));
    symlinkSync(at("nowhere"), at("store", "broken"));
    symlinkSync(at("store", "deep"), at("store", "inside"));
    for (const name of ["way", "way/x.csv", "way/new/deeper", "broken", "broken/new"]) {
      const given = `azureml://datastores/store/paths/${name}`;
      expect(sentence(await resolveData(registry, given, null))).toContain("leads through a link out of");
      expect(sentence(await resolveOutputFolder(registry, given))).toContain("leads through a link out of");
    }
    const inside = value(await resolveData(registry, "azureml://datastores/store/paths/inside", null));
    expect(inside).toMatchObject({ path: at("store", "deep") });
  });

  test("of an unknown datastore, a missing folder or a missing path is refused with what to do", async () => {
    expect(sentence(await resolveData(registry, "azureml://datastores/blob/paths/a", null))).toBe(
      'datastore/not-found: There is no datastore "blob" in this workspace. ' +
        "Name the folder that holds its files here: batchdeck datastore create -n blob --path DIR",
    );
    expect(sentence(await resolveData(registry, "azureml://datastores/store/paths/a", "folder"))).toContain(
      "There is no folder on target path: ",
    );
    rmSync(at("store"), { recursive: true });
    expect(sentence(await resolveData(registry, "azureml://datastores/store/paths/a", null))).toContain(
      "cannot be read (ENOENT)",
    );
  });

  test("can be written to, also when it is not there yet; an asset, a job and an address cannot", async () => {
    const given = "azureml://datastores/store/paths/new/out";
    expect(value(await resolveOutputFolder(registry, given))).toBe(at("store", "new", "out"));
    expect(value(await resolveOutputFolder(registry, "file:///a%20b"))).toBe("/a b");
    expect(value(await resolveOutputFolder(registry, "plain@1"))).toBe("plain@1");
    for (const other of ["azureml:rows:1", "azureml://jobs/j/outputs/score", "https://a.example/b?sig=key"]) {
      expect(sentence(await resolveOutputFolder(registry, other))).toContain(
        "output/unwritable: Nothing can be written",
      );
      expect(sentence(await resolveOutputFolder(registry, other))).not.toContain("key");
    }
    expect(sentence(await resolveOutputFolder(registry, "azureml://datastores/store/paths/../x"))).toContain(
      "outside of its datastore",
    );
  });

  test("moves with its datastore", async () => {
    value(await asset("rows", "azureml://datastores/store/paths/rows.csv"));
    writeFileSync(at("secret", "rows.csv"), "a\n2\n");
    expect(await datastore("Store", at("secret"))).toMatchObject({ isNew: false });
    expect(value(await resolveData(registry, "azureml:rows", null))).toMatchObject({ path: at("secret", "rows.csv") });
  });
});

describe("a datastore", () => {
  test("needs a folder and a name that can be one", async () => {
    for (const [name, folder] of [
      ["other", at("nowhere")],
      ["other", at("store", "rows.csv")],
      ["a/b", at("store")],
      ["..", at("store")],
    ] as const) {
      expect(sentence(await createDatastore(registry, { name, path: folder }))).toContain("datastore/invalid");
    }
    expect(registry.datastores.list().map(({ name }) => name)).toEqual(["store"]);
  });
});

describe("a data asset", () => {
  test("has versions 1, 2, … unless given, and the latest is the one made last", async () => {
    const made = [
      value(await asset("rows", at("store"))),
      value(await asset("ROWS", at("secret"))),
      value(await asset("rows", at("store"), { version: "7" })),
      value(await asset("rows", at("store", "deep"))),
      value(await asset("rows", at("store", "rows.csv"), { version: "3" })),
    ];
    expect(made.map(({ version }) => version)).toEqual(["1", "2", "7", "8", "3"]);
    expect(made.map(({ type }) => type)).toEqual([...Array<string>(4).fill("uri_folder"), "uri_file"]);
    const pathOf = async (given: string) => value(await resolveData(registry, given, null)).source;
    for (const [given, expected] of [
      ["azureml:rows", at("store", "rows.csv")],
      ["azureml:rows@latest", at("store", "rows.csv")],
      ["azureml:rows:8", at("store", "deep")],
      ["rows:8", at("store", "deep")],
      ["rows@latest", at("store", "rows.csv")],
      ["/subscriptions/s/resourceGroups/g/providers/p/workspaces/w/data/rows/versions/2", at("secret")],
      ["azureml://locations/l/workspaces/w/data/rows/versions/labels/latest", at("store", "rows.csv")],
    ] as const) {
      expect(value(await resolveData(registry, given, null))).toMatchObject({ path: expected });
      expect(await pathOf(given)).toBe(given);
    }
    expect(sentence(await resolveData(registry, "azureml:rows:9", null))).toBe(
      'data/not-found: The data asset "rows" has no version 9. Its versions: 3, 8, 7, 2, 1.',
    );
    expect(sentence(await resolveData(registry, "azureml:none", null))).toContain('There is no data asset "none"');
    expect(sentence(await asset("rows", at("store"), { version: "7" }))).toContain("has a version 7 already");
  });

  test("comes second to a file that has such a name", async () => {
    value(await asset("rows", at("store")));
    expect(value(await resolveData(registry, "rows:1", null))).toMatchObject({ kind: "folder", source: "rows:1" });
    vi.spyOn(process, "cwd").mockReturnValue(root);
    writeFileSync(at("rows:1"), "");
    expect(value(await resolveData(registry, "rows:1", null))).toMatchObject({ kind: "file", source: null });
  });

  test("keeps its type: the place, the invocation and the asset must agree", async () => {
    value(await asset("rows", at("store"), { type: "uri_folder" }));
    expect(sentence(await asset("rows", at("store"), { type: "uri_file" }))).toContain("is a folder, not a file");
    expect(sentence(await resolveData(registry, "azureml:rows", "file"))).toContain("is a uri_folder, not a uri_file");
    rmSync(at("store"), { recursive: true });
    writeFileSync(at("store"), "");
    expect(sentence(await resolveData(registry, "azureml:rows", null))).toContain("is a file, not a folder");
  });

  test("is refused as MLTable with that reason, and so are other types, assets of assets and addresses with a key", async () => {
    expect(sentence(await asset("rows", at("store"), { type: "mltable" }))).toContain("do not take MLTable");
    expect(sentence(await asset("rows", at("store"), { type: "uri" }))).toContain('no type of data "uri"');
    value(await asset("rows", at("store")));
    expect(sentence(await asset("more", "azureml:rows:1"))).toContain("is a data asset itself");
    expect(sentence(await asset("far", "https://a.blob.core.windows.net/c?sig=key"))).toContain("holds a key");
    expect(sentence(await asset("rows", at("nowhere")))).toContain("There is no folder or file on target path");
    expect(sentence(await asset("a b", at("store")))).toContain('"a b" cannot be the name');
    expect(sentence(await asset("far", "https://a.blob.core.windows.net/c"))).toBe("");
    expect(value(await resolveData(registry, "azureml:far", null))).toEqual({
      kind: "remote",
      address: "https://a.blob.core.windows.net/c",
      wanted: "folder",
      source: "azureml:far",
    });
    expect(registry.dataAssets.list().map(({ name, version }) => `${name}:${version}`)).toEqual(["far:1", "rows:1"]);
  });
});

describe("the output of a job", () => {
  beforeEach(() => {
    mkdirSync(at("out"));
    for (const file of ["predictions.csv", "extra.csv"]) writeFileSync(at("out", file), "a\n1\n");
    const spec = jobSpec("done");
    value(registry.jobs.add({ ...spec, output: { ...spec.output, folder: at("out") } }));
  });

  function complete(): void {
    for (const [from, to] of [
      ["Queued", "Preparing"],
      ["Preparing", "Running"],
      ["Running", "Finalizing"],
      ["Finalizing", "Completed"],
    ] as const) {
      registry.jobs.move("done", [from], to, null);
    }
  }

  test("is its rows, or a path in its folder, and nothing above it", async () => {
    complete();
    const found = async (rest: string) => {
      const place = await resolveData(registry, `azureml://jobs/done/outputs/score${rest}`, null);
      return place.ok && place.value.kind !== "remote" ? path.relative(root, place.value.path) : sentence(place);
    };
    expect(await found("")).toBe("out/predictions.csv");
    expect(await found("/paths/extra.csv")).toBe("out/extra.csv");
    expect(await found("/paths/../secret")).toContain("outside of its job's output");
    expect(value(await resolveData(registry, "azureml://jobs/done/outputs/score", "folder"))).toMatchObject({
      kind: "file",
    });
    expect(sentence(await resolveData(registry, "azureml://jobs/done/outputs/other", null))).toContain(
      'has no output "other"',
    );
  });

  test("is refused as long as the job has not completed, and of a job that there is not", async () => {
    const given = "azureml://jobs/done/outputs/score";
    expect(sentence(await resolveData(registry, given, null))).toContain("is Queued, so its output is not there yet");
    registry.jobs.move("done", ["Queued"], "Failed", null);
    expect(sentence(await resolveData(registry, given, null))).toContain("ended as Failed, so its output is not whole");
    expect(sentence(await resolveData(registry, "azureml://jobs/none/outputs/score", null))).toContain("job/not-found");
  });
});

describe("what an address says about elsewhere", () => {
  test.each([
    ["azureml:rows:1", null],
    ["azureml://datastores/store/paths/a", null],
    [
      "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/store/paths/a",
      'The datastore store of this workspace is meant; "subscriptions/s/resourcegroups/g/workspaces/w" in the address was not used.',
    ],
    [
      "azureml://registries/r/data/rows/versions/1",
      'The data asset rows of this workspace is meant; "registries/r" in the address was not used.',
    ],
  ])("is said of %s: %s", (source, notice) => {
    expect(addressNotice(source)).toBe(notice);
  });
});
