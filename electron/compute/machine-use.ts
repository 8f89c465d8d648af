/**
 * What else the machine is needed for: low-priority work gives way to it. The desktop asks Electron, the command line
 * asks the system as far as it can.
 */
export type MachineUse = {
  readonly isOnBattery: () => boolean;
  /** Somebody used the keyboard or the mouse within the last minute. */
  readonly isUserBusy: () => boolean;
};
