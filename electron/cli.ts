import path from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { runCommandLine } from "./cli/main.ts";
import { exitCodes } from "./cli/terminal/exit-codes.ts";
import { listenForInterrupts } from "./cli/terminal/interrupts.ts";
import { processScreen } from "./cli/terminal/process-screen.ts";
import { nodeMachineUse } from "./compute/node-machine-use.ts";
import { nodeProcessHost } from "./compute/node-process-host.ts";
import { chooseAddon } from "./contract/processes/native-addons.ts";
import { failure, withFullStop } from "./contract/problem.ts";
import { openWorkspace } from "./workspace/workspace.ts";

/** The command line under plain Node: its streams, its signals, its exit code. What it does is in `cli/main.ts`. */

/** Some native addon cannot be loaded. */
function isNodeTooOld(): boolean {
  return !chooseAddon("sqlite", process).ok || !chooseAddon("jpeg", process).ok;
}

const nodeTooOld = failure(
  "usage/invalid",
  `Batchdeck needs Node 22.14 or newer, and this is ${process.versions.node}.`,
  "Install a newer Node, or run it through npm from a checkout.",
);

function tellBug(error: unknown): void {
  const text = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(
    process.argv.includes("--debug")
      ? `${text.stack ?? text.message}\n`
      : `Internal error: ${withFullStop(text.message)} Run again with --debug and report it.\n`,
  );
}

// Whoever reads our words may stop reading (`| head`): a job goes on without them.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
process.on("uncaughtException", (error) => {
  tellBug(error);
  process.exit(exitCodes.failed);
});

runCommandLine(process.argv.slice(2), {
  version: packageJson.version,
  screen: processScreen(),
  interrupts: listenForInterrupts(),
  openWorkspace: ({ home, scope }) =>
    isNodeTooOld()
      ? nodeTooOld
      : openWorkspace({
          home: home ?? process.env["BATCHDECK_HOME"] ?? null,
          processHost: nodeProcessHost(__dirname),
          machineUse: nodeMachineUse(),
          scope,
        }),
  samplesFolder: path.join(__dirname, "..", "resources", "samples"),
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    tellBug(error);
    process.exitCode = exitCodes.failed;
  },
);
