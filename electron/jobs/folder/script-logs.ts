import fs from "node:fs";
import path from "node:path";
import type { JobLogKind } from "../../contract/nouns/job.ts";
import { endOf, type LogEnd } from "./log-file.ts";

/** What a script said, in the files that each worker wrote for itself: one a worker and kind below `user/`. */
type ScriptLogKind = Exclude<JobLogKind, "job" | "azure">;

const kinds = ["stdout", "stderr", "error"] as const satisfies readonly ScriptLogKind[];

/** The kinds in which a script of the job has said anything. */
export async function scriptLogKinds(logsFolder: string): Promise<readonly ScriptLogKind[]> {
  const found = await Promise.all(
    kinds.map(async (kind) => ((await filesOf(logsFolder, kind)).length > 0 ? [kind] : [])),
  );
  return found.flat();
}

/**
 * The last lines of one kind over all workers, in the order of their times, at most so many bytes of them, and whether
 * there are earlier ones.
 */
export async function readScriptLogEnd(logsFolder: string, kind: ScriptLogKind, maxBytes: number): Promise<LogEnd> {
  const ends = await Promise.all((await filesOf(logsFolder, kind)).map((file) => endOf(file, maxBytes)));
  const lines = ends
    .flatMap(({ text }) => text.split("\n"))
    .filter((line) => line !== "")
    .sort(byTime);
  const kept: string[] = [];
  let bytes = 0;
  for (const line of [...lines].reverse()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > maxBytes) break;
    kept.push(line);
  }
  const text = kept.reverse().map((line) => `${line}\n`);
  return { text: text.join(""), isCut: kept.length < lines.length || ends.some(({ isCut }) => isCut) };
}

/** The older of a worker's two files comes first, so that lines of one time stay in their order. */
async function filesOf(logsFolder: string, kind: ScriptLogKind): Promise<readonly string[]> {
  const folder = path.join(logsFolder, "user", kind);
  const entries = await fs.promises.readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const age = (name: string) => (name.startsWith("older.") ? 0 : 1);
  return names.sort((a, b) => age(a) - age(b)).map((name) => path.join(folder, name));
}

const timeCharacters = "2026-01-01T00:00:00.000Z".length;

function byTime(a: string, b: string): number {
  const [first, second] = [a.slice(0, timeCharacters), b.slice(0, timeCharacters)];
  return first < second ? -1 : first > second ? 1 : 0;
}
