import {
  Caption1,
  makeStyles,
  mergeClasses,
  Subtitle2,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from "@fluentui/react-components";
import type { ComparedColumnSummary, Comparison } from "../../../electron/contract/messages/compare-messages.ts";
import { format, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  box: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM, minWidth: 0 },
  bar: {
    display: "flex",
    gap: "2px",
    height: "12px",
    overflow: "hidden",
    borderRadius: tokens.borderRadiusMedium,
    "@media (forced-colors: active)": { border: "1px solid CanvasText" },
  },
  legend: {
    display: "grid",
    gridTemplateColumns: "auto minmax(0, 1fr) auto",
    columnGap: tokens.spacingHorizontalS,
    rowGap: "2px",
    alignItems: "center",
    margin: 0,
    padding: 0,
    listStyleType: "none",
    fontSize: tokens.fontSizeBase300,
    lineHeight: tokens.lineHeightBase300,
  },
  entry: { display: "contents" },
  number: { textAlign: "right", fontVariantNumeric: "tabular-nums" },
  swatch: { width: "10px", height: "10px", borderRadius: "2px", forcedColorAdjust: "none" },
  // A handful among millions is still seen.
  part: { flexShrink: 1, minWidth: "4px", forcedColorAdjust: "none" },
  // Neighbours differ in lightness too, and the legend has the bar's order.
  same: { backgroundColor: tokens.colorCompoundBrandBackground },
  changed: { backgroundColor: tokens.colorPaletteMarigoldBorderActive },
  only_in_a: { backgroundColor: tokens.colorPaletteTealBorderActive },
  only_in_b: { backgroundColor: tokens.colorPaletteLavenderBorderActive },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  table: { tableLayout: "fixed" },
  head: { fontWeight: tokens.fontWeightSemibold },
  // Names of columns begin alike, and differ at their ends.
  name: { overflowWrap: "anywhere", ":first-child": { paddingLeft: 0 } },
  cell: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", ":first-child": { paddingLeft: 0 } },
});

const parts = ["same", "changed", "only_in_a", "only_in_b"] as const;

/** What a comparison came to: how many items are the same, and what changed in which column. */
export function ComparisonSummary({ comparison }: { readonly comparison: Comparison }) {
  const styles = useStyles();
  const { lined_up_by: by } = comparison;
  const notes = [
    t("compare.rows", { count: comparison.rows_in_a, other: comparison.rows_in_b }),
    ...(by === "item" ? [] : [t(`compare.by.${by}`)]),
    ...counted("compare.changedInput", comparison.changed_input),
    ...counted("compare.failedInB", comparison.failed_in_b),
    ...counted("compare.failedInA", comparison.failed_in_a),
    ...named("compare.onlyColumnsA", comparison.columns_only_in_a),
    ...named("compare.onlyColumnsB", comparison.columns_only_in_b),
  ];
  return (
    <section className={styles.box} aria-label={t("compare.result")} data-testid="comparison">
      <Subtitle2 as="h3">{t("compare.result")}</Subtitle2>
      {by !== "nothing" && <Counts comparison={comparison} />}
      {notes.map((note) => (
        <Caption1 key={note} block className={styles.quiet}>
          {note}
        </Caption1>
      ))}
      {comparison.columns.length > 0 && <Columns columns={comparison.columns} />}
      {comparison.columns.map((column) => (
        <Changes key={column.name} column={column} />
      ))}
    </section>
  );
}

function Counts({ comparison }: { readonly comparison: Comparison }) {
  const styles = useStyles();
  const total = parts.reduce((sum, part) => sum + comparison[part], 0);
  return (
    <>
      <div className={styles.bar} aria-hidden="true">
        {parts
          .filter((part) => comparison[part] > 0)
          .map((part) => (
            <span
              key={part}
              className={mergeClasses(styles.part, styles[part])}
              style={{ width: `${(comparison[part] / total) * 100}%` }}
            />
          ))}
      </div>
      <ul role="list" className={styles.legend} aria-label={t("compare.result")}>
        {parts.map((part) => (
          <li key={part} className={styles.entry}>
            <span className={mergeClasses(styles.swatch, styles[part])} aria-hidden="true" />
            <span>{t(`compare.count.${part}`)}</span>
            <span className={styles.number}>{format.number(comparison[part])}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Columns({ columns }: { readonly columns: readonly ComparedColumnSummary[] }) {
  const styles = useStyles();
  const heads = [
    t("compare.column"),
    t("compare.columnChanged"),
    t("compare.columnLargest"),
    t("compare.columnMean"),
  ] as const;
  return (
    <Table size="extra-small" className={styles.table} aria-label={t("compare.columns")}>
      <TableHeader>
        <TableRow>
          {heads.map((head) => (
            <TableHeaderCell key={head} className={mergeClasses(styles.cell, styles.head)} title={head}>
              {head}
            </TableHeaderCell>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {columns.map((column) => (
          <TableRow key={column.name}>
            <TableCell className={styles.name}>{column.name}</TableCell>
            <TableCell className={styles.cell}>{format.number(column.changed)}</TableCell>
            <TableCell className={styles.cell} title={largestText(column)}>
              {figureOf(column.largest)}
            </TableCell>
            <TableCell className={styles.cell} title={figureOf(column.mean)}>
              {figureOf(column.mean)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** Which labels became which, the commonest first. */
function Changes({ column: { name, changes } }: { readonly column: ComparedColumnSummary }) {
  const styles = useStyles();
  if (changes.length === 0) return null;
  const title = t("compare.changes", { column: name });
  return (
    <div className={styles.box}>
      <Text weight="semibold">{title}</Text>
      <ul role="list" className={styles.legend} aria-label={title}>
        {changes.map(({ from, to, count }) => (
          <li key={`${from}\n${to}`} className={styles.entry}>
            <span />
            <span className={styles.quiet}>{t("compare.change", { from, to })}</span>
            <span className={styles.number}>{format.number(count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function figureOf(value: number | null): string {
  return value === null ? "" : format.figure(value);
}

/** With the item that it was found at. */
function largestText({ largest, largest_at: at }: ComparedColumnSummary): string {
  if (largest === null || at === null) return figureOf(largest);
  const place = at.row === null ? at.file : `${at.file}:${at.row}`;
  return t("compare.largestAt", { figure: format.figure(largest), place });
}

function counted(key: "compare.changedInput" | "compare.failedInB" | "compare.failedInA", count: number): string[] {
  return count === 0 ? [] : [t(key, { count })];
}

function named(key: "compare.onlyColumnsA" | "compare.onlyColumnsB", columns: readonly string[]): string[] {
  return columns.length === 0 ? [] : [t(key, { columns: columns.join(", ") })];
}
