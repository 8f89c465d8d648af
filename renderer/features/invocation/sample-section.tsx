import {
  Body1Strong,
  Caption1,
  makeStyles,
  mergeClasses,
  Spinner,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from "@fluentui/react-components";
import { Warning16Regular } from "@fluentui/react-icons";
import type { ItemError } from "../../../electron/contract/item-error.ts";
import type { PreflightSample } from "../../../electron/contract/nouns/preflight.ts";
import { sentenceOf } from "../../../electron/contract/sentences/sentences.ts";
import { itemErrorTitles, preflightSentences, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  spinner: { justifyContent: "flex-start" },
  // A row may have a column for each of a thousand labels.
  scroll: {
    overflowX: "auto",
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
  },
  table: { width: "max-content", minWidth: "100%" },
  head: { fontWeight: tokens.fontWeightSemibold },
  cell: {
    maxWidth: "200px",
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
    fontVariantNumeric: "tabular-nums",
    ":first-child": { paddingLeft: 0 },
  },
  error: { display: "flex", gap: tokens.spacingHorizontalXS, overflowWrap: "anywhere" },
  icon: { flexShrink: 0, color: tokens.colorPaletteDarkOrangeForeground1 },
  quiet: { color: tokens.colorNeutralForeground2 },
});

const maxColumns = 40;

type Props = {
  /** Null: there is none. */
  readonly sample: PreflightSample | null;
  readonly isComing: boolean;
};

/** The first items as the job would score them. */
export function SampleSection({ sample, isComing }: Props) {
  const styles = useStyles();
  if (sample === null && !isComing) return null;
  return (
    <section className={styles.section} data-testid="sample">
      <Body1Strong as="h3">{t("sheet.sample")}</Body1Strong>
      {sample === null ? (
        <Spinner className={styles.spinner} size="tiny" labelPosition="after" label={t("sheet.sampling")} />
      ) : (
        <>
          {sample.rows.length > 0 && <SampleTable sample={sample} />}
          {sample.errors.map((error) => (
            <Caption1 key={`${error.file} ${error.row}`} className={styles.error}>
              <Warning16Regular className={styles.icon} aria-hidden="true" />
              <span>
                {error.row === null
                  ? t("sheet.sampleErrorFile", { file: error.file, message: errorText(error) })
                  : t("sheet.sampleErrorRow", { file: error.file, row: error.row, message: errorText(error) })}
              </span>
            </Caption1>
          ))}
          {sample.left_out !== null && (
            <Caption1 className={styles.quiet}>{sentenceOf(preflightSentences.noSample, sample.left_out)}</Caption1>
          )}
        </>
      )}
    </section>
  );
}

/** As `errors.csv` will have it, behind a title where that is in another language than the window's. */
function errorText({ code, message }: ItemError): string {
  return itemErrorTitles === null ? message : `${itemErrorTitles[code]}. ${message}`;
}

function SampleTable({ sample: { columns, rows } }: { readonly sample: PreflightSample }) {
  const styles = useStyles();
  const shown = columns.slice(0, maxColumns);
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("sheet.sample")}>
      <Table size="extra-small" className={styles.table} noNativeElements={false} aria-label={t("sheet.sample")}>
        <TableHeader>
          <TableRow>
            {shown.map((name, place) => (
              <TableHeaderCell key={place} className={mergeClasses(styles.cell, styles.head)} title={name}>
                {name}
              </TableHeaderCell>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map((cells, row) => (
            <TableRow key={row}>
              {shown.map((_, place) => (
                <TableCell key={place} className={styles.cell} title={cells[place]}>
                  {cells[place]}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
