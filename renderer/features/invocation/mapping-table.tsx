import {
  Button,
  Caption1,
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
import type { InvocationPlan } from "../../../electron/contract/nouns/preflight.ts";
import { t } from "../../locales/words.ts";

const shownAtFirst = 6;

const useStyles = makeStyles({
  table: { tableLayout: "fixed" },
  head: { fontWeight: tokens.fontWeightSemibold },
  // The first column's text stands where all other text begins.
  cell: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", ":first-child": { paddingLeft: 0 } },
  more: { alignSelf: "flex-start", marginTop: tokens.spacingVerticalXS },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
});

/** Which column fills which input of the model (said only when there are several), with its type and first value. */
export function MappingTable({ mapping }: { readonly mapping: InvocationPlan["mapping"] }) {
  const styles = useStyles();
  const [showAll, setShowAll] = useState(false);
  const rows = mapping.flatMap(({ input, columns }) =>
    columns.map(({ name, type, values: [sample = ""] }) => ({ input, name, type, sample })),
  );
  const hasOneInput = mapping.length === 1;
  const shown = showAll ? rows : rows.slice(0, shownAtFirst);
  const heads = [
    t("sheet.mappingColumn"),
    t("sheet.mappingType"),
    t("sheet.mappingSample"),
    ...(hasOneInput ? [] : [t("sheet.mappingInput")]),
  ];
  return (
    <>
      <Table size="extra-small" className={styles.table} aria-label={t("sheet.mapping")}>
        <TableHeader>
          <TableRow>
            {heads.map((head) => (
              <TableHeaderCell key={head} className={mergeClasses(styles.cell, styles.head)}>
                {head}
              </TableHeaderCell>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {shown.map(({ input, name, type, sample }) => (
            <TableRow key={`${input} ${name}`}>
              {[name, t(`columnType.${type}`), sample, ...(hasOneInput ? [] : [input])].map((text, place) => (
                <TableCell key={heads[place]} className={styles.cell} title={text}>
                  {text}
                </TableCell>
              ))}
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

/** The inputs of the model, as it declares them: `input: float32 [?, 4]`. */
export function ModelInputs({ mapping }: { readonly mapping: InvocationPlan["mapping"] }) {
  const styles = useStyles();
  const inputs = mapping.map(
    ({ input, type, shape }) => `${input}: ${type} [${shape.map((size) => size ?? "?").join(", ")}]`,
  );
  return (
    <Caption1 className={styles.quiet} data-testid="model-inputs">
      {t("sheet.modelInputs", { count: inputs.length, inputs: inputs.join("; ") })}
    </Caption1>
  );
}
