import type { PowerMonitor } from "electron";
import type { MachineUse } from "../compute/machine-use.ts";

const busySeconds = 60;

/**
 * What the desktop knows of the machine. Some systems cannot tell how long nobody touched it (a Wayland session, a
 * missing screen saver extension) and say 0 for ever: until another answer has been seen, nobody counts as busy.
 */
export function electronMachineUse(
  monitor: Partial<Pick<PowerMonitor, "isOnBatteryPower" | "getSystemIdleTime">>,
): MachineUse {
  let canTellIdleTime = false;
  return {
    isOnBattery: () => monitor.isOnBatteryPower?.() ?? false,
    isUserBusy() {
      const seconds = monitor.getSystemIdleTime?.() ?? -1;
      canTellIdleTime ||= seconds > 0;
      return canTellIdleTime && seconds >= 0 && seconds < busySeconds;
    },
  };
}
