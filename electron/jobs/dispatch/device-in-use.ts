import { deviceTitles } from "../../contract/nouns/device.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobLog } from "../folder/job-log.ts";

/** What workers to come run the model on: the device of the job, or the CPU once workers crashed while it was at work. */
export type DeviceInUse = {
  readonly current: () => JobSpec["device"];
  /** Why it is not the device of the job any more; null while it is. */
  readonly fault: () => string | null;
  /** Changes over to the CPU; false when that is in use already. */
  readonly giveUp: () => boolean;
};

export function createDeviceInUse({ device }: Pick<JobSpec, "device">, log: JobLog): DeviceInUse {
  let fault: string | null = null;
  return {
    current: () => (fault === null ? device : "cpu"),
    fault: () => fault,
    giveUp() {
      if (device === "cpu" || fault !== null) return false;
      fault = `Worker processes ended while ${deviceTitles[device]} was at work.`;
      log.warning(`${fault} The CPU goes on.`);
      return true;
    },
  };
}
