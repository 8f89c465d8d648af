import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { sourceProgram } from "../helpers/source-program.ts";

const root = path.join(import.meta.dirname, "../..");

/** The fault tests kill such programs: one that cannot even start would look like one that was killed. */
test.each(["electron/workspace/workspace.ts", "native-worker/readers/images/jpeg/jpeg-decoder.ts"])(
  "Node runs a program that imports %s",
  (source) => {
    const imports = `await import(${JSON.stringify(pathToFileURL(path.join(root, source)).href)});`;
    const ran = spawnSync(process.execPath, sourceProgram("--input-type=module", "--eval", imports), {
      encoding: "utf8",
    });
    expect(ran.status, ran.stderr).toBe(0);
  },
);

test("the bench starts as package.json starts it", () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const [node, ...args] = (scripts["bench"]?.split("&&").at(-1) ?? "").trim().split(" ");
  expect(node).toBe("node");
  const ran = spawnSync(process.execPath, [...args, "--only", "nothing"], { cwd: root, encoding: "utf8" });
  expect(ran.status, ran.stderr).toBe(0);
  expect(ran.stdout).toContain("Every goal is met.");
});
