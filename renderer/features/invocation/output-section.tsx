import { Body1, Body1Strong, Button, Caption1, makeStyles, tokens } from "@fluentui/react-components";
import { deviceTitles } from "../../../electron/contract/nouns/device.ts";
import type { InvocationPlan } from "../../../electron/contract/nouns/preflight.ts";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  line: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0 },
  cut: { minWidth: 0, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  path: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2 },
  pair: { display: "flex", flexWrap: "wrap", gap: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXXXL}` },
  fixed: { flexShrink: 0 },
});

/** The file that will be written, and where. */
export function OutputSection({ plan, onChange }: { readonly plan: InvocationPlan; readonly onChange: () => void }) {
  const styles = useStyles();
  return (
    <section className={styles.section}>
      <Body1Strong as="h3">{t("sheet.output")}</Body1Strong>
      <div className={styles.line}>
        <div className={styles.path} data-testid="output-place">
          <Body1 block>
            {plan.output_file} ({t(`setting.batchdeck.output_format.${plan.output_format}`)})
          </Body1>
          <Caption1 className={styles.quiet} block>
            {t("sheet.outputFolder", { folder: plan.output_folder })}
          </Caption1>
          {plan.output_format === "csv" && (
            <Caption1 className={styles.quiet} block>
              {t(plan.csv_formulas === "escape" ? "sheet.formulasEscaped" : "sheet.formulasKept")}
            </Caption1>
          )}
        </div>
        <Button className={styles.fixed} size="small" aria-label={t("sheet.changeOutput")} onClick={onChange}>
          {t("sheet.change")}
        </Button>
      </div>
    </section>
  );
}

type RunsOnProps = {
  readonly plan: InvocationPlan;
  /** Null where it stands elsewhere in the sheet, as a choice. */
  readonly deploymentName: string | null;
};

/** What runs it: the deployment, the device, the workers. */
export function RunsOnSection({ plan, deploymentName }: RunsOnProps) {
  const styles = useStyles();
  return (
    <div className={styles.pair}>
      {deploymentName !== null && (
        <section className={styles.section}>
          <Body1Strong as="h3">{t("sheet.deployment")}</Body1Strong>
          <Body1 className={styles.cut} title={plan.model.name}>
            {deploymentName}
          </Body1>
        </section>
      )}
      <section className={styles.section}>
        <Body1Strong as="h3">{t("sheet.runsOn")}</Body1Strong>
        <Body1>{t("sheet.workers", { device: deviceTitles[plan.device], count: plan.workers })}</Body1>
      </section>
    </div>
  );
}
