import os from "node:os";
import type { DeviceAdapter } from "./device.ts";
import { clauseOf, oneThread } from "./device.ts";

/**
 * A session on one core: every worker is a process of its own, so one thread each is what makes results independent of
 * how many work, and keeps the cores from fighting over them.
 */
export const cpu: DeviceAdapter = {
  device: "cpu",
  backend: "cpu",
  provider: "CPUExecutionProvider",
  sessionOptions: { executionProviders: ["cpu"], ...oneThread },
  existsOn: () => true,
  notOnThisSystem: "",
  hardware: () => [...new Set(os.cpus().map((core) => core.model.trim()))],
  explain: (reason) => ({ missing: `ONNX Runtime does not start: ${clauseOf(reason)}.`, remedy: "" }),
};
