import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import { jobShares } from "./job-state.ts";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  track: {
    display: "flex",
    gap: "1px",
    overflow: "hidden",
    width: "100%",
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground6,
    "@media (forced-colors: active)": { border: "1px solid CanvasText" },
  },
  small: { height: "6px" },
  large: { height: "10px" },
  part: {
    flexShrink: 0,
    forcedColorAdjust: "none",
    transitionProperty: "width",
    transitionDuration: tokens.durationNormal,
    transitionTimingFunction: tokens.curveEasyEase,
    "@media (prefers-reduced-motion: reduce)": { transitionDuration: "0.01ms" },
  },
  // A handful of failures among millions is still seen.
  visible: { minWidth: "4px", flexShrink: 0 },
  succeeded: {
    flexShrink: 1,
    backgroundColor: tokens.colorCompoundBrandBackground,
    "@media (forced-colors: active)": { backgroundColor: "Highlight" },
  },
  stopped: {
    backgroundColor: tokens.colorNeutralStroke1,
    "@media (forced-colors: active)": { backgroundColor: "GrayText" },
  },
  failed: {
    backgroundColor: tokens.colorStatusWarningBackground3,
    "@media (forced-colors: active)": { backgroundColor: "CanvasText" },
  },
  skipped: {
    backgroundColor: tokens.colorNeutralStroke1,
    "@media (forced-colors: active)": { backgroundColor: "GrayText" },
  },
  // Planning goes on: the bar is of what was found so far, and fades out instead of ending.
  open: { opacity: 0.6 },
});

type Props = { readonly job: JobView; readonly size: "small" | "large" };

/** A job's items as one bar: succeeded, failed, skipped, and what is left. */
export function SplitBar({ job, size }: Props) {
  const styles = useStyles();
  const shares = jobShares(job);
  const done = job.succeeded + job.failed + job.skipped;
  const left = Math.max(0, job.total - done);
  const stopped = job.status === "Canceled" || job.status === "Failed";
  const part = (share: number, ...classes: string[]) =>
    share > 0 && (
      <span className={mergeClasses(styles.part, styles.visible, ...classes)} style={{ width: `${share * 100}%` }} />
    );
  return (
    <div
      role="progressbar"
      aria-label={t("job.progress")}
      aria-valuemin={0}
      aria-valuemax={Math.max(job.total, done)}
      aria-valuenow={shares.known || isTerminal(job.status) ? done : undefined}
      aria-valuetext={t("job.progressText", { succeeded: job.succeeded, failed: job.failed, left })}
      className={mergeClasses(styles.track, size === "small" ? styles.small : styles.large)}
    >
      {part(shares.succeeded, styles.succeeded, stopped ? styles.stopped : "", shares.known ? "" : styles.open)}
      {part(shares.failed, styles.failed)}
      {part(shares.skipped, styles.skipped)}
    </div>
  );
}
