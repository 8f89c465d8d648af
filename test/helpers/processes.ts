import fs from "node:fs";

/** The worker processes of an engine, by its process id: children whose label says so. Linux only. */
export function workersOf(enginePid: number): readonly number[] {
  return childrenOf(enginePid).filter((pid) => labelOf(pid)?.startsWith("worker-") === true);
}

/** All processes that an engine has started for its jobs: workers, and those that list, cut and merge. Linux only. */
export function helpersOf(enginePid: number): readonly number[] {
  return childrenOf(enginePid).filter((pid) => labelOf(pid) !== null);
}

function childrenOf(pid: number): readonly number[] {
  try {
    return fs
      .readdirSync(`/proc/${pid}/task`)
      .flatMap((thread) => fs.readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" "))
      .filter((text) => text !== "")
      .map(Number);
  } catch {
    return [];
  }
}

function labelOf(pid: number): string | null {
  try {
    const environment = fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    const found = environment.find((entry) => entry.startsWith("BATCHDECK_PROCESS="));
    return found?.slice("BATCHDECK_PROCESS=".length) ?? null;
  } catch {
    return null;
  }
}

export function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** Still running. A process that has ended and whose end nobody has taken note of yet (a zombie) is not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return false;
  }
}
