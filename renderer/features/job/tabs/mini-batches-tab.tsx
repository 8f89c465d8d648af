import type { JobView } from "../../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../../electron/contract/job-status.ts";
import { isTextKey } from "../../../locales/translate.ts";
import { format, t } from "../../../locales/words.ts";
import { usePagedRows } from "./paged-rows.ts";
import { RowsPanel } from "./rows-panel.tsx";

/** The records of a job's mini-batches: what is in each, how often it was tried, how long it took, who did it. */
export function MiniBatchesTab({ job }: { readonly job: JobView }) {
  const active = !isTerminal(job.status);
  const paged = usePagedRows("jobs:mini-batches", job.name, job.succeeded + job.failed, active, cellText);
  return (
    <RowsPanel
      label={t("job.tabMiniBatches")}
      paged={paged}
      arrange={named}
      caption={t("minibatches.caption", { count: paged.totalRows })}
      empty={t(active ? "minibatches.noneYet" : "minibatches.none")}
    />
  );
}

function named(columns: readonly string[]) {
  return columns.map((column, place) => {
    const key = `minibatches.column.${column}`;
    return { name: isTextKey(key) ? t(key) : column, place, grow: column === "first_file" };
  });
}

function cellText(column: string, value: string): string {
  if (value === "") return "";
  if (column === "started_at") return format.exact(Date.parse(value));
  const key = `minibatches.${column}.${value}`;
  return isTextKey(key) ? t(key) : value;
}
