import type { StartCallName } from "../contract/channels.ts";
import { failure, type Problem, success } from "../contract/problem.ts";
import type { CallHandlers } from "./call.ts";
import type { Desktop } from "./desktop.ts";

/** What a window can ask for although its workspace could not be opened. `problem`: why it could not; null when it is open. */
export function startHandlers(parts: {
  readonly home: string;
  readonly problem: Problem | null;
  readonly desktop: Desktop;
  readonly quit: () => void;
}): Pick<CallHandlers, StartCallName> {
  const { home, problem, desktop, quit } = parts;
  return {
    "app:start": () => success({ trouble: problem === null ? null : { problem, folder: home } }),
    async "app:open-workspace"() {
      return (await desktop.openFolder(home))
        ? success(null)
        : failure("output/unwritable:not-shown", { folder: home });
    },
    "app:quit"() {
      // The answer goes out first.
      setImmediate(quit);
      return success(null);
    },
  };
}
