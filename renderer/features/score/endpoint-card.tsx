import { Body1, Button, Caption1, Card, makeStyles, mergeClasses, Subtitle2, tokens } from "@fluentui/react-components";
import {
  ArrowDownload20Regular,
  Code24Regular,
  Document20Regular,
  FolderOpen20Regular,
  Image24Regular,
  Play20Regular,
  ShieldQuestion16Regular,
  Table24Regular,
  TextT24Regular,
} from "@fluentui/react-icons";
import { type KeyboardEvent, useId, useState } from "react";
import type { EndpointCard as Endpoint } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { arrowStop } from "../../components/arrow-focus.ts";
import { CommandLines } from "../../components/command-lines.tsx";
import { Moment } from "../../components/moment.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import { chooseInput, openTrust, takeDrop, trySample } from "../../store/actions.ts";
import { type Dropped, useDropTarget } from "./drop-target.ts";

const useStyles = makeStyles({
  card: { height: "100%", boxSizing: "border-box", gap: tokens.spacingVerticalS },
  over: { outline: `2px solid ${tokens.colorCompoundBrandStroke}`, outlineOffset: "-2px" },
  head: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalM, minWidth: 0 },
  icon: { display: "flex", color: tokens.colorBrandForeground1, paddingTop: "2px" },
  titles: { minWidth: 0, flexGrow: 1 },
  cut: { display: "block", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  quiet: { color: tokens.colorNeutralForeground2 },
  text: { overflowWrap: "anywhere" },
  clamped: { display: "-webkit-box", WebkitBoxOrient: "vertical", WebkitLineClamp: 2, overflow: "hidden" },
  trust: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    justifyContent: "space-between",
    gap: tokens.spacingHorizontalS,
  },
  caution: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  shield: { flexShrink: 0, color: tokens.colorPaletteDarkOrangeForeground1 },
  facts: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0, flexGrow: 1 },
  zone: {
    display: "flex",
    flexDirection: "column",
    alignItems: "center",
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingVerticalM,
    border: `1px dashed ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground2,
  },
  zoneDragging: {
    borderTopColor: tokens.colorCompoundBrandStroke,
    borderRightColor: tokens.colorCompoundBrandStroke,
    borderBottomColor: tokens.colorCompoundBrandStroke,
    borderLeftColor: tokens.colorCompoundBrandStroke,
  },
  zoneOver: { backgroundColor: tokens.colorBrandBackground2, color: tokens.colorBrandForeground2 },
  dropText: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    textAlign: "center",
    overflowWrap: "anywhere",
  },
  buttons: { display: "flex", flexWrap: "wrap", justifyContent: "center", gap: tokens.spacingHorizontalS },
});

type Props = {
  readonly endpoint: Endpoint;
  /** Something is dragged over the window: every card shows that it would take it. */
  readonly isDragging: boolean;
  /** No job has been made yet, so trying this one's sample is what to do here. */
  readonly isFirstStep: boolean;
};

/** An endpoint: what it takes, who serves it, and the place to drop something on. */
export function EndpointCard({ endpoint, isDragging, isFirstStep }: Props) {
  const styles = useStyles();
  const titleId = useId();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [isTrying, setTrying] = useState(false);
  const { name } = endpoint;
  const canScore = endpoint.deployments.length > 0;
  const shown = shownDeployment(endpoint);

  const report = async (work: Promise<Problem | null>): Promise<void> => {
    setProblem(null);
    setNotice(null);
    setProblem(await work);
  };
  const onDropped = (dropped: Dropped): void => {
    if (!canScore) return;
    if (dropped === null) setNotice(t("score.notAFile"));
    else void report(takeDrop(name, dropped.first, dropped.leftOut));
  };
  const choose = (kind: "folder" | "file"): void => void report(chooseInput(name, kind));
  const tryIt = async (): Promise<void> => {
    setTrying(true);
    await report(trySample(name));
    setTrying(false);
  };
  const { isOver, handlers } = useDropTarget(onDropped);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key !== "Enter" || event.target !== event.currentTarget || !canScore) return;
    event.preventDefault();
    choose("folder");
  };

  return (
    <Card
      role="article"
      aria-labelledby={titleId}
      tabIndex={0}
      className={mergeClasses(styles.card, isOver && canScore && styles.over)}
      data-endpoint={name}
      {...arrowStop}
      {...handlers}
      onKeyDown={onKeyDown}
    >
      <div className={styles.head}>
        <span className={styles.icon} aria-hidden="true">
          {takesIcon[shown?.takes.kind ?? "tabular"]}
        </span>
        <div className={styles.titles}>
          <Subtitle2 as="h2" block id={titleId} className={styles.cut} title={name}>
            {name}
          </Subtitle2>
          {shown !== null && (
            <Caption1 className={mergeClasses(styles.cut, styles.quiet)}>{t(takesSentence[shown.takes.kind])}</Caption1>
          )}
        </div>
      </div>
      <div className={styles.facts}>
        {endpoint.description !== "" && (
          <Body1 className={mergeClasses(styles.clamped, styles.text)} title={endpoint.description}>
            {endpoint.description}
          </Body1>
        )}
        {shown !== null && (
          <Caption1
            className={mergeClasses(styles.clamped, styles.text, styles.quiet)}
            title={shown.takes.columns.join(", ")}
          >
            {readsText(shown.takes)}
          </Caption1>
        )}
        <Caption1 className={mergeClasses(styles.cut, styles.quiet)} title={endpoint.default_deployment ?? undefined}>
          {deploymentText(endpoint)}
        </Caption1>
        <Caption1 className={styles.quiet}>
          {endpoint.last_used_at === null ? (
            t("score.neverUsed")
          ) : (
            <Moment at={endpoint.last_used_at} sentence="score.lastUsed" />
          )}
        </Caption1>
      </div>
      {shown?.trusted === false && (
        <div className={styles.trust} data-testid="untrusted">
          <Caption1 className={styles.caution}>
            <ShieldQuestion16Regular className={styles.shield} aria-hidden="true" />
            {t("trust.needed")}
          </Caption1>
          <Button size="small" onClick={() => openTrust(name, shown.name)}>
            {t("trust.look")}
          </Button>
        </div>
      )}
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
      {notice !== null && <Caption1 role="alert">{notice}</Caption1>}
      {canScore ? (
        <div className={mergeClasses(styles.zone, isDragging && styles.zoneDragging, isOver && styles.zoneOver)}>
          <span className={styles.dropText}>
            <ArrowDownload20Regular aria-hidden="true" />
            <Caption1>{isOver ? t("score.letGo", { name }) : t("score.dropHere")}</Caption1>
          </span>
          <div className={styles.buttons}>
            <Button size="small" icon={<FolderOpen20Regular />} onClick={() => choose("folder")}>
              {t("score.chooseFolder")}
            </Button>
            <Button size="small" icon={<Document20Regular />} onClick={() => choose("file")}>
              {t("score.chooseFile")}
            </Button>
          </div>
        </div>
      ) : (
        <CommandLines
          lead={t("score.noDeploymentRemedy")}
          lines={[`batchdeck deployment create -f deployment.yml -e ${name} --set-default`]}
        />
      )}
      {endpoint.sample !== null && canScore && (
        <Button
          appearance={isFirstStep ? "primary" : "subtle"}
          icon={<Play20Regular />}
          disabledFocusable={isTrying}
          onClick={() => void tryIt()}
        >
          {isTrying ? t("score.trying") : sampleText(name, endpoint.sample.items, shown?.takes.kind ?? "tabular")}
        </Button>
      )}
    </Card>
  );
}

/** The default deployment, or the first when none is the default. */
function shownDeployment(endpoint: Endpoint): Endpoint["deployments"][number] | null {
  const { deployments, default_deployment: name } = endpoint;
  return deployments.find((deployment) => deployment.name === name) ?? deployments[0] ?? null;
}

const takesSentence = {
  image: "score.takesPictures",
  text: "score.takesTexts",
  tabular: "score.takesTables",
  file: "score.takesFiles",
} as const;

const takesIcon = {
  image: <Image24Regular />,
  text: <TextT24Regular />,
  tabular: <Table24Regular />,
  file: <Code24Regular />,
} as const;

/** What the model makes of an input: the columns that must be there, or the size that pictures get. */
function readsText(takes: Endpoint["deployments"][number]["takes"]): string | null {
  if (takes.kind === "image") return takes.size === null ? null : t("score.picturesSized", takes.size);
  const count = takes.columns.length;
  return count === 0 ? null : t("score.readsColumns", { count, columns: takes.columns.join(", ") });
}

function deploymentText(endpoint: Endpoint): string {
  if (endpoint.deployments.length === 0) return t("score.noDeployment");
  return endpoint.default_deployment === null
    ? t("score.noDefault", { count: endpoint.deployments.length })
    : t("score.defaultDeployment", { name: endpoint.default_deployment });
}

function sampleText(
  endpointName: string,
  items: number,
  kind: Endpoint["deployments"][number]["takes"]["kind"],
): string {
  return kind === "image"
    ? t("score.tryFiles", { count: items })
    : t("score.tryRows", { count: items, name: endpointName });
}
