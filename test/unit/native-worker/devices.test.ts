import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { devicesWorthTrying } from "../../../electron/compute/ask-device-process.ts";
import type { DeviceName } from "../../../native-worker/devices/device.ts";
import { devices } from "../../../native-worker/devices/devices.ts";
import { graphicsCards, nvidiaCards } from "../../../native-worker/devices/hardware.ts";
import { providerOf } from "../../../native-worker/devices/open-session.ts";
import { stepsByProvider } from "../../../native-worker/devices/ran-on.ts";
import { tinyModel } from "../../../native-worker/devices/tiny-model.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { floatMatrix, runModel } from "../../helpers/models/run-model.ts";

const root = temporaryFolder("device-files");

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

const node = (name: string, provider: string) => ({ cat: "Node", name, args: { provider } });

describe("what a session ran on", () => {
  it("is told by the steps that each provider took, every step counted once", () => {
    const record = [
      { cat: "Session", name: "model_run" },
      node("a_kernel_time", "WebGpuExecutionProvider"),
      node("b_kernel_time", "WebGpuExecutionProvider"),
      node("b_kernel_time", "WebGpuExecutionProvider"),
      node("c_kernel_time", "CPUExecutionProvider"),
      { cat: "Node", name: "odd" },
    ];
    const steps = stepsByProvider(JSON.stringify(record));
    expect(steps).toEqual(
      new Map([
        ["WebGpuExecutionProvider", 2],
        ["CPUExecutionProvider", 1],
      ]),
    );
    expect(providerOf(devices.webgpu, steps)).toBe("webgpu (2 of 3 nodes)");
    expect(providerOf(devices.webgpu, new Map([["WebGpuExecutionProvider", 4]]))).toBe("webgpu");
    expect(providerOf(devices.cuda, steps)).toBeNull();
  });

  it("is looked at with a model that computes what it says", async () => {
    const { y } = await runModel(tinyModel, { x: floatMatrix([[1, 1]]) });
    expect(y?.values).toEqual([4.5, 5.5]);
  });
});

describe("each device", () => {
  it.each<[DeviceName, NodeJS.Platform, string, boolean]>([
    ["cuda", "linux", "x64", true],
    ["cuda", "linux", "arm64", false],
    ["cuda", "win32", "x64", false],
    ["directml", "win32", "arm64", true],
    ["directml", "linux", "x64", false],
    ["coreml", "darwin", "arm64", true],
    ["coreml", "win32", "x64", false],
    ["webgpu", "linux", "x64", true],
    ["webgpu", "linux", "arm64", false],
    ["webgpu", "darwin", "arm64", true],
    ["cpu", "linux", "arm64", true],
  ])("%s on %s %s: %s", (device, platform, arch, exists) => {
    expect(devices[device].existsOn(platform, arch)).toBe(exists);
  });

  it("tells ONNX Runtime a name and nothing else about itself, and uses one thread", () => {
    for (const { sessionOptions, backend } of Object.values(devices)) {
      expect(sessionOptions.executionProviders).toEqual([backend]);
      expect(sessionOptions).toMatchObject({ intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: "sequential" });
    }
  });

  it("explains a failure in a sentence without source files", () => {
    const reason =
      "/onnxruntime_src/core/webgpu_context.cc:136 Initialize() x was false. Failed to get a WebGPU adapter: none\n";
    for (const { explain } of Object.values(devices)) {
      const { missing } = explain(reason);
      expect(missing).toMatch(/^[A-Z].*\.$/);
      expect(missing).not.toContain("onnxruntime_src");
    }
  });
});

describe("hardware", () => {
  it("is named by NVIDIA's driver and by Linux, a card once", () => {
    write("nvidia/0000:01:00.0/information", "Model: \t\t NVIDIA RTX A2000\nIRQ:   90\n");
    write("drm/renderD128/device/vendor", "0x10de\n");
    write("drm/renderD129/device/vendor", "0x8086\n");
    write("drm/renderD129/device/device", "0x46a6\n");
    write("drm/card0/device/vendor", "0x8086\n");
    expect(nvidiaCards(path.join(root, "nvidia"))).toEqual(["NVIDIA RTX A2000"]);
    expect(graphicsCards(path.join(root, "drm"), path.join(root, "nvidia"))).toEqual([
      "NVIDIA RTX A2000",
      "Intel 0x46a6",
    ]);
    expect(nvidiaCards(path.join(root, "none"))).toEqual([]);
    expect(graphicsCards(path.join(root, "none"), path.join(root, "none"))).toEqual([]);
  });

  it("decides what auto measures beside the CPU: nothing where there is no graphics processor", () => {
    const there = (files: readonly string[]) => (file: string) => files.includes(file);
    expect(devicesWorthTrying("linux", there([]))).toEqual([]);
    expect(devicesWorthTrying("linux", there(["/dev/dri/renderD128"]))).toEqual(["webgpu"]);
    expect(devicesWorthTrying("linux", there(["/proc/driver/nvidia/version"]))).toEqual(["cuda", "webgpu"]);
    expect(devicesWorthTrying("win32", there([]))).toEqual(["directml", "webgpu"]);
    expect(devicesWorthTrying("darwin", there([]))).toEqual(["coreml", "webgpu"]);
  });
});
