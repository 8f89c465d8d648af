import fs from "node:fs";
import type { DeploymentSettings } from "../../contract/nouns/deployment.ts";
import { type LogEnd, logFile, logLine, olderLogFile, openLogFile, readLogEnd } from "./log-file.ts";

/** A job's own log: one line an event, with time and level, for people. */
export type JobLog = {
  readonly warning: (text: string) => void;
  readonly info: (text: string) => void;
  readonly debug: (text: string) => void;
  readonly close: () => void;
};

type Level = DeploymentSettings["logging_level"];

const rank: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2 };
const name = "job";

export function openJobLog(folder: string, level: Level, fileBytes?: number): JobLog {
  const file = openLogFile(folder, name, fileBytes);

  function write(of: Level, text: string): void {
    if (rank[of] < rank[level]) return;
    file.write(`${new Date().toISOString()} ${of.toUpperCase().padEnd(7)} ${logLine(text)}\n`);
  }

  return {
    warning: (text) => write("warning", text),
    info: (text) => write("info", text),
    debug: (text) => write("debug", text),
    close: file.close,
  };
}

/** What the log says, the older part first; nothing when nothing was logged yet. */
export function readJobLog(folder: string): string {
  return [olderLogFile(folder, name), logFile(folder, name)].map(textOf).join("");
}

/** The last lines of the log, at most so many bytes of it, and whether there are earlier ones. */
export function readJobLogEnd(folder: string, maxBytes: number): Promise<LogEnd> {
  return readLogEnd(folder, name, maxBytes);
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
