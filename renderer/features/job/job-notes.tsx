import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { Clock16Regular, Warning16Regular } from "@fluentui/react-icons";
import type { ReactElement } from "react";
import type { JobView } from "../../../electron/contract/job.ts";
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
});

/** What holds a job up, unless its headline says so, and what its user should know of it; a line each. */
export function JobNotes({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  return (
    <>
      {job.waiting_for !== null && !waitsInHeadline(job) && (
        <Note icon={<Clock16Regular />} text={job.waiting_for} iconClass="" />
      )}
      {job.warnings.map((warning) => (
        <Note key={warning} icon={<Warning16Regular />} text={warning} iconClass={styles.warning} />
      ))}
    </>
  );
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
