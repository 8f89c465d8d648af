import type { DeviceAdapter } from "./device.ts";
import { clauseOf, oneThread } from "./device.ts";
import { appleChip } from "./hardware.ts";

/** Apple's neural engine and graphics processor; what it cannot run of a model is left to the CPU. */
export const coreml: DeviceAdapter = {
  device: "coreml",
  backend: "coreml",
  provider: "CoreMLExecutionProvider",
  sessionOptions: { executionProviders: ["coreml"], ...oneThread },
  existsOn: (platform) => platform === "darwin",
  notOnThisSystem: "Core ML is a part of macOS.",
  hardware: appleChip,
  explain: (reason) => ({ missing: `Core ML cannot be used: ${clauseOf(reason)}.`, remedy: "Update macOS." }),
};
