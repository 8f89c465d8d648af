import { Button, makeStyles, Spinner, Subtitle2, Tab, TabList, Text, Title3, tokens } from "@fluentui/react-components";
import {
  ArrowLeft20Regular,
  DocumentSearchRegular,
  FolderOpen20Regular,
  Lightbulb20Regular,
} from "@fluentui/react-icons";
import { useId, useState } from "react";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/nouns/job-status.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call } from "../../bridge/bridge.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { Moment } from "../../components/moment.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { useMediaQuery } from "../../components/use-media-query.ts";
import { format, t } from "../../locales/words.ts";
import { fetchJobs, navigate } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import type { RateHistory } from "../../store/rate-history.ts";
import { CompareButton } from "../compare/compare-button.tsx";
import { QueuePausedNotice } from "../queue/queue-paused-notice.tsx";
import { ErrorsTab } from "./errors-tab.tsx";
import { jobHeadline } from "./headline.ts";
import { JobActions, useJobActions } from "./job-actions.tsx";
import { JobFacts, JobStages, workersText } from "./job-facts.tsx";
import { JobNotes, ReusedNote } from "./job-notes.tsx";
import { JobProblem } from "./job-problem.tsx";
import { baseName, waitsInHeadline } from "./job-state.ts";
import { JobStateLabel } from "./job-state-label.tsx";
import { LogTab } from "./log-tab.tsx";
import { MiniBatchesTab } from "./mini-batches-tab.tsx";
import { RateChart } from "./rate-chart.tsx";
import { ResultsTab } from "./results-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";
import { SplitBar } from "./split-bar.tsx";

const noRates: RateHistory = [];

const useStyles = makeStyles({
  page: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    height: "100%",
    boxSizing: "border-box",
    padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXXL}`,
  },
  head: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalM },
  titles: { flexGrow: 1, minWidth: 0 },
  title: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  under: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalM,
    color: tokens.colorNeutralForeground2,
    minWidth: 0,
  },
  buttons: {
    display: "flex",
    flexWrap: "wrap",
    justifyContent: "flex-end",
    gap: tokens.spacingHorizontalS,
    flexShrink: 0,
    maxWidth: "75%",
  },
  progress: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXXL, flexShrink: 0 },
  sentence: { flexGrow: 1, minWidth: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  speed: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM },
  headline: { fontVariantNumeric: "tabular-nums" },
  hint: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    color: tokens.colorNeutralForeground2,
  },
  below: { display: "flex", gap: tokens.spacingHorizontalXXXL, flexGrow: 1, minHeight: 0 },
  tabs: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, minHeight: 0 },
  // The first tab's text stands where all other text begins.
  tabList: { marginLeft: `calc(-1 * ${tokens.spacingHorizontalM})` },
  panel: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0, paddingTop: tokens.spacingVerticalS },
  facts: {
    width: "380px",
    flexShrink: 0,
    overflow: "auto",
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    paddingTop: tokens.spacingVerticalM,
  },
  waiting: { padding: tokens.spacingVerticalXXXL },
});

type TabName = "results" | "errors" | "mini-batches" | "log" | "settings";

/** One job: how far it is, what it gave, what failed, with which settings. */
export function JobScreen({ name }: { readonly name: string }) {
  const styles = useStyles();
  const job = useApp((state) => state.jobs.byName[name]);
  const fetched = useApp((state) => state.jobsFetched);
  if (job !== undefined) return <JobPage job={job} />;
  if (fetched.state === "loading") return <Spinner className={styles.waiting} label={t("job.loading")} delay={200} />;
  return (
    <div className={styles.page}>
      {fetched.state === "failed" ? (
        <ProblemNotice problem={fetched.problem} onRetry={() => void fetchJobs()} />
      ) : (
        <EmptyState icon={<DocumentSearchRegular />} title={t("job.missingTitle")} text={t("job.missingText")}>
          <Button appearance="primary" onClick={() => navigate({ screen: "queue" })}>
            {t("job.backToQueue")}
          </Button>
        </EmptyState>
      )}
    </div>
  );
}

function JobPage({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  const titleId = useId();
  const actions = useJobActions(job.name);
  const [openProblem, setOpenProblem] = useState<Problem | null>(null);
  const [tab, setTab] = useState<TabName>("results");
  const isWide = useMediaQuery("(min-width: 1440px)");
  const isSample = useApp((state) => state.sampleJob === job.name);
  const isQueuePaused = useApp((state) => state.isQueuePaused);
  const rates = useApp((state) => state.rates[job.name] ?? noRates);
  const title = t("queue.into", { input: baseName(job.input_path), endpoint: job.endpoint_name });

  const openOutput = async (): Promise<void> => {
    const answer = await call("jobs:open-output", { name: job.name });
    setOpenProblem(answer.ok ? null : answer.problem);
  };

  return (
    <article className={styles.page} aria-labelledby={titleId}>
      <header className={styles.head}>
        <Button
          appearance="subtle"
          icon={<ArrowLeft20Regular />}
          aria-label={t("job.backToQueue")}
          title={t("job.backToQueue")}
          onClick={() => navigate({ screen: "queue" })}
        />
        <div className={styles.titles}>
          <Title3 as="h1" block id={titleId} className={styles.title} title={title}>
            {title}
          </Title3>
          <div className={styles.under}>
            <JobStateLabel job={job} />
            <Text size={200} truncate wrap={false}>
              <JobMoment job={job} />
            </Text>
          </div>
        </div>
        <div className={styles.buttons}>
          <JobActions job={job} state={actions} compact={false} />
          <CompareButton job={job} />
          {!actions.confirming && (
            <Button
              icon={<FolderOpen20Regular />}
              appearance={isTerminal(job.status) ? "primary" : "secondary"}
              onClick={() => void openOutput()}
            >
              {t("job.openOutput")}
            </Button>
          )}
        </div>
      </header>

      {actions.problem !== null && <ProblemNotice problem={actions.problem} onDismiss={actions.dismissProblem} />}
      {openProblem !== null && <ProblemNotice problem={openProblem} onDismiss={() => setOpenProblem(null)} />}
      <JobProblem job={job} state={actions} />
      {isQueuePaused && !isTerminal(job.status) && <QueuePausedNotice />}

      <div className={styles.progress}>
        <div className={styles.sentence}>
          <div className={styles.line}>
            <Text size={400} weight="semibold" className={styles.headline} data-testid="job-headline">
              {jobHeadline(job, t, format)}
            </Text>
            {isTerminal(job.status) && job.failed > 0 && tab !== "errors" && (
              <Button size="small" onClick={() => setTab("errors")}>
                {t("job.showErrors", { count: job.failed })}
              </Button>
            )}
          </div>
          {!waitsInHeadline(job) && <SplitBar job={job} size="large" />}
          <JobSpeed job={job} />
          <ReusedNote job={job} />
          <JobNotes job={job} />
        </div>
        {showsCourse(rates) && <RateChart history={rates} unit={job.item_unit} />}
      </div>

      {isSample && job.status === "Completed" && (
        <div className={styles.hint}>
          <Lightbulb20Regular aria-hidden="true" />
          <Text size={200}>{t("job.sampleDone")}</Text>
          <Button size="small" onClick={() => navigate({ screen: "score" })}>
            {t("queue.goToScore")}
          </Button>
        </div>
      )}

      <div className={styles.below}>
        <div className={styles.tabs}>
          <TabList
            className={styles.tabList}
            selectedValue={tab}
            onTabSelect={(_, { value }) => setTab(value as TabName)}
          >
            <Tab value="results" id={`${titleId}-results`}>
              {t("job.tabResults")}
            </Tab>
            <Tab value="errors" id={`${titleId}-errors`}>
              {job.failed > 0 ? t("job.tabErrorsCount", { count: format.number(job.failed) }) : t("job.tabErrors")}
            </Tab>
            <Tab value="mini-batches" id={`${titleId}-mini-batches`}>
              {t("job.tabMiniBatches")}
            </Tab>
            <Tab value="log" id={`${titleId}-log`}>
              {t("job.tabLog")}
            </Tab>
            <Tab value="settings" id={`${titleId}-settings`}>
              {t("job.tabSettings")}
            </Tab>
          </TabList>
          <div role="tabpanel" aria-labelledby={`${titleId}-${tab}`} className={styles.panel}>
            {tab === "results" && <ResultsTab job={job} />}
            {tab === "errors" && <ErrorsTab job={job} />}
            {tab === "mini-batches" && <MiniBatchesTab job={job} />}
            {tab === "log" && <LogTab job={job} />}
            {tab === "settings" && <SettingsTab job={job} withFacts={!isWide} />}
          </div>
        </div>
        {isWide && (
          <aside className={styles.facts} aria-label={t("job.facts")}>
            <Subtitle2 as="h2">{t("job.facts")}</Subtitle2>
            <JobFacts job={job} />
            <JobStages job={job} />
          </aside>
        )}
      </div>
    </article>
  );
}

/** How fast, by how many workers, on what, at what cost: now, or while it was scoring. */
function JobSpeed({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  const ended = isTerminal(job.status);
  const parts = [
    ...(job.rate > 0 ? [t(ended ? "job.rateWas" : "job.rateIs", { rate: format.rate(job.rate, job.item_unit) })] : []),
    ...(job.workers > 0 ? [workersText(job)] : []),
    ...(job.cost === null ? [] : [t("job.costIs", { cost: format.amount(job.cost) })]),
  ];
  if (parts.length === 0) return null;
  return (
    <Text size={200} className={styles.speed} data-testid="job-speed">
      {parts.join(" · ")}
    </Text>
  );
}

/** A chart of less than this says nothing that the number beside it does not. */
function showsCourse(rates: RateHistory): boolean {
  const seconds = (rates.at(-1)?.second ?? 0) - (rates[0]?.second ?? 0);
  return seconds >= 5 && rates.length >= 8 && rates.some(({ rate }) => rate > 0);
}

function JobMoment({ job }: { readonly job: JobView }) {
  if (job.ended_at !== null) return <Moment at={job.ended_at} sentence="job.ended" />;
  if (job.started_at !== null) return <Moment at={job.started_at} sentence="job.started" />;
  return <Moment at={job.created_at} sentence="job.added" />;
}
