import {
  Body1,
  Caption1,
  Checkbox,
  Field,
  makeStyles,
  MessageBar,
  MessageBarBody,
  Select,
  Subtitle2,
  tokens,
} from "@fluentui/react-components";
import type { AzureDifference } from "../../../../electron/contract/views/azure-write.ts";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { t } from "../../../locales/words.ts";
import { useApp } from "../../../store/app-store.ts";
import { chosenWorkspace } from "../../../store/azure.ts";
import { ClusterChoice } from "./cluster-choice.tsx";
import type { PublishChoice } from "./use-publish-choice.ts";

const useStyles = makeStyles({
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  bar: { flexShrink: 0 },
  list: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    margin: `${tokens.spacingVerticalS} 0 0`,
    paddingLeft: tokens.spacingHorizontalL,
  },
});

/** What is published, and where to. */
export function PublishForm({ choice }: { readonly choice: PublishChoice }) {
  const styles = useStyles();
  const workspace = useApp(({ azure }) => chosenWorkspace(azure));
  const { endpoint, deploymentName, there, differences } = choice;
  const names = { endpoint: endpoint.name, deployment: deploymentName, workspace: workspace?.workspace ?? "" };
  return (
    <>
      {differences.state === "failed" && <ProblemNotice problem={differences.problem} />}
      <Body1 className={styles.quiet}>
        {t("publish.lead", names)} {there?.endpoint === false && t("publish.makesEndpoint", names)}
      </Body1>
      {there?.deployment === true && (
        <MessageBar intent="warning" layout="multiline" className={styles.bar}>
          <MessageBarBody>{t("publish.replaces", names)}</MessageBarBody>
        </MessageBar>
      )}
      {endpoint.deployments.length > 1 && (
        <Field label={t("sheet.deployment")}>
          <Select value={deploymentName} onChange={(_, { value }) => choice.chooseDeployment(value)}>
            {endpoint.deployments.map(({ name }) => (
              <option key={name} value={name}>
                {name === endpoint.default_deployment ? t("sheet.defaultMark", { name }) : name}
              </option>
            ))}
          </Select>
        </Field>
      )}
      <ClusterChoice {...choice} />
      <Checkbox
        checked={choice.isDefault}
        onChange={(_, { checked }) => choice.chooseDefault(checked === true)}
        label={
          <>
            {t("publish.makeDefault")}
            <Caption1 block className={styles.quiet}>
              {t("publish.makeDefaultHint")}
            </Caption1>
          </>
        }
      />
      {differences.state === "ready" && differences.value.length > 0 && (
        <section data-testid="differences">
          <Subtitle2 as="h3">{t("publish.differences")}</Subtitle2>
          <ul className={styles.list}>
            {differences.value.map((difference) => (
              <li key={difference.kind}>{differenceText(difference)}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function differenceText(difference: AzureDifference): string {
  const keys = difference.kind === "own-settings" ? difference.keys.join(", ") : "";
  return t(`publish.difference.${difference.kind}`, { keys });
}
