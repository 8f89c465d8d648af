import type { DeviceAdapter } from "./device.ts";
import { clauseOf, oneThread } from "./device.ts";

/** Any card of Windows 10 and later that has a DirectX 12 driver. */
export const directml: DeviceAdapter = {
  device: "directml",
  backend: "dml",
  provider: "DmlExecutionProvider",
  // DirectML keeps its memory itself, and ONNX Runtime refuses it together with its own plan of memory.
  sessionOptions: { executionProviders: ["dml"], ...oneThread, enableMemPattern: false },
  existsOn: (platform) => platform === "win32",
  notOnThisSystem: "DirectML is a part of Windows.",
  hardware: () => [],
  explain: (reason) => ({
    missing: `DirectML cannot be used: ${clauseOf(reason)}.`,
    remedy: "Install the newest driver of the graphics card; it must know DirectX 12.",
  }),
};
