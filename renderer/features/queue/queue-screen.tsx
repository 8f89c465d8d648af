import { Button, makeStyles, Spinner, Subtitle2, Title2, tokens } from "@fluentui/react-components";
import { Pause20Regular, TaskListLtrRegular } from "@fluentui/react-icons";
import { useId, useState } from "react";
import type { Problem } from "../../../electron/contract/problem.ts";
import { moveFocusWithArrows } from "../../components/arrow-focus.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import { fetchJobs, navigate, pauseQueue } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import { QueuePausedNotice } from "./queue-paused-notice.tsx";
import { QueueRow } from "./queue-row.tsx";

/** Jobs of a group that are shown before "Show more", and more each time. */
const shownAtOnce = 50;

const useStyles = makeStyles({
  page: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    padding: `${tokens.spacingVerticalXL} ${tokens.spacingHorizontalXXL}`,
  },
  head: { display: "flex", alignItems: "center", justifyContent: "space-between", gap: tokens.spacingHorizontalM },
  group: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  list: {
    margin: 0,
    padding: 0,
    listStyleType: "none",
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow2,
    overflow: "hidden",
    "@media (forced-colors: active)": { border: "1px solid CanvasText" },
  },
  more: { alignSelf: "flex-start" },
});

/** Every job: what runs, what waits in its order, what is done. */
export function QueueScreen() {
  const styles = useStyles();
  const running = useApp((state) => state.jobs.running);
  const waiting = useApp((state) => state.jobs.waiting);
  const done = useApp((state) => state.jobs.done);
  const fetched = useApp((state) => state.jobsFetched);
  const isPaused = useApp((state) => state.isQueuePaused);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isEmpty = running.length + waiting.length + done.length === 0;
  return (
    <div className={styles.page} onKeyDown={moveFocusWithArrows}>
      <div className={styles.head}>
        <Title2 as="h1">{t("queue.title")}</Title2>
        {!isPaused && running.length + waiting.length > 0 && (
          <Button icon={<Pause20Regular />} onClick={() => void pauseQueue(true).then(setProblem)}>
            {t("queue.pauseAll")}
          </Button>
        )}
      </div>
      {isPaused && <QueuePausedNotice />}
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
      {fetched.state === "failed" && <ProblemNotice problem={fetched.problem} onRetry={() => void fetchJobs()} />}
      {isEmpty && fetched.state === "loading" && <Spinner label={t("queue.loading")} delay={200} />}
      {isEmpty && fetched.state === "ready" && (
        <EmptyState icon={<TaskListLtrRegular />} title={t("queue.emptyTitle")} text={t("queue.emptyText")}>
          <Button appearance="primary" onClick={() => navigate({ screen: "score" })}>
            {t("queue.goToScore")}
          </Button>
        </EmptyState>
      )}
      <QueueGroup title={t("queue.running")} names={running} />
      <QueueGroup title={t("queue.waiting")} names={waiting} />
      <QueueGroup title={t("queue.done")} names={done} />
    </div>
  );
}

function QueueGroup({ title, names }: { readonly title: string; readonly names: readonly string[] }) {
  const styles = useStyles();
  const titleId = useId();
  const [shown, setShown] = useState(shownAtOnce);
  if (names.length === 0) return null;
  const more = Math.min(shownAtOnce, names.length - shown);
  return (
    <section className={styles.group} aria-labelledby={titleId}>
      <Subtitle2 as="h2" id={titleId}>
        {title}
      </Subtitle2>
      {/* A list without bullets is a list to some screen readers only when it says so. */}
      <ul role="list" className={styles.list} aria-labelledby={titleId}>
        {names.slice(0, shown).map((name) => (
          <QueueRow key={name} name={name} />
        ))}
      </ul>
      {more > 0 && (
        <Button className={styles.more} size="small" onClick={() => setShown(shown + more)}>
          {t("queue.more", { count: more })}
        </Button>
      )}
    </section>
  );
}
