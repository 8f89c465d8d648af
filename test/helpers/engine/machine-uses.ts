import type { MachineUse } from "../../../electron/compute/machine-use.ts";

/** A machine that nobody else needs. */
export const undisturbed: MachineUse = { isOnBattery: () => false, isUserBusy: () => false };
