import type { JobView } from "../../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../../electron/contract/job-status.ts";
import { t } from "../../../locales/words.ts";
import { usePagedRows } from "./paged-rows.ts";
import { RowsPanel } from "./rows-panel.tsx";

/** The predictions, from the first rows that are merged on. */
export function ResultsTab({ job }: { readonly job: JobView }) {
  const active = !isTerminal(job.status);
  const paged = usePagedRows("jobs:predictions", job.name, job.succeeded + job.failed, active);
  return (
    <RowsPanel
      label={t("results.label")}
      paged={paged}
      arrange={asInTheFile}
      caption={active ? t("results.soFar", { count: paged.totalRows }) : null}
      empty={t(active ? "results.waiting" : "results.none")}
    />
  );
}

function asInTheFile(columns: readonly string[]) {
  return columns.map((name, place) => ({ name, place, grow: false }));
}
