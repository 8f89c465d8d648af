import { failure, success } from "../contract/problem.ts";
import type { JobSpec } from "../contract/nouns/job-spec.ts";
import type { JobDetails } from "../contract/channels.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Desktop } from "./desktop.ts";
import type { CallHandlers } from "./call.ts";

type JobCalls = Pick<
  CallHandlers,
  | "jobs:list"
  | "jobs:show"
  | "jobs:pause"
  | "jobs:resume"
  | "jobs:cancel"
  | "jobs:retry-failed"
  | "jobs:delete"
  | "jobs:predictions"
  | "jobs:row-pictures"
  | "jobs:errors"
  | "jobs:open-output"
  | "jobs:arrange"
  | "jobs:mini-batches"
  | "jobs:log"
>;

/** `onListed` is told when a page has fetched the jobs: from then on it listens for changes. */
export function jobHandlers(workspace: Workspace, desktop: Desktop, onListed: () => void): JobCalls {
  return {
    "jobs:list"() {
      const jobs = workspace.jobs.list();
      onListed();
      return success([...jobs]);
    },
    "jobs:show"({ name }) {
      const shown = workspace.jobs.show(name);
      if (!shown.ok) return shown;
      const spec = workspace.jobs.spec(name);
      return success({
        job: shown.value,
        batch_chosen_by: spec?.batchChosenBy ?? "default",
        settings: spec === null ? [] : settingsOf(spec),
        history: workspace.jobs.history(name).map(({ at, status, note }) => ({ at, status, note })),
      });
    },
    "jobs:pause": ({ name }) => workspace.jobs.pause(name),
    "jobs:resume": ({ name, skip_changed }) => workspace.jobs.resume(name, { skipChanged: skip_changed }),
    "jobs:cancel": ({ name }) => workspace.jobs.cancel(name),
    async "jobs:retry-failed"({ name }) {
      const retry = await workspace.jobs.retryFailed(name);
      return retry.ok ? success(retry.value.job) : retry;
    },
    "jobs:delete": ({ name }) => workspace.jobs.delete(name),
    "jobs:predictions": ({ name, offset, limit }) => workspace.jobs.page(name, "predictions", offset, limit),
    "jobs:row-pictures": ({ name, row }) => workspace.jobs.rowPictures(name, row),
    "jobs:errors": ({ name, offset, limit }) => workspace.jobs.page(name, "errors", offset, limit),
    "jobs:arrange": ({ name, priority, place }) =>
      workspace.jobs.arrange(name, {
        ...(priority === null ? {} : { priority }),
        ...(place === null ? {} : { place }),
      }),
    "jobs:mini-batches": ({ name, offset, limit }) => workspace.jobs.miniBatchPage(name, offset, limit),
    async "jobs:log"({ name, kind }) {
      const log = await workspace.jobs.logEnd(name, kind);
      if (!log.ok) return log;
      const { text, isCut, kinds } = log.value;
      return success({ text, is_cut: isCut, kinds: [...kinds] });
    },
    async "jobs:open-output"({ name }) {
      const shown = workspace.jobs.show(name);
      if (!shown.ok) return shown;
      const opened = await desktop.openFolder(shown.value.output_path);
      if (opened) return success(null);
      return failure("output/unwritable:not-shown", { folder: shown.value.output_path });
    },
  };
}

/** What a job was run with, under Azure's keys (the window has plain words for them); what was left out is not in it. */
function settingsOf(spec: JobSpec): JobDetails["settings"] {
  const { settings, output } = spec;
  const rows: readonly (readonly [azureName: string, value: string | number | boolean | null, name?: string])[] = [
    ["mini_batch_size", settings.mini_batch_size],
    ["instance_count", settings.instance_count],
    ["max_concurrency_per_instance", settings.max_concurrency_per_instance],
    ["error_threshold", settings.error_threshold],
    ["retry_settings.max_retries", settings.retry_settings.max_retries],
    ["retry_settings.timeout", settings.retry_settings.timeout],
    ["output_action", settings.output_action],
    ["output_file_name", output.fileName],
    ["logging_level", settings.logging_level],
    ["batchdeck.output_format", output.format],
    ["batchdeck.csv_formulas", output.csvFormulas],
    ["batchdeck.recursive", spec.input.recursive],
    ["model", `${spec.model.name}:${spec.model.version}`, "Model"],
    ["compute", spec.compute, "Compute"],
    ["batch", spec.batch, "Items per model run"],
  ];
  return rows.flatMap(([azure_name, value, name = azure_name]) =>
    value === null ? [] : [{ name, azure_name, value: String(value) }],
  );
}
