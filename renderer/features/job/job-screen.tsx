import { Button, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { DocumentSearchRegular, Lightbulb20Regular } from "@fluentui/react-icons";
import { useId, useState } from "react";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import { fetchJobs, navigate } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import { QueuePausedNotice } from "../queue/queue-paused-notice.tsx";
import { useJobActions } from "./job-actions.tsx";
import { JobHeader } from "./job-header.tsx";
import { JobProblem } from "./job-problem.tsx";
import { JobTabs, type TabName } from "./tabs/job-tabs.tsx";
import { JobProgress } from "./job-progress.tsx";
import { UploadLimit } from "./upload-limit.tsx";

const useStyles = makeStyles({
  page: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    height: "100%",
    boxSizing: "border-box",
    padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalXXL}`,
  },
  hint: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    color: tokens.colorNeutralForeground2,
  },
  waiting: { padding: tokens.spacingVerticalXXXL },
});

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
  const isSample = useApp((state) => state.sampleJob === job.name);
  const isQueuePaused = useApp((state) => state.isQueuePaused);

  return (
    <article className={styles.page} aria-labelledby={titleId}>
      <JobHeader job={job} titleId={titleId} actions={actions} onProblem={setOpenProblem} />

      {actions.problem !== null && <ProblemNotice problem={actions.problem} onDismiss={actions.dismissProblem} />}
      {openProblem !== null && <ProblemNotice problem={openProblem} onDismiss={() => setOpenProblem(null)} />}
      <JobProblem job={job} state={actions} />
      {isQueuePaused && !isTerminal(job.status) && <QueuePausedNotice />}

      <JobProgress job={job} onShowErrors={tab === "errors" ? null : () => setTab("errors")} />
      <UploadLimit job={job} />

      {isSample && job.status === "Completed" && (
        <div className={styles.hint}>
          <Lightbulb20Regular aria-hidden="true" />
          <Text size={200}>{t("job.sampleDone")}</Text>
          <Button size="small" onClick={() => navigate({ screen: "score" })}>
            {t("queue.goToScore")}
          </Button>
        </div>
      )}

      <JobTabs job={job} tab={tab} onChoose={setTab} />
    </article>
  );
}
