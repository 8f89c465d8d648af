import { connectToParent } from "../electron/contract/parent-port.ts";
import type { ChildRuntime } from "../electron/contract/parent-port.ts";
import { startWorker } from "./worker.ts";

/** A bug: its words go to stderr, and the engine starts another worker. */
function endWith(error: unknown): void {
  console.error(error);
  process.exit(1);
}

process.on("uncaughtException", endWith);
process.on("unhandledRejection", endWith);
startWorker(connectToParent(process as unknown as ChildRuntime), endWith);
