import { listDevices, tryDevice } from "../compute/ask-device-process.ts";
import type { DeviceReport } from "../contract/nouns/device.ts";
import type { WorkspaceContext } from "./context.ts";

export type Devices = {
  /** Tries every device of this machine. */
  readonly list: () => Promise<readonly DeviceReport[]>;
  readonly try: (device: DeviceReport["device"]) => Promise<DeviceReport>;
};

export function createDevices({ processHost }: WorkspaceContext): Devices {
  return { list: () => listDevices(processHost), try: (device) => tryDevice(processHost, device) };
}
