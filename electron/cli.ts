#!/usr/bin/env node
import path from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { runCommandLine } from "./cli/main.ts";
import { exitCodes } from "./cli/terminal/exit-codes.ts";
import { listenForInterrupts } from "./cli/terminal/interrupts.ts";
import { processStreams } from "./cli/terminal/process-streams.ts";
import { createScreen } from "./cli/terminal/screen.ts";
import { nodeMachineUse } from "./compute/node-machine-use.ts";
import { nodeProcessHost } from "./compute/node-process-host.ts";
import { traceOf } from "./contract/plain-text.ts";
import { chooseSqliteAddon } from "./contract/processes/native-addons.ts";
import { failure, withFullStop } from "./contract/problem.ts";
import { keyringStorage } from "./remote/identity/keyring.ts";
import { openWorkspace } from "./workspace/workspace.ts";

/** The command line under plain Node: its streams, its signals, its exit code. What it does is in `cli/main.ts`. */

const screen = createScreen(processStreams());

/** SQLite's addon cannot be loaded. */
function isNodeTooOld(): boolean {
  return !chooseSqliteAddon(process).ok;
}

const nodeTooOld = failure(
  "usage/invalid",
  `Batchdeck needs Node 22.14 or newer, and this is ${process.versions.node}.`,
  "Install a newer Node, or run it through npm from a checkout.",
);

function tellBug(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  screen.note(
    process.argv.includes("--debug")
      ? traceOf(error)
      : `Internal error: ${withFullStop(message)} Run again with --debug and report it.`,
  );
}

process.on("uncaughtException", (error) => {
  tellBug(error);
  process.exit(exitCodes.failed);
});

runCommandLine(process.argv.slice(2), {
  version: packageJson.version,
  screen,
  interrupts: listenForInterrupts(),
  openWorkspace: ({ home, scope }) =>
    isNodeTooOld()
      ? nodeTooOld
      : openWorkspace({
          home: home ?? process.env["BATCHDECK_HOME"] ?? null,
          processHost: nodeProcessHost(__dirname, process.env["BATCHDECK_DEBUG"] === "1" ? screen.note : null),
          machineUse: nodeMachineUse(),
          scope,
          safeStorage: keyringStorage,
          environment: process.env,
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
