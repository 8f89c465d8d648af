import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../helpers/places.ts";

const folder = temporaryFolder("loaded-late");
const program = path.join(import.meta.dirname, "../../../dist/cli.cjs");

/** Which of Azure's parts a command loads, of the bundle and the keyring's library. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const telling = path.join(folder, "telling.cjs");
  const told = path.join(folder, "told.json");
  fs.writeFileSync(
    telling,
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(told)}, JSON.stringify(Object.keys(require.cache))));`,
  );
  const command = ["--require", telling, program, ...args, "--home", path.join(folder, "home")];
  execFileSync(process.execPath, command, { stdio: "ignore" });
  const files = JSON.parse(fs.readFileSync(told, "utf8")) as string[];
  return files.map((file) => path.basename(file)).filter((name) => /^azure\.cjs$|^keyring/.test(name));
}

it("a command on this computer loads nothing of Azure's, and neither does a list of accounts", () => {
  expect(loadedBy("endpoint", "list")).toEqual([]);
  expect(loadedBy("account", "list")).toEqual([]);
  expect(loadedBy("logout", "--all")).toEqual([]);
});
