import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import {
  ArrowClockwise16Regular,
  ArrowClockwise20Regular,
  Dismiss16Regular,
  Dismiss20Regular,
  Pause16Regular,
  Pause20Regular,
  Play16Regular,
  Play20Regular,
} from "@fluentui/react-icons";
import { type KeyboardEvent, useState } from "react";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import type { Problem, Result } from "../../../electron/contract/problem.ts";
import { t } from "../../locales/words.ts";
import { arrangeJob, askJob, type JobRequest, retryFailed } from "../../store/actions.ts";
import { JobMenu } from "./job-menu.tsx";
import { jobRequests } from "./job-state.ts";

const useStyles = makeStyles({
  actions: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    justifyContent: "flex-end",
    gap: tokens.spacingHorizontalS,
  },
});

export type JobActionsState = {
  readonly pending: JobRequest | "arrange" | "retry-failed" | null;
  readonly confirming: boolean;
  readonly problem: Problem | null;
  readonly ask: (request: JobRequest) => void;
  readonly retryFailed: () => void;
  readonly arrange: (changes: Parameters<typeof arrangeJob>[1]) => void;
  readonly setConfirming: (confirming: boolean) => void;
  readonly dismissProblem: () => void;
};

/** What was asked of a job and not yet answered, so that the buttons and the place of a refusal can stand apart. */
export function useJobActions(name: string): JobActionsState {
  const [pending, setPending] = useState<JobActionsState["pending"]>(null);
  const [confirming, setConfirming] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (request: JobActionsState["pending"], asked: Promise<Result<JobView>>): Promise<void> => {
    setPending(request);
    setProblem(null);
    const answer = await asked;
    setPending(null);
    setConfirming(false);
    if (!answer.ok) setProblem(answer.problem);
  };
  return {
    pending,
    confirming,
    problem,
    ask: (request) => void run(request, askJob(name, request)),
    retryFailed: () => void run("retry-failed", retryFailed(name)),
    arrange: (changes) => void run("arrange", arrangeJob(name, changes)),
    setConfirming,
    dismissProblem: () => setProblem(null),
  };
}

type Props = {
  readonly job: JobView;
  readonly state: JobActionsState;
  /** Icons alone, named for screen readers and on hover, where many jobs stand under each other. */
  readonly compact: boolean;
};

/** Pause, resume, cancel, the place in the queue and another try of what failed, as far as the job's state allows; cancel asks in place. */
export function JobActions({ job, state, compact }: Props) {
  const styles = useStyles();
  const allowed = jobRequests(job);
  const { pending } = state;
  if (state.confirming && allowed.cancel) return <CancelQuestion state={state} compact={compact} />;
  const look = (label: string) =>
    compact ? ({ size: "small", appearance: "subtle", "aria-label": label, title: label } as const) : {};
  return (
    <div className={styles.actions}>
      {allowed.pause && (
        <Button
          {...look(t("job.pause"))}
          icon={compact ? <Pause16Regular /> : <Pause20Regular />}
          disabledFocusable={pending !== null}
          onClick={() => state.ask("pause")}
        >
          {compact ? null : t("job.pause")}
        </Button>
      )}
      {allowed.resume && (
        <Button
          {...look(t("job.resume"))}
          {...(compact ? {} : { appearance: "primary" })}
          icon={compact ? <Play16Regular /> : <Play20Regular />}
          disabledFocusable={pending !== null}
          onClick={() => state.ask("resume")}
        >
          {compact ? null : t("job.resume")}
        </Button>
      )}
      {allowed.cancel && (
        <Button
          {...look(t("job.cancel"))}
          icon={compact ? <Dismiss16Regular /> : <Dismiss20Regular />}
          disabledFocusable={pending !== null}
          onClick={() => state.setConfirming(true)}
        >
          {compact ? null : t("job.cancel")}
        </Button>
      )}
      {allowed.retryFailed && (
        <Button
          size={compact ? "small" : "medium"}
          icon={compact ? <ArrowClockwise16Regular /> : <ArrowClockwise20Regular />}
          title={t("job.retryFailedHint")}
          disabledFocusable={pending !== null}
          onClick={state.retryFailed}
        >
          {t("job.retryFailed", { count: job.failed })}
        </Button>
      )}
      {!isTerminal(job.status) && <JobMenu job={job} onArrange={state.arrange} compact={compact} />}
    </div>
  );
}

function CancelQuestion({ state, compact }: { readonly state: JobActionsState; readonly compact: boolean }) {
  const styles = useStyles();
  const size = compact ? "small" : "medium";
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    state.setConfirming(false);
  };
  return (
    <div className={styles.actions} role="group" aria-label={t("job.cancelQuestion")} onKeyDown={onKeyDown}>
      <Text size={compact ? 200 : 300}>{t("job.cancelQuestion")}</Text>
      <Button size={size} disabledFocusable={state.pending !== null} onClick={() => state.ask("cancel")}>
        {t("job.cancelYes")}
      </Button>
      {/* The harmless answer has the focus: Enter pressed once too often cancels nothing. */}
      <Button ref={focusAtOnce} size={size} appearance="primary" onClick={() => state.setConfirming(false)}>
        {t("job.cancelNo")}
      </Button>
    </div>
  );
}

function focusAtOnce(element: HTMLElement | null): void {
  element?.focus();
}
