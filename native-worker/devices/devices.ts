import { coreml } from "./coreml.ts";
import { cpu } from "./cpu.ts";
import { cuda } from "./cuda.ts";
import type { DeviceAdapter, DeviceName } from "./device.ts";
import { directml } from "./directml.ts";
import { webgpu } from "./webgpu.ts";

/** Every device, by its name. */
export const devices: Readonly<Record<DeviceName, DeviceAdapter>> = { cpu, cuda, directml, coreml, webgpu };
