import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { outputPlace } from "../../../electron/jobs/submit/output-place.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const root = fs.realpathSync(temporaryFolder("output-place"));
const at = (...names: readonly string[]) => path.join(root, ...names);

/** A folder that looks like a workspace, with all that one has. */
function makeWorkspace(home: string): void {
  for (const folder of ["jobs/one/logs", "models/net/1", "code", "outputs/one"]) {
    fs.mkdirSync(path.join(home, folder), { recursive: true });
  }
  for (const file of ["registry.db", "lease.db"]) fs.writeFileSync(path.join(home, file), "");
}

function link(place: string, target: string): string {
  fs.symlinkSync(target, at(place), "junction");
  return at(place);
}

beforeAll(() => {
  makeWorkspace(at("home"));
  makeWorkspace(at("home", "outputs", "inner"));
  makeWorkspace(at("bare"));
  fs.rmdirSync(at("bare", "outputs", "one"));
  fs.rmdirSync(at("bare", "outputs"));
  makeWorkspace(at("linked"));
  fs.rmSync(at("linked", "outputs"), { recursive: true });
  fs.symlinkSync(at("linked", "jobs"), at("linked", "outputs"), "junction");
  makeWorkspace(at("moved"));
  fs.rmSync(at("moved", "outputs"), { recursive: true });
  fs.mkdirSync(at("large-disk"));
  fs.symlinkSync(at("large-disk"), at("moved", "outputs"), "junction");
});

describe("a place for results", () => {
  it.each([
    ["beside a workspace", ["out"], ["out"]],
    ["in the outputs of a workspace", ["home", "outputs", "two"], ["home", "outputs", "two"]],
    ["the outputs themselves", ["home", "outputs"], ["home", "outputs"]],
    ["in outputs that are still to be made", ["bare", "outputs", "a", "b"], ["bare", "outputs", "a", "b"]],
    ["in outputs that lie on another disk", ["moved", "outputs", "a"], ["large-disk", "a"]],
  ])("may be %s", async (_, given, real) => {
    expect(await outputPlace(at(...given))).toEqual({ ok: true, value: at(...real) });
  });

  it.each([
    [["home"]],
    [["home", "jobs"]],
    [["home", "jobs", "one"]],
    [["home", "jobs", "one", "logs", "deep", "down"]],
    [["home", "models", "net"]],
    [["home", "code"]],
    [["home", "not-there-yet"]],
    [["home", "outputs-2"]],
    [["home", "jobs", "..", "models"]],
    [["home", "outputs", "inner", "jobs", "one"]],
    [["home", "outputs", "inner"]],
    [["linked", "outputs", "one"]],
  ])("is refused among the files of a workspace: %j", async (given) => {
    expect(await outputPlace(at(...given))).toMatchObject({
      ok: false,
      problem: { kind: "output/unwritable:workspace" },
    });
  });

  it("is refused there through links and by other letters too", async () => {
    const ways = [
      link("to-home", at("home")),
      path.join(link("to-jobs", at("home", "jobs")), "two"),
      path.join(link("to-link", at("to-jobs")), "two", "three"),
      path.join(link("to-inner", at("home", "outputs", "inner")), "models"),
    ];
    // Where the file system tells them apart it is a new folder, in a workspace all the same.
    for (const way of [...ways, at("home", "JOBS", "one"), at("HOME".toLowerCase(), "Models")]) {
      const kind = { problem: { kind: "output/unwritable:workspace" } };
      expect(await outputPlace(way), way).toMatchObject(kind);
    }
    expect(await outputPlace(path.join(link("to-outputs", at("home", "outputs")), "two"))).toMatchObject({ ok: true });
  });

  it("is refused where a link leads nowhere, be it the folder or one above it", async () => {
    const dangling = link("dangling", at("nowhere"));
    const round = link("round", at("round"));
    for (const place of [dangling, path.join(dangling, "a", "b"), round, path.join(round, "a")]) {
      expect(await outputPlace(place), place).toMatchObject({ problem: { kind: "output/unwritable:link" } });
    }
    expect(fs.existsSync(at("nowhere"))).toBe(false);
  });
});
