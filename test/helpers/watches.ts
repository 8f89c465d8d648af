import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { batchdeckJson, deploy, type Running, startBatchdeck } from "./batchdeck.ts";
import { denseModel } from "./models/model-fixtures.ts";
import { isAlive } from "./processes.ts";
import { sleep } from "./sleep.ts";

/** What `watch list --json` says of one watch, as far as tests ask. */
export type Watched = {
  readonly folder: string;
  readonly state: string;
  readonly jobs: number;
  readonly files_submitted: number;
  readonly files_refused: number;
  readonly last_job: string | null;
  readonly problem: { readonly code: string; readonly message: string } | null;
};

/** A small model behind an endpoint whose predictions carry the column `id`, by which rows are counted. */
export function deployRows(home: string, endpoint: string): Promise<void> {
  return deploy(home, endpoint, denseModel({ features: 4, classes: 2, seed: 1 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 16\n",
  });
}

/** A table of so many rows, whose ids are `name:1`, `name:2` and so on. */
export function tableOf(name: string, rows = 2): string {
  return `id,f0,f1,f2,f3\n${rowsOf(name, 1, rows)}`;
}

export function rowsOf(name: string, first: number, rows: number): string {
  return Array.from({ length: rows }, (_, row) => `${name}:${first + row},1,2,3,${row}\n`).join("");
}

export function idsOf(name: string, rows = 2): string[] {
  return Array.from({ length: rows }, (_, row) => `${name}:${row + 1}`);
}

export function put(folder: string, name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}

/** Every id that the predictions of all jobs hold, as often as they do, sorted. */
export function scoredIds(home: string): readonly string[] {
  return jobRows(home)
    .flatMap(({ output_folder, output_file }) => {
      const file = path.join(output_folder, output_file);
      if (!fs.existsSync(file)) return [];
      const [, ...lines] = fs.readFileSync(file, "utf8").trimEnd().split("\n");
      return lines.map((line) => line.slice(0, line.indexOf(",")));
    })
    .sort();
}

type JobRow = {
  readonly name: string;
  readonly output_folder: string;
  readonly output_file: string;
  readonly finished: number;
  readonly failed: number;
};

export function jobRows(home: string): readonly JobRow[] {
  return query(home, "SELECT name, output_folder, output_file, finished, failed FROM jobs") as readonly JobRow[];
}

export function submittedFiles(home: string): number {
  const [row] = query(home, "SELECT coalesce(sum(files_submitted), 0) AS files FROM watches") as { files: number }[];
  return row?.files ?? 0;
}

function query(home: string, sql: string): readonly unknown[] {
  const registry = new Database(path.join(home, "registry.db"), { readonly: true, timeout: 5000 });
  const rows = registry.prepare(sql).all();
  registry.close();
  return rows;
}

/** Waits until so many files were submitted and every job has ended. Fails when the program that watches has ended. */
export async function untilScored(home: string, files: number, watching: Running): Promise<void> {
  while (submittedFiles(home) < files || jobRows(home).some(({ finished }) => finished === 0)) {
    if (!isAlive(watching.child.pid ?? 0)) throw new Error(`watch run ended: ${(await watching.ended).stderr}`);
    await sleep(50);
  }
}

export async function watched(home: string, folder: string): Promise<Watched> {
  const all = await batchdeckJson<readonly Watched[]>(home, "watch", "list");
  const found = all.find((watch) => watch.folder === folder);
  if (found === undefined) throw new Error(`${folder} is not watched.`);
  return found;
}

export function startWatching(home: string): Running {
  return startBatchdeck(home, "watch", "run");
}

export async function stopWatching(running: Running): Promise<void> {
  running.child.kill("SIGINT");
  await running.ended;
}
