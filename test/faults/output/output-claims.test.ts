import { spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";
import type { ClaimingRequest } from "./claiming-program.ts";
import { sourceProgram } from "../../helpers/source-program.ts";

/**
 * Programs that all want one folder, take it over from one another, and die in it: there is never more than one in it. Set
 * CLAIMS_SEED to see a run again, as far as processes allow.
 */
const root = temporaryFolder("output-claims");
const seed = Number(process.env["CLAIMS_SEED"] ?? Math.floor(Math.random() * 1e9));
const programs = 6;
const milliseconds = isLong ? 300_000 : 4000;

it("a folder is one program's at a time, however many want it and however they end", async () => {
  console.log(`claims seed: ${seed}`);
  const random = seededRandom(seed);
  const folder = path.join(root, "out");
  const notes = path.join(root, "notes");
  fs.mkdirSync(folder);
  fs.mkdirSync(notes);
  const until = performance.now() + milliseconds;
  let deaths = 0;

  async function keepRunning(): Promise<void> {
    let claimant = crypto.randomUUID();
    while (performance.now() < until) {
      const request = { folder, notes, claimant, seed: Math.floor(random() * 1e9) };
      const signal = await runToEnd({ ...request, milliseconds: Math.max(100, until - performance.now()) });
      if (signal === null) return;
      deaths += 1;
      // The same job is resumed, or it never comes again and others take over.
      if (random() < 0.5) claimant = crypto.randomUUID();
    }
  }

  await Promise.all(Array.from({ length: programs }, keepRunning));
  const read = (name: string) =>
    fs.existsSync(path.join(notes, name)) ? fs.readFileSync(path.join(notes, name), "utf8") : "";
  console.log(`${read("entries").length} times in the folder, ${deaths} deaths in it`);
  expect(read("violations")).toBe("");
  expect(read("entries").length).toBeGreaterThan(milliseconds / 400);
  expect(deaths).toBeGreaterThan(milliseconds / 2000);
});

/** The signal that ended it; null when it ended by itself. */
function runToEnd(request: ClaimingRequest): Promise<NodeJS.Signals | null> {
  const program = path.join(import.meta.dirname, "claiming-program.ts");
  const child = spawn(process.execPath, sourceProgram(program, JSON.stringify(request)), {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => {
      if (code === 0 || signal !== null) resolve(signal);
      else reject(new Error(`The program ended with ${code}.`));
    });
  });
}
