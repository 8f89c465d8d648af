import {
  Button,
  makeStyles,
  mergeClasses,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from "@fluentui/react-components";
import { useState } from "react";
import type { InvocationPlan } from "../../../electron/contract/preflight.ts";
import { t } from "../../locales/words.ts";

const shownAtFirst = 6;

const useStyles = makeStyles({
  table: { tableLayout: "fixed" },
  head: { fontWeight: tokens.fontWeightSemibold },
  // The first column's text stands where all other text begins.
  cell: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", ":first-child": { paddingLeft: 0 } },
  more: { alignSelf: "flex-start", marginTop: tokens.spacingVerticalXS },
});

/** Which column fills which input of the model (said only when there are several), with the first value of each. */
export function MappingTable({ mapping }: { readonly mapping: InvocationPlan["mapping"] }) {
  const styles = useStyles();
  const [showAll, setShowAll] = useState(false);
  const rows = mapping.flatMap(({ input, columns }) =>
    columns.map(({ name, values: [sample = ""] }) => ({ input, name, sample })),
  );
  const hasOneInput = mapping.length === 1;
  const shown = showAll ? rows : rows.slice(0, shownAtFirst);
  return (
    <>
      <Table size="extra-small" className={styles.table} aria-label={t("sheet.mapping")}>
        <TableHeader>
          <TableRow>
            <TableHeaderCell className={mergeClasses(styles.cell, styles.head)}>
              {t("sheet.mappingColumn")}
            </TableHeaderCell>
            <TableHeaderCell className={mergeClasses(styles.cell, styles.head)}>
              {t("sheet.mappingSample")}
            </TableHeaderCell>
            {!hasOneInput && (
              <TableHeaderCell className={mergeClasses(styles.cell, styles.head)}>
                {t("sheet.mappingInput")}
              </TableHeaderCell>
            )}
          </TableRow>
        </TableHeader>
        <TableBody>
          {shown.map(({ input, name, sample }) => (
            <TableRow key={`${input} ${name}`}>
              <TableCell className={styles.cell} title={name}>
                {name}
              </TableCell>
              <TableCell className={styles.cell} title={sample}>
                {sample}
              </TableCell>
              {!hasOneInput && (
                <TableCell className={styles.cell} title={input}>
                  {input}
                </TableCell>
              )}
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {shown.length < rows.length && (
        <Button size="small" appearance="subtle" className={styles.more} onClick={() => setShowAll(true)}>
          {t("sheet.mappingAll", { count: rows.length })}
        </Button>
      )}
    </>
  );
}
