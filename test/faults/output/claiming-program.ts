/**
 * A program for the test of output claims: takes a folder, is alone in it for a moment, gives it back or dies in it, and begins
 * again. `node claiming-program.ts REQUEST`, where REQUEST is JSON (`ClaimingRequest`). Prints how often it was in there, and
 * writes to `violations` when it was not alone.
 */
import fs from "node:fs";
import path from "node:path";
import { systemClock } from "../../../electron/compute/clock.ts";
import { createOutputClaims } from "../../../electron/jobs/claim/output-claims.ts";
import { seededRandom } from "../../helpers/random.ts";
import { sleep } from "../../helpers/sleep.ts";

export type ClaimingRequest = {
  readonly folder: string;
  /** Where it is noted who is in the folder. */
  readonly notes: string;
  readonly claimant: string;
  readonly seed: number;
  readonly milliseconds: number;
};

const request = JSON.parse(process.argv[2] ?? "") as ClaimingRequest;
const { folder, notes, claimant } = request;
const random = seededRandom(request.seed);
const claims = createOutputClaims(systemClock);
const inside = path.join(notes, "inside");
const until = performance.now() + request.milliseconds;

function violation(text: string): void {
  fs.appendFileSync(path.join(notes, "violations"), `${process.pid}: ${text}\n`);
}

function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function enter(): void {
  try {
    fs.writeFileSync(inside, String(process.pid), { flag: "wx" });
  } catch {
    const other = Number(fs.readFileSync(inside, "utf8"));
    if (isAlive(other)) violation(`${other} is inside and lives`);
    fs.writeFileSync(inside, String(process.pid));
  }
}

while (performance.now() < until) {
  const taken = claims.take(folder, { id: claimant, job: "a-job", workspace: "/home" });
  if (!taken.ok) {
    await sleep(random() * 4);
    continue;
  }
  enter();
  if (random() < 0.5) await sleep(random() * 4);
  fs.appendFileSync(path.join(notes, "entries"), ".");
  if (fs.readFileSync(inside, "utf8") !== String(process.pid)) violation("somebody else came in");
  if (taken.value.whyLost() !== null) violation("the claim was taken from a living process");
  if (random() < 0.15) process.kill(process.pid, "SIGKILL");
  fs.rmSync(inside);
  // What is kept is this program's alone: it takes it again.
  const isLast = performance.now() >= until - 50;
  taken.value.end(random() < 0.3 && !isLast ? "kept" : "free");
}
// Its own claim, if it kept one, would keep the others out.
const left = claims.take(folder, { id: claimant, job: "a-job", workspace: "/home" });
if (left.ok) left.value.end("free");
