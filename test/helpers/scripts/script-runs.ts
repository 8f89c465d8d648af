import { afterEach, expect } from "vitest";
import { isAlive } from "../processes.ts";
import type { Scored, ScriptWorker } from "./script-worker.ts";
import { scriptWorker } from "./script-worker.ts";
import { temporaryFolder } from "../places.ts";

export const folder = temporaryFolder("scripts");
export const open: ScriptWorker[] = [];

type Change = Parameters<typeof scriptWorker>[2];

export async function started(
  name: string,
  source: string,
  change: Change = {},
  others: Readonly<Record<string, string>> = {},
): Promise<ScriptWorker> {
  const worker = await scriptWorker(folder, { name, source, others }, change);
  open.push(worker);
  return worker;
}

/** A Python script with this body of run(), and what came of giving it files. */
export async function ran(body: string, files: readonly string[], change: Change = {}): Promise<Scored> {
  const lines = body.trim().split("\n");
  const source = `import os, sys\ndef init():\n    pass\ndef run(mini_batch):\n    names = [os.path.basename(f) for f in mini_batch]\n${lines.map((line) => `    ${line}\n`).join("")}`;
  const worker = await started("score.py", source, change);
  expect(worker.opened.type).toBe("job-opened");
  const scored = await worker.score(...files);
  await worker.close();
  return scored;
}

export function committed(scored: Scored): Extract<Scored, { kind: "committed" }> {
  if (scored.kind === "failed") throw new Error(`${scored.code ?? ""}: ${scored.message}`);
  return scored;
}

export const three = ["a.txt", "b.txt", "c.txt"];

/** No worker outlives its test. To be called outside of tests. */
export function closeWorkersAfterEach(): void {
  afterEach(() => {
    for (const worker of open.splice(0)) {
      if (isAlive(worker.pid)) process.kill(worker.pid, "SIGKILL");
    }
  });
}
