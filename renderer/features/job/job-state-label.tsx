import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import {
  ArrowSyncCircle20Regular,
  CheckmarkCircle20Filled,
  Clock20Regular,
  DismissCircle20Regular,
  ErrorCircle20Filled,
  PauseCircle20Regular,
  PlayCircle20Filled,
  Warning20Filled,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { jobStateWord, jobTone } from "./job-state.ts";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  label: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS, minWidth: 0 },
  icon: { display: "flex", flexShrink: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
  active: { color: tokens.colorBrandForeground1 },
  success: { color: tokens.colorStatusSuccessForeground1 },
  warning: { color: tokens.colorStatusWarningForeground3 },
  danger: { color: tokens.colorStatusDangerForeground1 },
});

/** A job's state: icon, word and colour, never colour alone. */
export function JobStateLabel({ job }: { readonly job: Pick<JobView, "status" | "failed" | "problem"> }) {
  const styles = useStyles();
  const tone = jobTone(job);
  return (
    <span className={mergeClasses(styles.label, styles[tone])} data-testid="job-state" data-status={job.status}>
      <span className={styles.icon} aria-hidden="true">
        {stateIcon(job)}
      </span>
      <Text size={200} weight="semibold" truncate wrap={false}>
        {jobStateWord(job, t)}
      </Text>
    </span>
  );
}

function stateIcon(job: Pick<JobView, "status" | "failed">): ReactElement {
  switch (job.status) {
    case "NotStarted":
    case "Queued":
      return <Clock20Regular />;
    case "Preparing":
    case "Finalizing":
      return <ArrowSyncCircle20Regular />;
    case "Running":
      return <PlayCircle20Filled />;
    case "Completed":
      return job.failed > 0 ? <Warning20Filled /> : <CheckmarkCircle20Filled />;
    case "Failed":
      return <ErrorCircle20Filled />;
    case "Canceled":
    case "CancelRequested":
      return <DismissCircle20Regular />;
    case "Paused":
      return <PauseCircle20Regular />;
  }
}
