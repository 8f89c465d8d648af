import { Caption1, makeStyles, Spinner, tokens } from "@fluentui/react-components";
import { type ReactNode, useMemo } from "react";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { fitColumns, type TableColumn } from "../../../components/table-columns.ts";
import { type RowChoice, VirtualTable } from "../../../components/virtual-table.tsx";
import { format, t } from "../../../locales/words.ts";
import { maxRowsShown, type PagedRows } from "./paged-rows.ts";

const useStyles = makeStyles({
  panel: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    flexGrow: 1,
    minWidth: 0,
    minHeight: 0,
  },
  empty: { padding: tokens.spacingVerticalXL, color: tokens.colorNeutralForeground2, textAlign: "center" },
  caption: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
});

type Props = {
  readonly label: string;
  readonly paged: PagedRows;
  /** Which of the file's columns are shown, in which order and under which names. */
  readonly arrange: (columns: readonly string[]) => readonly Pick<TableColumn, "name" | "place" | "grow">[];
  /** Under the table, when there is something to say that stands nowhere else. */
  readonly caption: string | null;
  /** In place of the table while it has no rows. */
  readonly empty: ReactNode;
  /** Left out or null: rows are read and not chosen. */
  readonly choice?: RowChoice | null;
};

/** The rows of one of a job's files, or why there are none. */
export function RowsPanel({ label, paged, arrange, caption, empty, choice = null }: Props) {
  const styles = useStyles();
  const { columns, firstRows, totalRows, problem } = paged;
  const fitted = useMemo(() => fitColumns(arrange(columns ?? []), firstRows), [columns, firstRows, arrange]);
  const isCut = totalRows > maxRowsShown;
  const note = isCut ? t("results.capped", { shown: maxRowsShown, count: format.number(totalRows) }) : caption;
  const hasRows = columns !== null && totalRows > 0;
  return (
    <div className={styles.panel}>
      {problem !== null && <ProblemNotice problem={problem} />}
      {hasRows && (
        <>
          <VirtualTable
            label={label}
            columns={fitted}
            rowCount={Math.min(totalRows, maxRowsShown)}
            rowAt={paged.rowAt}
            onRange={paged.onRange}
            choice={choice}
          />
          {note !== null && <Caption1 className={styles.caption}>{note}</Caption1>}
        </>
      )}
      {!hasRows && problem === null && (
        <div className={styles.empty}>
          {columns === null ? <Spinner size="small" label={t("results.loading")} delay={200} /> : empty}
        </div>
      )}
    </div>
  );
}
