import { success } from "../contract/problem.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { CallHandlers } from "./call.ts";

/** The whole queue: while it is paused nothing begins, and what runs hands over. */
export function queueHandlers(workspace: Workspace): Pick<CallHandlers, "queue:pause" | "queue:resume"> {
  return {
    "queue:pause"() {
      workspace.queue.pause();
      return success(null);
    },
    "queue:resume"() {
      workspace.queue.resume();
      return success(null);
    },
  };
}
