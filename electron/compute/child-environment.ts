import { environmentVariableFault } from "../contract/processes/environment-variables.ts";

/** What a native library needs to load and a system call needs to work; nothing that could hold a secret. */
const passedOn = [
  "PATH",
  "HOME",
  "USERPROFILE",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SystemRoot",
  "windir",
  "LANG",
  "LC_ALL",
  "TZ",
  "LD_LIBRARY_PATH",
  "FONTCONFIG_PATH",
  "VK_DRIVER_FILES",
  "BATCHDECK_SQLITE_BINDING",
] as const;

/**
 * ONNX Runtime for Linux and Windows tells its makers how it is used: it keeps a database in the user's folder and sends
 * it on when it can. A local job opens no socket, so it is turned off in every process that may load it.
 */
const quietRuntime = { ORT_DISABLE_TELEMETRY: "1" } as const;

/**
 * The whole environment of a child process: the least that it needs, a label for process lists, and what a deployment
 * sets. What a deployment may not set is left out here too, whatever the registry or a frozen job holds.
 */
export function childEnvironment(environment: Readonly<Record<string, string>>, label: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) result[name] = value;
  }
  for (const [name, value] of Object.entries(environment)) {
    if (environmentVariableFault(name, value) === null) result[name] = value;
  }
  return { ...result, ...quietRuntime, BATCHDECK_PROCESS: label };
}
