import type { ItemErrorCode } from "../../../../electron/contract/item-error.ts";
import type { JobView } from "../../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../../electron/contract/job-status.ts";
import { isTextKey } from "../../../locales/translate.ts";
import { itemErrorTitles, t } from "../../../locales/words.ts";
import { usePagedRows } from "./paged-rows.ts";
import { RowsPanel } from "./rows-panel.tsx";

/** The failed items: which, where and why. */
export function ErrorsTab({ job }: { readonly job: JobView }) {
  const active = !isTerminal(job.status);
  const paged = usePagedRows("jobs:errors", job.name, job.failed, active, cellText);
  return (
    <RowsPanel
      label={t("errors.label")}
      paged={paged}
      arrange={reasonFirst}
      caption={null}
      empty={emptyText(job, active)}
    />
  );
}

function emptyText(job: JobView, active: boolean): string {
  if (!active) return t("errors.none");
  return job.failed > 0 ? t("errors.later", { count: job.failed }) : t("errors.noneYet");
}

/** What people read stands before the words that programs do; a title in the window's language before the file's sentence. */
const shownOrder =
  itemErrorTitles === null
    ? ["file", "row", "message", "value", "stage", "code"]
    : ["file", "row", "code", "message", "value", "stage"];

function cellText(column: string, value: string): string {
  const title = column === "code" ? itemErrorTitles?.[value as ItemErrorCode] : undefined;
  return title === undefined ? value : `${title} (${value})`;
}

function reasonFirst(columns: readonly string[]) {
  const rank = (name: string): number => shownOrder.indexOf(name) + 1 || shownOrder.length + 1;
  return columns
    .map((column, place) => ({ column, place }))
    .sort((a, b) => rank(a.column) - rank(b.column))
    .map(({ column, place }) => ({ name: errorColumnName(column), place, grow: column === "message" }));
}

function errorColumnName(column: string): string {
  const key = `errors.column.${column}`;
  return isTextKey(key) ? t(key) : column;
}
