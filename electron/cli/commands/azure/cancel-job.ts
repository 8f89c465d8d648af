import type { OnAzure } from "../../terminal/command.ts";
import { azureColumns, showSeen } from "./show-seen.ts";

/** Asks Azure to end a job; `job show` shows how it ended. */
export const cancelOnAzure: OnAzure = async (context, values, { jobs }, changes) => {
  const name = values.text("name") ?? "";
  const asked = await changes.cancelJob(name, new AbortController().signal);
  return asked.ok ? showSeen(context, await jobs.show(name), azureColumns.job) : asked;
};
