import fs from "node:fs";
import type { Result } from "../../contract/problem.ts";
import { success } from "../../contract/problem.ts";
import type { CommandContext } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import type { MiniBatchRecord } from "../../contract/views/mini-batch.ts";

/** Prints the log of a job; for programs its lines as an array. */
export function showLog({ terminal, workspace }: CommandContext, job: string): Result<number> {
  const log = workspace.jobs.log(job).trimEnd();
  if (terminal.print !== null) terminal.print.view(log === "" ? [] : log.split("\n"));
  else if (log === "") terminal.note("Nothing is logged: nobody has worked on the job yet.");
  else terminal.result(log.split("\n"));
  const said = workspace.jobs.scriptLogs(job);
  if (fs.existsSync(said)) terminal.note(`What its script printed: ${said}`);
  return success(exitCodes.done);
}

const columns = [
  ["mini_batch", 10],
  ["status", 8],
  ["attempts", 8],
  ["files", 7],
  ["total_items", 11],
  ["succeeded_items", 15],
  ["failed_items", 12],
  ["duration_ms", 11],
  ["process_ms", 10],
  ["run_ms", 9],
  ["pid", 7],
  ["worker", 10],
  ["started_at", 24],
  ["first_file", 0],
] as const satisfies readonly (readonly [keyof MiniBatchRecord, number])[];

/** Prints the records of a job's mini-batches as they are read: there may be a million of them. */
export function showMiniBatches({ terminal, workspace }: CommandContext, job: string): Result<number> {
  const pages = workspace.jobs.miniBatches(job);
  if (terminal.print !== null) {
    terminal.print.pages(pages);
    return success(exitCodes.done);
  }
  let isFirst = true;
  for (const page of pages) {
    if (isFirst) terminal.result(columns.map(([name, width]) => name.padEnd(width)).join("  "));
    isFirst = false;
    terminal.result(page.map(tableLine));
  }
  if (isFirst) terminal.note("No mini-batch is planned yet.");
  return success(exitCodes.done);
}

function tableLine(record: MiniBatchRecord): string {
  return columns
    .map(([name, width]) => {
      const value = record[name];
      return typeof value === "number" ? String(value).padStart(width) : (value ?? "-").padEnd(width);
    })
    .join("  ")
    .trimEnd();
}
