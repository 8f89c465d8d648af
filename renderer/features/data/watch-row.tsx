import { Button, Link, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { Clock20Regular, Dismiss16Regular, Eye20Regular, Warning20Filled } from "@fluentui/react-icons";
import { type KeyboardEvent, useState } from "react";
import type { WatchView } from "../../../electron/contract/nouns/data-view.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { arrowStop } from "../../components/arrow-focus.ts";
import { Moment } from "../../components/moment.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import { navigate, removeWatch } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";

const useStyles = makeStyles({
  row: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS },
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM, minWidth: 0 },
  place: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere", flexBasis: "240px" },
  quiet: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
  state: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS, flexShrink: 0 },
  icon: { display: "flex" },
  watching: { color: tokens.colorStatusSuccessForeground1 },
  blocked: { color: tokens.colorStatusWarningForeground3 },
  idle: { color: tokens.colorNeutralForeground2 },
});

const states = {
  watching: { icon: <Eye20Regular />, text: "data.watching" },
  blocked: { icon: <Warning20Filled />, text: "data.watchBlocked" },
  idle: { icon: <Clock20Regular />, text: "data.watchIdle" },
} as const;

/** A watched folder: for whom, how it stands, what was done with it last, and an end to it. */
export function WatchRow({ watch }: { readonly watch: WatchView }) {
  const styles = useStyles();
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const state = states[watch.state];
  return (
    <li className={styles.row} data-testid="watch-row">
      <div className={styles.line}>
        <Text weight="semibold" className={styles.place}>
          {t("queue.into", { input: watch.folder, endpoint: endpointText(watch) })}
        </Text>
        <span className={mergeClasses(styles.state, styles[watch.state])} data-testid="watch-state">
          <span className={styles.icon} aria-hidden="true">
            {state.icon}
          </span>
          <Text size={200} weight="semibold">
            {t(state.text)}
          </Text>
        </span>
        {!isAsking && (
          <Button
            size="small"
            appearance="subtle"
            icon={<Dismiss16Regular />}
            aria-label={t("data.watchRemoveNamed", { folder: watch.folder })}
            onClick={() => setAsking(true)}
            {...arrowStop}
          >
            {t("data.watchRemove")}
          </Button>
        )}
      </div>
      {isAsking && (
        <RemoveQuestion onYes={() => void removeWatch(watch.id).then(setProblem)} onNo={() => setAsking(false)} />
      )}
      <WatchDeeds watch={watch} />
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
      {watch.problem !== null && <ProblemNotice problem={watch.problem} intent="warning" />}
    </li>
  );
}

/** "12 files in 3 jobs, last 5 minutes ago", and the way to the last of them. */
function WatchDeeds({ watch }: { readonly watch: WatchView }) {
  const styles = useStyles();
  const { last_job: lastJob, last_submitted_at: lastAt } = watch;
  const hasLastJob = useApp(({ jobs }) => lastJob !== null && jobs.byName[lastJob] !== undefined);
  if (lastJob === null || lastAt === null) {
    return (
      <Text size={200} className={styles.quiet}>
        {t("data.watchNothingYet")}
      </Text>
    );
  }
  return (
    <div className={styles.line}>
      <Text size={200} className={styles.quiet} data-testid="watch-deeds">
        {t("data.watchFiles", { count: watch.files_submitted })} {t("data.watchJobs", { count: watch.jobs })}
        {" · "}
        <Moment at={lastAt} sentence="data.watchLast" />
        {watch.files_refused > 0 && ` · ${t("data.watchRefused", { count: watch.files_refused })}`}
      </Text>
      {hasLastJob && (
        <Link as="button" onClick={() => navigate({ screen: "job", job: lastJob })} title={lastJob} {...arrowStop}>
          {t("data.watchLastJob")}
        </Link>
      )}
    </div>
  );
}

type QuestionProps = { readonly onYes: () => void; readonly onNo: () => void };

function RemoveQuestion({ onYes, onNo }: QuestionProps) {
  const styles = useStyles();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onNo();
  };
  return (
    <div className={styles.line} role="group" aria-label={t("data.watchRemoveQuestion")} onKeyDown={onKeyDown}>
      <Text size={200}>{t("data.watchRemoveQuestion")}</Text>
      <Button size="small" onClick={onYes}>
        {t("data.watchRemoveYes")}
      </Button>
      {/* The harmless answer has the focus. */}
      <Button size="small" appearance="primary" autoFocus onClick={onNo}>
        {t("job.cancelNo")}
      </Button>
    </div>
  );
}

function endpointText({ endpoint_name, deployment_name }: WatchView): string {
  return deployment_name === null ? endpoint_name : `${endpoint_name} (${deployment_name})`;
}
