import { Worker } from "node:worker_threads";

const lookEveryMs = 1000;

/**
 * A run of the model blocks this process's only loop, so the end of the line to the parent may never be noticed: a
 * worker would go on by itself for as long as a hanging model runs. A thread of its own looks whether the parent is still
 * there (an orphan gets another one; Windows keeps the number of a parent that is gone) and ends the whole process.
 */
const watch = `
  const { workerData } = require("node:worker_threads");
  const isThere = (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return error.code === "EPERM";
    }
  };
  setInterval(() => {
    if (process.ppid !== workerData.parent || !isThere(workerData.parent)) process.kill(process.pid, "SIGKILL");
  }, workerData.lookEveryMs);
`;

/** Sees to it that this process ends within seconds of its parent's end, whatever it is doing. */
export function endWithParent(): void {
  const thread = new Worker(watch, {
    eval: true,
    env: {},
    execArgv: [],
    workerData: { parent: process.ppid, lookEveryMs },
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  // Without it the worker works as well; it only outlives its parent for as long as one run of the model takes.
  thread.on("error", () => undefined);
  thread.unref();
}
