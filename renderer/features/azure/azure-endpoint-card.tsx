import {
  Badge,
  Body1,
  Caption1,
  Card,
  makeStyles,
  mergeClasses,
  Subtitle2,
  Text,
  tokens,
} from "@fluentui/react-components";
import {
  ArrowSync16Regular,
  CheckmarkCircle16Filled,
  Cloud24Regular,
  ErrorCircle16Filled,
  QuestionCircle16Regular,
} from "@fluentui/react-icons";
import { useId, useState } from "react";
import type { Problem } from "../../../electron/contract/problem.ts";
import type { AzureEndpointCard as Endpoint } from "../../../electron/contract/views/azure-card.ts";
import { arrowStop } from "../../components/arrow-focus.ts";
import { DropZone } from "../../components/drop-zone.tsx";
import { useDropTarget } from "../../components/drop-target.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import { chooseInput, takeDrop } from "../../store/actions.ts";

const useStyles = makeStyles({
  card: { height: "100%", boxSizing: "border-box", gap: tokens.spacingVerticalS },
  over: { outline: `2px solid ${tokens.colorCompoundBrandStroke}`, outlineOffset: "-2px" },
  head: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalM, minWidth: 0 },
  icon: { display: "flex", color: tokens.colorBrandForeground1, paddingTop: "2px" },
  titles: { minWidth: 0, flexGrow: 1 },
  cut: { display: "block", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  quiet: { color: tokens.colorNeutralForeground2 },
  clamped: {
    display: "-webkit-box",
    WebkitBoxOrient: "vertical",
    WebkitLineClamp: 2,
    overflow: "hidden",
    overflowWrap: "anywhere",
  },
  list: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    margin: 0,
    padding: 0,
    listStyleType: "none",
  },
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0 },
  name: { minWidth: 0, overflowWrap: "anywhere" },
  state: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXXS, flexShrink: 0 },
  good: { color: tokens.colorStatusSuccessForeground1 },
  busy: { color: tokens.colorNeutralForeground2 },
  bad: { color: tokens.colorStatusDangerForeground1 },
});

type Props = {
  readonly endpoint: Endpoint;
  /** Something is dragged over the window: every card that can score shows that it would take it. */
  readonly isDragging: boolean;
};

/**
 * A batch endpoint in Azure: its state, the deployments that serve it, and the place to drop something on. Texts are
 * Azure's and may hold anything.
 */
export function AzureEndpointCard({ endpoint, isDragging }: Props) {
  const styles = useStyles();
  const titleId = useId();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const { name, description, default_deployment: defaultName, deployments } = endpoint;
  const canScore = deployments.some(({ type }) => type === "model");

  const report = async (work: Promise<Problem | null>): Promise<void> => {
    setNotice(null);
    setProblem(await work);
  };
  const choose = (kind: "folder" | "file"): void => void report(chooseInput(name, kind, "azure"));
  const { isOver, handlers } = useDropTarget((dropped) => {
    if (!canScore) return;
    if (dropped === null) setNotice(t("score.notAFile"));
    else void report(takeDrop(name, dropped.first, dropped.leftOut, "azure"));
  });
  return (
    <Card
      role="article"
      aria-labelledby={titleId}
      tabIndex={0}
      className={mergeClasses(styles.card, isOver && canScore && styles.over)}
      data-azure-endpoint={name}
      {...arrowStop}
      {...handlers}
    >
      <div className={styles.head}>
        <span className={styles.icon} aria-hidden="true">
          <Cloud24Regular />
        </span>
        <div className={styles.titles}>
          <Subtitle2 as="h3" block id={titleId} className={styles.cut} title={name}>
            {name}
          </Subtitle2>
          <State word={endpoint.provisioning_state} />
        </div>
      </div>
      {description !== "" && (
        <Body1 className={styles.clamped} title={description}>
          {description}
        </Body1>
      )}
      {deployments.length === 0 && <Caption1 className={styles.quiet}>{t("score.noDeployment")}</Caption1>}
      <ul role="list" className={styles.list} aria-label={t("azure.deployments")}>
        {deployments.map((deployment) => (
          <li key={deployment.name}>
            <div className={styles.line}>
              <Text weight="semibold" size={200} className={styles.name}>
                {deployment.name}
              </Text>
              {deployment.name === defaultName && (
                <Badge appearance="tint" size="small">
                  {t("azure.default")}
                </Badge>
              )}
              {deployment.provisioning_state !== "Succeeded" && <State word={deployment.provisioning_state} />}
            </div>
            <Caption1 className={mergeClasses(styles.quiet, styles.clamped)}>{whatRuns(deployment)}</Caption1>
          </li>
        ))}
      </ul>
      {defaultName === null && deployments.length > 0 && (
        <Caption1 className={styles.quiet}>{t("azure.noDefault")}</Caption1>
      )}
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
      {notice !== null && <Caption1 role="alert">{notice}</Caption1>}
      {canScore && <DropZone name={name} isDragging={isDragging} isOver={isOver} onChoose={choose} />}
    </Card>
  );
}

const states = {
  good: { icon: <CheckmarkCircle16Filled />, words: { Succeeded: "azure.ready" } },
  busy: {
    icon: <ArrowSync16Regular />,
    words: { Creating: "azure.creating", Updating: "azure.updating", Deleting: "azure.deleting" },
  },
  bad: { icon: <ErrorCircle16Filled />, words: { Failed: "azure.failed", Canceled: "azure.cancelled" } },
} as const;

/** How far Azure is with making it: an icon and a word. */
function State({ word }: { readonly word: string | null }) {
  const styles = useStyles();
  if (word === null) return null;
  for (const [look, { icon, words }] of Object.entries(states)) {
    const key = Object.entries(words).find(([azures]) => azures === word)?.[1];
    if (key === undefined) continue;
    return (
      <Caption1 className={mergeClasses(styles.state, styles[look as keyof typeof states])}>
        {icon}
        {t(key)}
      </Caption1>
    );
  }
  return (
    <Caption1 className={mergeClasses(styles.state, styles.busy)}>
      <QuestionCircle16Regular />
      {word}
    </Caption1>
  );
}

/** "net:3 on cpu-cluster" */
function whatRuns({ type, runs, compute }: Endpoint["deployments"][number]): string {
  const what = runs === null ? t(type === "model" ? "azure.model" : "azure.pipeline") : plain(runs);
  return compute === null ? what : t("azure.runsOn", { what, compute: plain(compute) });
}

/** A name without the word that says whose it is. */
function plain(reference: string): string {
  return reference.replace(/^azureml:/, "");
}
