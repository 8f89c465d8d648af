import {
  Button,
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from "@fluentui/react-components";
import { useState } from "react";
import type { InvocationPreview } from "../../../electron/contract/channels.ts";
import { t } from "../../locales/words.ts";

const shownAtFirst = 6;

const useStyles = makeStyles({
  table: { tableLayout: "fixed" },
  cell: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  more: { alignSelf: "flex-start", marginTop: tokens.spacingVerticalXS },
});

/** Which column fills which input of the model, with the first value of each. */
export function MappingTable({ mapping }: { readonly mapping: InvocationPreview["mapping"] }) {
  const styles = useStyles();
  const [showAll, setShowAll] = useState(false);
  const rows = mapping.flatMap(({ input, columns }) => columns.map((column) => ({ input, ...column })));
  const shown = showAll ? rows : rows.slice(0, shownAtFirst);
  return (
    <>
      <Table size="extra-small" className={styles.table} aria-label={t("sheet.mapping")}>
        <TableHeader>
          <TableRow>
            <TableHeaderCell>{t("sheet.mappingColumn")}</TableHeaderCell>
            <TableHeaderCell>{t("sheet.mappingSample")}</TableHeaderCell>
            <TableHeaderCell>{t("sheet.mappingInput")}</TableHeaderCell>
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
              <TableCell className={styles.cell} title={input}>
                {input}
              </TableCell>
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
