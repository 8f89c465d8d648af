import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { startBatchdeck, deploy, untilScored } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";

/** Promise 3 of the design: a local job on local data opens no socket, and no library of ours keeps notes to send later. */
const root = temporaryFolder("offline");

/** A process and all that it started. */
function familyOf(pid: number): readonly number[] {
  const found = [pid];
  for (const member of found) {
    const children = fs.readFileSync(`/proc/${member}/task/${member}/children`, "utf8").trim();
    if (children !== "") found.push(...children.split(" ").map(Number));
  }
  return found;
}

function openFilesOf(pid: number): readonly string[] {
  return fs.readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      return [fs.readlinkSync(`/proc/${pid}/fd/${descriptor}`)];
    } catch {
      return [];
    }
  });
}

/** What `/proc/net` knows as a socket of the internet; those between processes of one machine are not in these files. */
function internetSockets(): ReadonlySet<string> {
  const inodes = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"].flatMap((kind) => {
    const file = `/proc/net/${kind}`;
    if (!fs.existsSync(file)) return [];
    return fs
      .readFileSync(file, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[9] ?? "");
  });
  return new Set(inodes.filter((inode) => inode !== "").map((inode) => `socket:[${inode}]`));
}

describe.runIf(process.platform === "linux")("a local job", () => {
  it("opens no socket of the internet, and ONNX Runtime keeps no notes for its makers", async () => {
    const home = path.join(root, "home");
    const input = path.join(root, "input");
    writeCsvFolder(input, { files: 60, rowsPerFile: 2000, features: 4, seed: 3 });
    await deploy(home, "dense", denseModel({ features: 4, hidden: [512, 512] }), {
      scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\nbatch: 64\n",
    });
    const job = "offline";
    const running = startBatchdeck(home, "invoke", "-n", "dense", "--input", input, "--job-name", job);
    await until(() => fs.existsSync(path.join(home, "jobs", job, "journal.db")));
    await untilScored(home, job, 2000);
    const family = familyOf(running.child.pid ?? 0);
    const sockets = internetSockets();
    const open = family.flatMap(openFilesOf);
    expect(family.length, "the job's processes").toBeGreaterThan(2);
    expect(open.filter((file) => file.endsWith("model.onnx") || file.endsWith(".segment")).length).toBeGreaterThan(0);
    expect(open.filter((file) => sockets.has(file))).toEqual([]);
    expect(open.filter((file) => /telemetry|mat-debug|\/onnxruntime\.db/i.test(file))).toEqual([]);
    expect((await running.ended).code).toBe(0);
  });
});
