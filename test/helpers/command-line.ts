import path from "node:path";
import { runCommandLine } from "../../electron/cli/main.ts";
import { createScreen } from "../../electron/cli/terminal/screen.ts";
import { nodeProcessHost } from "../../electron/compute/node-process-host.ts";
import { openWorkspace } from "../../electron/workspace/workspace.ts";
import { undisturbed } from "./engine/machine-uses.ts";

const root = path.join(import.meta.dirname, "../..");

export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/**
 * Runs a command in this process, on a terminal that nobody sits at. Quicker than a process of its own, and enough for
 * arguments, refusals and what is printed.
 */
export function runInProcess(home: string, ...args: readonly string[]): Promise<Said> {
  return runInProcessWith({}, home, ...args);
}

/** The same with what keeps secrets, and with the environment that names accounts, clouds and proxies. `hear` is given notes at once. */
export async function runInProcessWith(
  {
    hear = () => {},
    ...azure
  }: Pick<Parameters<typeof openWorkspace>[0], "safeStorage" | "environment"> & {
    readonly hear?: (note: string) => void;
  },
  home: string,
  ...args: readonly string[]
): Promise<Said> {
  let stdout = "";
  let stderr = "";
  const code = await runCommandLine(args, {
    version: "0.0.0-test",
    screen: createScreen({
      width: null,
      resultWidth: null,
      stdout: (text) => (stdout += text),
      stderr(text) {
        stderr += text;
        hear(text);
      },
      ask: null,
    }),
    interrupts: {
      take: () => () => {},
      exit: () => {
        throw new Error("Nobody interrupts a command of a test.");
      },
    },
    openWorkspace: ({ home: given, scope }) =>
      openWorkspace({
        home: given ?? home,
        processHost: nodeProcessHost(path.join(root, "dist")),
        machineUse: undisturbed,
        scope,
        ...azure,
      }),
    samplesFolder: path.join(root, "resources", "samples"),
  });
  return { code, stdout, stderr };
}
