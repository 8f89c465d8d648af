import { Button, Caption1, Card, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { Play20Regular } from "@fluentui/react-icons";
import { type KeyboardEvent, useId, useState } from "react";
import type { EndpointCard as Endpoint } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { arrowStop } from "../../components/arrow-focus.ts";
import { CommandLines } from "../../components/command-lines.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import { chooseInput, openTrust, takeDrop, trySample } from "../../store/actions.ts";
import { type Dropped, useDropTarget } from "../../components/drop-target.ts";
import { DropZone } from "../../components/drop-zone.tsx";
import { PublishButton } from "../azure/publish/publish-button.tsx";
import { EndpointFacts, TrustNeeded } from "./endpoint-facts.tsx";

const useStyles = makeStyles({
  card: { height: "100%", boxSizing: "border-box", gap: tokens.spacingVerticalS },
  over: { outline: `2px solid ${tokens.colorCompoundBrandStroke}`, outlineOffset: "-2px" },
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
      <EndpointFacts endpoint={endpoint} shown={shown} titleId={titleId} />
      {shown?.trusted === false && <TrustNeeded onLook={() => openTrust(name, shown.name)} />}
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
      {notice !== null && <Caption1 role="alert">{notice}</Caption1>}
      {canScore ? (
        <DropZone name={name} isDragging={isDragging} isOver={isOver} onChoose={choose} />
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
      {canScore && <PublishButton endpointName={name} />}
    </Card>
  );
}

/** The default deployment, or the first when none is the default. */
function shownDeployment(endpoint: Endpoint): Endpoint["deployments"][number] | null {
  const { deployments, default_deployment: name } = endpoint;
  return deployments.find((deployment) => deployment.name === name) ?? deployments[0] ?? null;
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
