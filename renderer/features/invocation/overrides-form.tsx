import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Field,
  Input,
  makeStyles,
  Select,
  tokens,
} from "@fluentui/react-components";
import { useRef } from "react";
import type { InvocationPlan } from "../../../electron/contract/nouns/preflight.ts";
import { t } from "../../locales/words.ts";
import { numberFieldNames, numberFields, type OverrideForm, overrideFaults } from "./overrides.ts";

const useStyles = makeStyles({
  // Its arrow stands where all other text begins, its fields end where that ends.
  folded: { margin: `0 calc(-1 * ${tokens.spacingHorizontalM})` },
  fields: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    paddingBottom: tokens.spacingVerticalM,
  },
});

type Props = {
  readonly form: OverrideForm;
  readonly onChange: (form: OverrideForm) => void;
  /** What the deployment tolerates; -1 is any number, null: it is not known here. */
  readonly deploymentThreshold: number | null;
  /** What will be written as things stand; formulas are a matter of CSV alone. */
  readonly format: InvocationPlan["output_format"];
};

/** Settings of this job only, folded away until somebody wants them. */
export function OverridesForm({ form, onChange, deploymentThreshold, format }: Props) {
  const styles = useStyles();
  const fields = useRef<HTMLDivElement>(null);
  const faults = overrideFaults(form);
  return (
    <Accordion collapsible className={styles.folded}>
      <AccordionItem value="overrides">
        <AccordionHeader size="small">{t("sheet.overrides")}</AccordionHeader>
        {/* In a low window the fields unfold out of sight. */}
        <AccordionPanel collapseMotion={{ onMotionFinish: () => fields.current?.scrollIntoView({ block: "nearest" }) }}>
          <div className={styles.fields} ref={fields}>
            {numberFieldNames.map((field) => (
              <Field
                key={field}
                label={t(`setting.${field}`)}
                hint={t(field === "retry_settings.timeout" ? "sheet.secondsHint" : "sheet.overrideHint", {
                  key: field,
                })}
                size="small"
                {...(faults.includes(field)
                  ? {
                      validationMessage: t(numberFields[field] === 0 ? "sheet.wholeNumberOrZero" : "sheet.wholeNumber"),
                    }
                  : {})}
              >
                <Input
                  size="small"
                  inputMode="numeric"
                  value={form.numbers[field] ?? ""}
                  onChange={(_, { value }) =>
                    onChange({ ...form, numbers: { ...form.numbers, [field]: value.trim() } })
                  }
                />
              </Field>
            ))}
            <Field label={t("sheet.threshold")} hint={t("sheet.thresholdHint")} size="small">
              <Select
                size="small"
                value={form.threshold}
                onChange={(_, { value }) => onChange({ ...form, threshold: value as OverrideForm["threshold"] })}
              >
                <option value="deployment">{ownThreshold(deploymentThreshold)}</option>
                <option value="never">{t("sheet.thresholdNever")}</option>
                <option value="after">{t("sheet.thresholdAfter")}</option>
              </Select>
            </Field>
            {form.threshold === "after" && (
              <Field
                label={t("sheet.thresholdCount")}
                size="small"
                {...(faults.includes("thresholdCount") ? { validationMessage: t("sheet.wholeNumberOrZero") } : {})}
              >
                <Input
                  size="small"
                  inputMode="numeric"
                  value={form.thresholdCount}
                  onChange={(_, { value }) => onChange({ ...form, thresholdCount: value.trim() })}
                />
              </Field>
            )}
            <Field
              label={t("setting.output_file_name")}
              hint={t("sheet.overrideHint", { key: "output_file_name" })}
              size="small"
            >
              <Input
                size="small"
                value={form.outputFile}
                onChange={(_, { value }) => onChange({ ...form, outputFile: value.trim() })}
              />
            </Field>
            <Field label={t("sheet.format")} size="small">
              <Select
                size="small"
                value={form.format}
                onChange={(_, { value }) => onChange({ ...form, format: value as OverrideForm["format"] })}
              >
                <option value="deployment">{t("sheet.formatDeployment")}</option>
                <option value="csv">{t("sheet.formatCsv")}</option>
                <option value="parquet">{t("sheet.formatParquet")}</option>
                <option value="jsonl">{t("sheet.formatJsonl")}</option>
                <option value="azureml">{t("sheet.formatAzureml")}</option>
              </Select>
            </Field>
            {format === "csv" && (
              <Field label={t("sheet.formulas")} hint={t("sheet.formulasHint")} size="small">
                <Select
                  size="small"
                  value={form.formulas}
                  onChange={(_, { value }) => onChange({ ...form, formulas: value as OverrideForm["formulas"] })}
                >
                  <option value="deployment">{t("sheet.formatDeployment")}</option>
                  <option value="escape">{t("setting.batchdeck.csv_formulas.escape")}</option>
                  <option value="keep">{t("setting.batchdeck.csv_formulas.keep")}</option>
                </Select>
              </Field>
            )}
          </div>
        </AccordionPanel>
      </AccordionItem>
    </Accordion>
  );
}

function ownThreshold(count: number | null): string {
  if (count === null) return t("sheet.formatDeployment");
  return count < 0 ? t("sheet.thresholdDeploymentNever") : t("sheet.thresholdDeployment", { count });
}
