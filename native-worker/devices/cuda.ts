import type { DeviceAdapter } from "./device.ts";
import { clauseOf, oneThread } from "./device.ts";
import { nvidiaCards } from "./hardware.ts";

/** NVIDIA's cards under Linux. ONNX Runtime's package leaves its CUDA library out because of its size. */
export const cuda: DeviceAdapter = {
  device: "cuda",
  backend: "cuda",
  provider: "CUDAExecutionProvider",
  sessionOptions: { executionProviders: ["cuda"], ...oneThread },
  existsOn: (platform, arch) => platform === "linux" && arch === "x64",
  notOnThisSystem: "CUDA can be used under Linux x64 only.",
  hardware: nvidiaCards,
  explain(reason) {
    if (nvidiaCards().length === 0) {
      return {
        missing: "No NVIDIA card with a working driver was found.",
        remedy: "Install NVIDIA's driver if the computer has such a card, or use webgpu.",
      };
    }
    if (/Failed to load (shared )?library/.test(reason)) {
      return {
        missing: "ONNX Runtime's CUDA library, or CUDA 12 and cuDNN 9 that it needs, are not installed.",
        remedy:
          "Install CUDA 12 and cuDNN 9, and run in Batchdeck's folder: node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12",
      };
    }
    return { missing: `CUDA cannot be used: ${clauseOf(reason)}.`, remedy: "Update NVIDIA's driver." };
  },
};
