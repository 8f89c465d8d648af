import { Body1Strong, Field, makeStyles, Select, tokens } from "@fluentui/react-components";
import { useId } from "react";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
});

type ChoiceProps = {
  readonly endpoint: {
    readonly default_deployment: string | null;
    readonly deployments: readonly { readonly name: string }[];
  };
  readonly chosen: string | null;
  readonly onChoose: (name: string) => void;
};

/** Which deployment scores: asked when there are several. */
export function DeploymentChoice({ endpoint, chosen, onChoose }: ChoiceProps) {
  const styles = useStyles();
  const labelId = useId();
  const mark = (name: string): string =>
    name === endpoint.default_deployment ? t("sheet.defaultMark", { name }) : name;
  return (
    <section className={styles.section}>
      <Body1Strong as="h3" id={labelId}>
        {t("sheet.deployment")}
      </Body1Strong>
      <Field {...(chosen === null ? { hint: t("sheet.noDefault") } : {})}>
        <Select aria-labelledby={labelId} value={chosen ?? ""} onChange={(_, { value }) => onChoose(value)}>
          {chosen === null && <option value="">{t("sheet.chooseDeployment")}</option>}
          {endpoint.deployments.map(({ name }) => (
            <option key={name} value={name}>
              {mark(name)}
            </option>
          ))}
        </Select>
      </Field>
    </section>
  );
}
