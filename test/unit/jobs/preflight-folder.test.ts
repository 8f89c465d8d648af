import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { makePreflightFolder, removeLeftPreflightFolders } from "../../../electron/jobs/folder/preflight-folder.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const home = temporaryFolder("preflight-folder");

it("what a program needed until a job started goes once the program has died, and not before", async () => {
  const living = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
  const dead = spawn(process.execPath, ["-e", ""]);
  await once(dead, "exit");
  const own = makePreflightFolder(home);
  const folders = {
    ofTheLiving: path.join(home, `preflight-${living.pid}-abc`),
    ofTheDead: path.join(home, `preflight-${dead.pid}-abc`),
    ofAnEarlierVersion: path.join(home, "preflight-abc"),
    other: path.join(home, "outputs"),
  };
  for (const folder of Object.values(folders)) {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "seen-1.jsonl"), "x");
  }
  await removeLeftPreflightFolders(home);
  living.kill();
  const left = [own, folders.ofTheLiving, folders.other].map((folder) => path.basename(folder));
  expect(fs.readdirSync(home).sort()).toEqual(left.sort());
});
