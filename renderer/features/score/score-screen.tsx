import { Body1, makeStyles, Spinner, Subtitle2, Title2, tokens } from "@fluentui/react-components";
import { BoxSearchRegular, Sparkle24Regular } from "@fluentui/react-icons";
import { useId } from "react";
import type { EndpointCard as Endpoint } from "../../../electron/contract/channels.ts";
import { moveFocusWithArrows } from "../../components/arrow-focus.ts";
import { CommandLines } from "../../components/command-lines.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import { fetchEndpoints } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import { AzureSection } from "../azure/azure-section.tsx";
import { chooseFolderKey } from "./choose-folder-key.tsx";
import { useWindowDrag } from "../../components/drop-target.ts";
import { EndpointCard } from "./endpoint-card.tsx";

const useStyles = makeStyles({
  page: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    padding: `${tokens.spacingVerticalXL} ${tokens.spacingHorizontalXXL}`,
  },
  lead: { color: tokens.colorNeutralForeground2 },
  welcome: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalL,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorBrandBackground2,
    color: tokens.colorNeutralForeground1,
    "@media (forced-colors: active)": { border: "1px solid CanvasText" },
  },
  icon: { display: "flex", flexShrink: 0, color: tokens.colorBrandForeground2 },
  cards: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fill, minmax(min(320px, 100%), 1fr))",
    gap: tokens.spacingHorizontalL,
    margin: 0,
    padding: 0,
    listStyleType: "none",
  },
  item: { minWidth: 0 },
  own: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, paddingTop: tokens.spacingVerticalS },
});

const noEndpoints: readonly Endpoint[] = [];

const createEndpoint = [
  "batchdeck endpoint create -n my-endpoint",
  "batchdeck deployment create -f deployment.yml -e my-endpoint --set-default",
];

/** Endpoints as cards and drop targets. */
export function ScoreScreen() {
  const styles = useStyles();
  const ownId = useId();
  const endpoints = useApp((state) => state.endpoints);
  const hasJobs = useApp((state) => Object.keys(state.jobs.byName).length > 0);
  const jobsKnown = useApp((state) => state.jobsFetched.state === "ready");
  const isDragging = useWindowDrag();
  const cards = endpoints.state === "ready" ? endpoints.value : noEndpoints;
  const firstSample = cards.find(({ sample }) => sample !== null);
  const isFirstStart = jobsKnown && !hasJobs && firstSample !== undefined;
  const hasOnlySamples = cards.length > 0 && cards.every(({ sample }) => sample !== null);

  return (
    <div className={styles.page}>
      <div>
        <Title2 as="h1" block>
          {t("score.title")}
        </Title2>
        <Body1 className={styles.lead}>
          {isDragging ? t("score.leadDragging") : t("score.lead", { key: chooseFolderKey })}
        </Body1>
      </div>
      {endpoints.state === "failed" && (
        <ProblemNotice problem={endpoints.problem} onRetry={() => void fetchEndpoints()} />
      )}
      {endpoints.state === "loading" && <Spinner label={t("score.loading")} delay={200} />}
      {endpoints.state === "ready" && cards.length === 0 && (
        <EmptyState icon={<BoxSearchRegular />} title={t("score.emptyTitle")} text={t("score.emptyText")}>
          <CommandLines lead={null} lines={createEndpoint} />
        </EmptyState>
      )}
      {isFirstStart && (
        <div className={styles.welcome}>
          <span className={styles.icon} aria-hidden="true">
            <Sparkle24Regular />
          </span>
          <div>
            <Subtitle2 as="h2" block>
              {t("score.welcome")}
            </Subtitle2>
            <Body1>{t("score.welcomeText")}</Body1>
          </div>
        </div>
      )}
      {cards.length > 0 && (
        <ul role="list" className={styles.cards} aria-label={t("score.endpoints")} onKeyDown={moveFocusWithArrows}>
          {cards.map((endpoint) => (
            <li key={endpoint.name} className={styles.item}>
              <EndpointCard
                endpoint={endpoint}
                isDragging={isDragging}
                isFirstStep={isFirstStart && endpoint === firstSample}
              />
            </li>
          ))}
        </ul>
      )}
      <AzureSection />
      {hasJobs && hasOnlySamples && (
        <section className={styles.own} aria-labelledby={ownId}>
          <Subtitle2 as="h2" id={ownId}>
            {t("score.ownModel")}
          </Subtitle2>
          <Body1 className={styles.lead}>{t("score.ownModelText")}</Body1>
          <CommandLines lead={null} lines={createEndpoint} />
        </section>
      )}
    </div>
  );
}
