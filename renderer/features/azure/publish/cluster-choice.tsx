import { Body1, Button, Field, makeStyles, Radio, RadioGroup, Spinner, tokens } from "@fluentui/react-components";
import { ArrowClockwise20Regular } from "@fluentui/react-icons";
import type { AzureCluster } from "../../../../electron/contract/views/azure-card.ts";
import { t } from "../../../locales/words.ts";
import { AzureProblem } from "../azure-problem.tsx";
import { SeenNote } from "../seen-note.tsx";
import type { PublishChoice } from "./use-publish-choice.ts";

const useStyles = makeStyles({
  name: { display: "block", overflowWrap: "anywhere", fontWeight: tokens.fontWeightSemibold },
  quiet: { display: "block", color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  spinner: { justifyContent: "flex-start" },
  empty: { display: "flex", flexDirection: "column", alignItems: "flex-start", gap: tokens.spacingVerticalS },
});

type Props = Pick<PublishChoice, "clusters" | "cluster" | "chooseCluster">;

/** Which cluster of the workspace the deployment runs on. */
export function ClusterChoice({ clusters: { seen, askAgain }, cluster, chooseCluster }: Props) {
  const styles = useStyles();
  if (seen.state === "loading") {
    return <Spinner className={styles.spinner} size="tiny" label={t("publish.clustersLoading")} />;
  }
  if (seen.state === "failed") return <AzureProblem problem={seen.problem} onRetry={askAgain} />;
  const { view } = seen.value;
  return (
    <>
      <SeenNote seen={seen.value} onRetry={askAgain} />
      {view.length === 0 && (
        <div className={styles.empty}>
          <Body1>{t("publish.noCluster")}</Body1>
          <Button icon={<ArrowClockwise20Regular />} onClick={askAgain}>
            {t("azure.refresh")}
          </Button>
        </div>
      )}
      {view.length > 0 && (
        <Field label={t("publish.cluster")}>
          <RadioGroup value={cluster ?? ""} onChange={(_, { value }) => chooseCluster(value)}>
            {view.map((one) => (
              <Radio
                key={one.name}
                value={one.name}
                label={
                  <>
                    <span className={styles.name}>{one.name}</span>
                    <span className={styles.quiet}>{factsOf(one)}</span>
                  </>
                }
              />
            ))}
          </RadioGroup>
        </Field>
      )}
    </>
  );
}

/** Its machines, how many there may be, and its state when it is not ready. Words of size and state are Azure's. */
function factsOf({ type, size, min_instances: min, max_instances: max, provisioning_state: state }: AzureCluster) {
  return [
    ...(type === "kubernetes" ? [t("publish.kubernetes")] : []),
    ...(size === null ? [] : [size]),
    ...(max === null ? [] : [t("publish.nodes", { range: min === null ? `${max}` : `${min}–${max}`, count: max })]),
    ...(state === null || state === "Succeeded" ? [] : [state]),
  ].join(" · ");
}
