import { Button, makeStyles, Text, Title3, tokens } from "@fluentui/react-components";
import { ArrowLeft20Regular, FolderOpen20Regular } from "@fluentui/react-icons";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call } from "../../bridge/bridge.ts";
import { Moment } from "../../components/moment.tsx";
import { t } from "../../locales/words.ts";
import { navigate } from "../../store/actions.ts";
import { CompareButton } from "../compare/compare-button.tsx";
import { AzureMark } from "./azure-mark.tsx";
import { JobActions, type useJobActions } from "./job-actions.tsx";
import { baseName } from "./job-state.ts";
import { JobStateLabel } from "./job-state-label.tsx";

const useStyles = makeStyles({
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
});

type Props = {
  readonly job: JobView;
  /** Names the page. */
  readonly titleId: string;
  readonly actions: ReturnType<typeof useJobActions>;
  readonly onProblem: (problem: Problem | null) => void;
};

/** What the job is, how it stands, and what can be done with it. */
export function JobHeader({ job, titleId, actions, onProblem }: Props) {
  const styles = useStyles();
  const title = t("queue.into", { input: baseName(job.input_path), endpoint: job.endpoint_name });
  const openOutput = async (): Promise<void> => {
    const answer = await call("jobs:open-output", { name: job.name });
    onProblem(answer.ok ? null : answer.problem);
  };
  return (
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
          <AzureMark job={job} />
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
  );
}

function JobMoment({ job }: { readonly job: JobView }) {
  if (job.ended_at !== null) return <Moment at={job.ended_at} sentence="job.ended" />;
  if (job.started_at !== null) return <Moment at={job.started_at} sentence="job.started" />;
  return <Moment at={job.created_at} sentence="job.added" />;
}
