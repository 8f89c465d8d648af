import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { claimPrefix } from "../../../../electron/contract/names.ts";
import { type Claim, firstClaimFile } from "../../../../electron/jobs/claim/claim-chain.ts";
import { type ClaimHolder, isRunning, thisProcess } from "../../../../electron/jobs/claim/claim-holder.ts";
import { createOutputClaims, type OutputClaim } from "../../../../electron/jobs/claim/output-claims.ts";
import type { Problem } from "../../../../electron/contract/problem.ts";
import { temporaryFolder } from "../../../helpers/places.ts";
import { sleep } from "../../../helpers/sleep.ts";
import { until } from "../../../helpers/until.ts";

const root = temporaryFolder("claims");
let count = 0;
let folder = "";
let nowMs = 0;
let beats: (() => void)[] = [];
const clock = {
  now: () => nowMs,
  setInterval(work: () => void) {
    beats.push(work);
    return { cancel: () => (beats = beats.filter((beat) => beat !== work)) };
  },
};

beforeEach(() => {
  count += 1;
  folder = path.join(root, `${count}`);
  fs.mkdirSync(folder);
  beats = [];
});

const newClaims = () => createOutputClaims(clock);
const job = (name: string) => ({ id: crypto.randomUUID(), job: name, workspace: `/home/${name}` });
const claimFiles = () => fs.readdirSync(folder).filter((name) => name.startsWith(claimPrefix));
const stored = () => JSON.parse(fs.readFileSync(firstClaimFile(folder), "utf8")) as Claim;

function taken(claims: ReturnType<typeof newClaims>, self: ReturnType<typeof job>): OutputClaim {
  const answer = claims.take(folder, self);
  if (!answer.ok) throw new Error(answer.problem.kind);
  return answer.value;
}

/** As another process would have left it. */
function rewrite(change: Partial<Claim>): void {
  fs.writeFileSync(firstClaimFile(folder), JSON.stringify({ ...stored(), ...change }));
}

/** A process that ran here and has ended. */
function endedProcess(): ClaimHolder {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  return { ...thisProcess(), pid };
}

const elsewhere = (): ClaimHolder => ({ host: "f".repeat(64), pid: process.pid, startedAt: "1" });

describe("an output folder", () => {
  it("is one job's until that ends, and others are told which one it is", async () => {
    const claims = newClaims();
    const one = taken(claims, job("one"));
    expect(one.tookOver).toBe(false);
    const refused = claims.take(folder, job("other"));
    expect(refused).toMatchObject({
      ok: false,
      problem: {
        kind: "output/exists:claimed-meanwhile",
        params: { job: "one", workspace: "/home/one", host: null, folder, file: firstClaimFile(folder) },
      },
    });
    expect((await newClaims().inTheWay(folder, null))?.kind).toBe("output/exists:claimed");
    one.end("free");
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(await claims.inTheWay(folder, null)).toBeNull();
    expect(taken(claims, job("other")).tookOver).toBe(false);
  });

  it.skipIf(process.platform === "win32")("lets those read its claim who may read the folder", () => {
    fs.chmodSync(folder, 0o750);
    taken(newClaims(), job("one")).end("kept");
    expect(fs.statSync(firstClaimFile(folder)).mode & 0o777).toBe(0o640 & ~process.umask());
  });

  it("stays a job's that was paused, and the job finds it again as its own", async () => {
    const claims = newClaims();
    const self = job("one");
    for (let pauses = 0; pauses < 5; pauses += 1) {
      const claim = taken(claims, self);
      expect(claim.tookOver).toBe(pauses > 0);
      claim.end("kept");
      expect(stored()).toMatchObject({ job: "one", holder: null });
      expect((await claims.inTheWay(folder, job("other")))?.kind).toBe("output/exists:claimed-meanwhile");
      expect(await claims.inTheWay(folder, self)).toBeNull();
      nowMs += 1e9;
      expect(await claims.inTheWay(folder, job("other"))).not.toBeNull();
    }
    expect(claimFiles()).toEqual([claimPrefix]);
  });

  it("is its job's again at once after a kill, and another job's too", () => {
    const self = job("one");
    for (const next of [self, job("other")]) {
      taken(newClaims(), self);
      rewrite({ holder: endedProcess() });
      const claim = taken(newClaims(), next);
      expect(claim.tookOver).toBe(true);
      expect(stored()).toMatchObject({ job: next.job, holder: { pid: process.pid } });
      claim.end("free");
      expect(claimFiles()).toEqual([]);
    }
  });

  it.runIf(process.platform === "linux")("is free when the number of its process is another one's by now", async () => {
    taken(newClaims(), job("one"));
    rewrite({ holder: { ...thisProcess(), startedAt: "1" } });
    expect(await newClaims().inTheWay(folder, job("other"))).toBeNull();
  });

  it("is another computer's until its heartbeat stood still for three minutes of our own time", async () => {
    taken(newClaims(), job("one"));
    rewrite({ holder: elsewhere(), hostName: "far" });
    const claims = newClaims();
    const other = job("other");
    expect(await claims.inTheWay(folder, other)).toMatchObject({ params: { host: "far" } });
    nowMs += 170_000;
    expect(await claims.inTheWay(folder, other)).not.toBeNull();
    // It moves: whatever time of day its computer thinks it is.
    fs.utimesSync(firstClaimFile(folder), 1000, 1000);
    nowMs += 170_000;
    expect(await claims.inTheWay(folder, other)).not.toBeNull();
    nowMs += 170_000;
    expect(await claims.inTheWay(folder, other)).not.toBeNull();
    nowMs += 20_000;
    expect(await claims.inTheWay(folder, other)).toBeNull();
    expect(await newClaims().inTheWay(folder, other), "by who has only just come").not.toBeNull();
    expect(taken(claims, other).tookOver).toBe(true);
  });

  it("is nobody's to take while its claim cannot be read, until that did not change for three minutes", async () => {
    for (const make of [
      () => fs.writeFileSync(firstClaimFile(folder), '{"id": "../../x", "holder": null}'),
      () => fs.writeFileSync(firstClaimFile(folder), ""),
      () => fs.symlinkSync(os.tmpdir(), firstClaimFile(folder)),
      () => fs.mkdirSync(firstClaimFile(folder)),
    ]) {
      make();
      const claims = newClaims();
      expect(claims.take(folder, job("one"))).toMatchObject({ problem: { kind: "output/exists:claim-unreadable" } });
      nowMs += 181_000;
      const claim = taken(claims, job("one"));
      expect(claim.whyLost()).toBeNull();
      expect(await claims.inTheWay(folder, job("other"))).not.toBeNull();
      claim.end("kept");
      expect(await claims.inTheWay(folder, job("other"))).not.toBeNull();
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
    }
  });

  it("keeps nothing of programs that were killed halfway", () => {
    const claim = taken(newClaims(), job("one"));
    fs.writeFileSync(path.join(folder, `${claimPrefix}.new-x`), "");
    fs.writeFileSync(path.join(folder, `${claimPrefix}.after-x`), "");
    fs.writeFileSync(path.join(folder, ".mine"), "");
    claim.end("free");
    expect(fs.readdirSync(folder)).toEqual([".mine"]);
  });

  it("is not freed or kept by who has lost it", () => {
    for (const how of ["free", "kept"] as const) {
      const claim = taken(newClaims(), job("one"));
      rewrite({ holder: endedProcess() });
      const next = taken(newClaims(), job("other"));
      expect(claim.whyLost()).toMatchObject({ kind: "output/exists:claimed-meanwhile", params: { job: "other" } });
      claim.end(how);
      expect(next.whyLost()).toBeNull();
      expect(stored().job).toBe("other");
      next.end("free");
    }
  });
});

describe("a claim that is held", () => {
  /** The heartbeat of every claim that is held; answers once what it leads to is seen, or a moment later when nothing should be. */
  const beat = async (isSeen?: () => boolean) => {
    for (const one of beats) one();
    if (isSeen === undefined) await sleep(100);
    else await until(isSeen);
  };

  it("moves, is put back when somebody removed it, and tells when another job has the folder", async () => {
    const lost: Problem[] = [];
    const claim = taken(newClaims(), job("one"));
    claim.keepAlive((problem) => lost.push(problem));
    fs.utimesSync(firstClaimFile(folder), 1000, 1000);
    await beat(() => fs.statSync(firstClaimFile(folder)).mtimeMs > 1_000_000);
    fs.rmSync(firstClaimFile(folder));
    await beat(() => fs.existsSync(firstClaimFile(folder)));
    expect([stored().job, lost]).toEqual(["one", []]);
    fs.rmSync(folder, { recursive: true });
    await beat();
    expect([fs.existsSync(folder), lost]).toEqual([false, []]);
    fs.mkdirSync(folder);
    const other = taken(newClaims(), job("other"));
    await beat(() => lost.length > 0);
    expect(lost).toMatchObject([{ kind: "output/exists:claimed-meanwhile", params: { job: "other" } }]);
    claim.end("free");
    expect(beats).toEqual([]);
    expect(other.whyLost()).toBeNull();
  });

  it("is not another one's that takes it for dead too late", async () => {
    const [early, late] = [newClaims(), newClaims()];
    taken(early, job("dead"));
    rewrite({ holder: elsewhere() });
    for (const claims of [early, late]) await claims.inTheWay(folder, job("x"));
    nowMs += 181_000;
    for (const claims of [early, late]) expect(await claims.inTheWay(folder, job("x"))).toBeNull();
    const winner = taken(early, job("winner"));
    expect(late.take(folder, job("loser"))).toMatchObject({ problem: { params: { job: "winner" } } });
    expect(winner.whyLost()).toBeNull();
  });
});

it("a process is known by its host, its number and its start", () => {
  expect(isRunning(elsewhere())).toBeNull();
  expect(isRunning(endedProcess())).toBe(false);
  if (process.platform !== "linux") return;
  expect(isRunning(thisProcess())).toBe(true);
  expect(isRunning({ ...thisProcess(), startedAt: "1" })).toBe(false);
  expect(isRunning({ ...thisProcess(), startedAt: null })).toBeNull();
});
