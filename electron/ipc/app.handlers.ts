import { statfs } from "node:fs/promises";
import os from "node:os";
import { deviceTitles } from "../contract/nouns/device.ts";
import { success } from "../contract/problem.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Desktop } from "./desktop.ts";
import type { CallHandlers } from "./call.ts";
import { localComputeName } from "../contract/views/compute.ts";

/** Facts about the program and the computer, for the status strip. */
export function appHandlers(workspace: Workspace, desktop: Desktop): Pick<CallHandlers, "app:info"> {
  return {
    async "app:info"() {
      const local = workspace.computes.show(localComputeName);
      const device = local.ok ? local.value.device : "auto";
      const disk = await statfs(workspace.home).catch(() => null);
      return success({
        version: desktop.version,
        workspace: workspace.home,
        cores: os.availableParallelism(),
        free_disk_bytes: disk === null ? null : disk.bavail * disk.bsize,
        engine_here: workspace.engine.holdsLease(),
        // `auto` stays with the CPU until a long job was measured to be faster elsewhere.
        device: deviceTitles[device === "auto" ? "cpu" : device],
      });
    },
  };
}
