import { Badge, Link, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { memo, type MouseEvent } from "react";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import { arrowStop } from "../../components/arrow-focus.ts";
import { Moment } from "../../components/moment.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { format, jobSentences, t } from "../../locales/words.ts";
import { navigate } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import { AzureMark } from "../job/azure-mark.tsx";
import { jobHeadline } from "../job/headline.ts";
import { JobActions, useJobActions } from "../job/job-actions.tsx";
import { JobNotes } from "../job/job-notes.tsx";
import { JobProblem } from "../job/job-problem.tsx";
import { baseName, jobRequests } from "../job/job-state.ts";
import { JobStateLabel } from "../job/job-state-label.tsx";
import { SplitBar } from "../job/split-bar.tsx";

const useStyles = makeStyles({
  row: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr) auto",
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalXS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    cursor: "pointer",
    ":hover": { backgroundColor: tokens.colorSubtleBackgroundHover },
    ":last-child": { borderBottomStyle: "none" },
  },
  // Nothing can be asked of it, so there are no buttons beside it.
  alone: { gridTemplateColumns: "minmax(0, 1fr)" },
  line: { gridColumn: 1, display: "flex", alignItems: "center", gap: tokens.spacingHorizontalM, minWidth: 0 },
  name: {
    minWidth: 0,
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
    fontWeight: tokens.fontWeightSemibold,
  },
  spacer: { flexGrow: 1 },
  quiet: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
  fixed: { display: "flex", flexShrink: 0 },
  actions: { display: "flex", alignItems: "center", gridRow: "1 / span 4", gridColumn: 2, maxWidth: "440px" },
  notes: { gridColumn: 1, display: "flex", flexDirection: "column", ":empty": { display: "none" } },
  problem: { gridColumn: "1 / -1", cursor: "default" },
});

/** One job in the queue: state, where from and to, how far, how fast, and what can be asked of it. */
export const QueueRow = memo(function QueueRow({ name }: { readonly name: string }) {
  const job = useApp((state) => state.jobs.byName[name]);
  return job === undefined ? null : <Row job={job} />;
});

function Row({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  const actions = useJobActions(job.name);
  const input = baseName(job.input_path);
  const open = (): void => navigate({ screen: "job", job: job.name });
  const onRowClick = (event: MouseEvent): void => {
    // React also tells of clicks in a menu that a button of this row has opened elsewhere in the page.
    if (!(event.target instanceof Element) || !event.currentTarget.contains(event.target)) return;
    if (event.target.closest("button, [data-problem]") === null) open();
  };
  const hasProblem = job.problem !== null && (job.status === "Paused" || job.status === "Failed");
  const canAsk = !isTerminal(job.status) || jobRequests(job).retryFailed;
  const running = job.status === "Running";
  return (
    // The link inside is how keyboards and screen readers open the job; the row only makes it easier to hit.
    <li
      className={mergeClasses(styles.row, !canAsk && styles.alone)}
      onClick={onRowClick}
      data-testid="queue-row"
      data-job={job.name}
    >
      <div className={styles.line}>
        <Link
          as="button"
          appearance="subtle"
          className={styles.name}
          title={job.name}
          aria-label={t("queue.openJob", { name: job.name, input, endpoint: job.endpoint_name })}
          {...arrowStop}
          onClick={open}
        >
          {t("queue.into", { input, endpoint: job.endpoint_name })}
        </Link>
        <AzureMark job={job} />
        <span className={styles.spacer} />
        {job.priority !== "medium" && !isTerminal(job.status) && (
          <Badge appearance="outline" color="informative" className={styles.fixed}>
            {t(`priority.badge.${job.priority}`)}
          </Badge>
        )}
        <span className={styles.fixed}>
          <JobStateLabel job={job} />
        </span>
      </div>
      {!isTerminal(job.status) && job.status !== "Queued" && <SplitBar job={job} size="small" />}
      <div className={styles.line}>
        <Text size={200} className={styles.quiet} truncate wrap={false}>
          {jobHeadline(job, t, format, jobSentences)}
        </Text>
        <span className={styles.spacer} />
        <Text size={200} className={mergeClasses(styles.quiet, styles.fixed)} wrap={false}>
          {running ? (
            format.rate(job.rate, job.item_unit)
          ) : (
            <Moment at={job.ended_at ?? job.started_at ?? job.created_at} />
          )}
        </Text>
      </div>
      {canAsk && (
        <div className={styles.actions}>
          <JobActions job={job} state={actions} compact />
        </div>
      )}
      <div className={styles.notes}>
        <JobNotes job={job} />
      </div>
      {actions.problem !== null && (
        <div className={styles.problem} data-problem="">
          <ProblemNotice problem={actions.problem} onDismiss={actions.dismissProblem} />
        </div>
      )}
      {hasProblem && (
        <div className={styles.problem} data-problem="">
          <JobProblem job={job} state={actions} />
        </div>
      )}
    </li>
  );
}
