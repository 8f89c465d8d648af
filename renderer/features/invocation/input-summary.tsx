import { Body1, Caption1, makeStyles, Spinner, tokens } from "@fluentui/react-components";
import { format, t } from "../../locales/words.ts";
import type { Preview } from "./use-preview.ts";

const useStyles = makeStyles({
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  spinner: { justifyContent: "flex-start" },
});

/** How much there is to score. */
export function InputSummary({ preview, name }: { readonly preview: Preview; readonly name: string }) {
  const styles = useStyles();
  const { report } = preview;
  if (report.state === "loading") {
    return (
      <Spinner className={styles.spinner} size="tiny" labelPosition="after" label={t("sheet.looking", { name })} />
    );
  }
  if (report.state === "failed" || report.value.plan === null) return null;
  const { items, items_exact, item_unit, files, bytes, input_source } = report.value.plan;
  const amount = t(item_unit === "row" ? "sheet.rows" : "sheet.files", { count: items });
  const parts = [
    items_exact ? amount : t("sheet.about", { amount }),
    ...(item_unit === "row" ? [t("sheet.files", { count: files })] : []),
    format.bytes(bytes),
  ];
  return (
    <>
      <Body1 data-testid="input-summary">{parts.join(" · ")}</Body1>
      {input_source !== null && <Caption1 className={styles.quiet}>{input_source}</Caption1>}
    </>
  );
}
