import { connectToParent } from "../electron/contract/messages/parent-port.ts";
import { oneLine } from "../electron/contract/plain-text.ts";
import { endWithParent } from "./watch-parent.ts";
import { startWorker } from "./worker.ts";

/** A bug: its words go to stderr, and the engine starts another worker. */
function endWith(error: unknown): void {
  process.stderr.write(`${oneLine(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  process.exit(1);
}

process.on("uncaughtException", endWith);
process.on("unhandledRejection", endWith);
endWithParent();
startWorker(connectToParent(process), endWith);
