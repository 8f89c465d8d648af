import path from "node:path";
import type { EventPayload } from "../contract/channels.ts";
import { failure, success } from "../contract/problem.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { CallHandlers } from "./call.ts";
import type { Desktop } from "./desktop.ts";

type ComparisonCalls = Pick<CallHandlers, "comparisons:run" | "comparisons:stop" | "comparisons:open">;

/** Two finished jobs side by side; one comparison runs at a time. `onProgress`: how far it is. */
export function comparisonHandlers(
  workspace: Workspace,
  desktop: Desktop,
  onProgress: (progress: EventPayload<"comparisons:progress">) => void,
): ComparisonCalls {
  let running: AbortController | null = null;
  /** The folder of the file that the last comparison wrote. */
  let lastFolder: string | null = null;
  return {
    async "comparisons:run"({ a, b, tolerance }) {
      running?.abort();
      const own = new AbortController();
      running = own;
      const compared = await workspace.jobs.compare(a, b, {
        tolerance,
        outputPath: null,
        onProgress: (items, total) => {
          if (running === own) onProgress({ items, total });
        },
        signal: own.signal,
      });
      if (running === own) running = null;
      if (!compared.ok) return compared;
      const file = compared.value?.differences_file ?? null;
      if (file !== null) lastFolder = path.dirname(file);
      return success(compared.value);
    },
    "comparisons:stop"() {
      running?.abort();
      return success(null);
    },
    async "comparisons:open"() {
      if (lastFolder !== null && (await desktop.openFolder(lastFolder))) return success(null);
      return failure("output/gone:differences", { folder: lastFolder });
    },
  };
}
