import type { DeviceAdapter } from "./device.ts";
import { clauseOf, oneThread } from "./device.ts";
import { appleChip, graphicsCards } from "./hardware.ts";

/** Any card with a driver for Vulkan (Linux), DirectX 12 (Windows) or Metal (macOS). */
export const webgpu: DeviceAdapter = {
  device: "webgpu",
  backend: "webgpu",
  provider: "WebGpuExecutionProvider",
  sessionOptions: { executionProviders: ["webgpu"], ...oneThread },
  existsOn: (platform, arch) => !(platform === "linux" && arch !== "x64"),
  notOnThisSystem: "ONNX Runtime's package has WebGPU for Linux on x64 processors only.",
  hardware: () => [...graphicsCards(), ...appleChip()],
  explain(reason) {
    if (!/adapter/i.test(reason)) {
      return { missing: `WebGPU cannot be used: ${clauseOf(reason)}.`, remedy: "Update the graphics driver." };
    }
    return {
      missing: "No graphics processor that WebGPU can use was found.",
      remedy:
        process.platform === "linux"
          ? "Install the Vulkan loader and the card's Vulkan driver (Debian and Ubuntu: apt install libvulkan1 mesa-vulkan-drivers)."
          : "Install the newest driver of the graphics card.",
    };
  },
};
