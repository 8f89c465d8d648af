import { Link, makeStyles, Text, tokens } from "@fluentui/react-components";
import { Clock16Regular, History16Regular, Warning16Regular } from "@fluentui/react-icons";
import type { ReactElement } from "react";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import { sentenceOf } from "../../../electron/contract/sentences/sentences.ts";
import { jobSentences, t } from "../../locales/words.ts";
import { navigate } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import { waitsInHeadline } from "./job-state.ts";

const useStyles = makeStyles({
  note: {
    display: "flex",
    alignItems: "flex-start",
    gap: tokens.spacingHorizontalXS,
    minWidth: 0,
    color: tokens.colorNeutralForeground2,
  },
  // As high as a line of the text, so that the two stand level.
  icon: { display: "flex", alignItems: "center", height: tokens.lineHeightBase200, flexShrink: 0 },
  warning: { color: tokens.colorStatusWarningForeground3 },
  text: { overflowWrap: "anywhere" },
  link: { fontSize: "inherit", lineHeight: "inherit" },
});

/** What holds a job up, unless its headline says so, and what its user should know of it; a line each. */
export function JobNotes({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  return (
    <>
      {job.waiting_for !== null && !waitsInHeadline(job) && (
        <Note icon={<Clock16Regular />} text={sentenceOf(jobSentences.waiting, job.waiting_for)} iconClass="" />
      )}
      {job.warnings
        .map((warning) => sentenceOf(jobSentences.warning, warning))
        .map((warning) => (
          <Note key={warning} icon={<Warning16Regular />} text={warning} iconClass={styles.warning} />
        ))}
    </>
  );
}

/** How much a job took over from an earlier one, and the way to that one as long as it is there. */
export function ReusedNote({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  const { base_job: base } = job;
  const hasBase = useApp(({ jobs }) => base !== null && jobs.byName[base] !== undefined);
  if (base === null) return null;
  return (
    <div className={styles.note} data-testid="job-reused">
      <span className={styles.icon} aria-hidden="true">
        <History16Regular />
      </span>
      <Text size={200} className={styles.text}>
        {reusedText(job)}{" "}
        {hasBase ? (
          <Link as="button" inline className={styles.link} onClick={() => navigate({ screen: "job", job: base })}>
            {base}
          </Link>
        ) : (
          base
        )}
      </Text>
    </div>
  );
}

/** "98,000 of 100,000 rows taken over from", before the name of the job; how many is known once all is counted. */
function reusedText(job: JobView): string {
  if (!job.total_known) return t("job.reusing");
  if (job.reused === 0 && !isTerminal(job.status)) return t("job.reusing");
  return t(job.item_unit === "row" ? "job.reusedRows" : "job.reusedFiles", { reused: job.reused, count: job.total });
}

type NoteProps = { readonly icon: ReactElement; readonly text: string; readonly iconClass: string };

function Note({ icon, text, iconClass }: NoteProps) {
  const styles = useStyles();
  return (
    <div className={styles.note} data-testid="job-note">
      <span className={styles.icon} aria-hidden="true">
        <span className={iconClass} style={{ display: "flex" }}>
          {icon}
        </span>
      </span>
      <Text size={200} className={styles.text}>
        {text}
      </Text>
    </div>
  );
}
