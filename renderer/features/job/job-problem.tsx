import { Button } from "@fluentui/react-components";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import type { JobActionsState } from "./job-actions.tsx";
import { hasChangedInput } from "./job-state.ts";

type Props = { readonly job: JobView; readonly state: JobActionsState };

/** Why a job waits, paused itself or failed; over an input that has changed, the two ways to go on. */
export function JobProblem({ job, state }: Props) {
  if (job.problem === null) return null;
  if (!hasChangedInput(job)) {
    return <ProblemNotice problem={job.problem} intent={job.status === "Failed" ? "error" : "warning"} />;
  }
  const isAsked = state.pending !== null;
  return (
    <ProblemNotice
      problem={job.problem}
      intent="warning"
      remedy={t("job.changedInput")}
      actions={
        <>
          <Button
            size="small"
            title={t("job.tryAgainHint")}
            disabledFocusable={isAsked}
            onClick={() => state.ask("resume")}
          >
            {t("problem.retry")}
          </Button>
          <Button
            size="small"
            title={t("job.leaveOutHint")}
            disabledFocusable={isAsked}
            onClick={() => state.ask("resume-without-changed")}
          >
            {t("job.leaveOut")}
          </Button>
        </>
      }
    />
  );
}
