import { Body1, Caption1, makeStyles, Spinner, tokens } from "@fluentui/react-components";
import type { InvocationPlan } from "../../../electron/contract/nouns/preflight.ts";
import { format, t } from "../../locales/words.ts";
import type { Preview } from "./preview/use-preview.ts";

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
  const { plan } = report.value;
  const parts = plan.download === null ? readParts(plan) : downloadParts(plan.download);
  return (
    <>
      <Body1 data-testid="input-summary">{parts.join(" · ")}</Body1>
      {plan.input_source !== null && <Caption1 className={styles.quiet}>{plan.input_source}</Caption1>}
    </>
  );
}

/** Nothing was read of what lies elsewhere. */
function readParts({ items, items_exact, item_unit, files, bytes }: InvocationPlan): readonly string[] {
  if (files === 0) return [];
  const amount = t(item_unit === "row" ? "sheet.rows" : "sheet.files", { count: items });
  return [
    items_exact ? amount : t("sheet.about", { amount }),
    ...(item_unit === "row" ? [t("sheet.files", { count: files })] : []),
    format.bytes(bytes),
  ];
}

function downloadParts({ files, bytes, kept_bytes }: NonNullable<InvocationPlan["download"]>): readonly string[] {
  return [
    t("sheet.files", { count: files }),
    t("sheet.download", { size: format.bytes(bytes - kept_bytes) }),
    ...(kept_bytes === 0 ? [] : [t("sheet.kept", { size: format.bytes(kept_bytes) })]),
  ];
}
