import { Link, makeStyles, Text, tokens } from "@fluentui/react-components";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { format, t } from "../../locales/words.ts";
import { navigate } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import { baseName, knownTimeLeft } from "../job/job-state.ts";

const useStyles = makeStyles({
  strip: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalL,
    minHeight: "28px",
    padding: `0 ${tokens.spacingHorizontalM}`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground3,
    color: tokens.colorNeutralForeground2,
    fontVariantNumeric: "tabular-nums",
    whiteSpace: "nowrap",
    overflow: "hidden",
  },
  job: {
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
    minWidth: 0,
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
  },
  spacer: { flexGrow: 1 },
  fixed: { flexShrink: 0 },
});

/** The line at the bottom: what runs, how fast, how long still, on what, and how much room the disk has. */
export function StatusStrip() {
  const styles = useStyles();
  const info = useApp((state) => state.info);
  const running = useApp((state) => state.jobs.running);
  const waiting = useApp((state) => state.jobs.waiting.length);
  const byName = useApp((state) => (running.length === 0 ? null : state.jobs.byName));
  const isPaused = useApp((state) => state.isQueuePaused);
  const jobs = byName === null ? [] : running.flatMap((name) => byName[name] ?? []);
  return (
    <footer className={styles.strip} aria-label={t("strip.label")}>
      {isPaused && <Text size={200}>{t("queue.paused")}</Text>}
      {!(isPaused && jobs.length === 0) && <RunningJobs jobs={jobs} />}
      {waiting > 0 && <Text size={200}>{t("strip.waiting", { count: waiting })}</Text>}
      <span className={styles.spacer} />
      {info !== null && !info.engine_here && <Text size={200}>{t("strip.elsewhere")}</Text>}
      {info !== null && (
        <Text size={200} className={styles.fixed}>
          {t("strip.device", { device: info.device })}
        </Text>
      )}
      {info !== null && info.free_disk_bytes !== null && (
        <Text size={200} className={styles.fixed}>
          {t("strip.disk", { size: format.bytes(info.free_disk_bytes) })}
        </Text>
      )}
    </footer>
  );
}

function RunningJobs({ jobs }: { readonly jobs: readonly JobView[] }) {
  const styles = useStyles();
  const [first] = jobs;
  if (first === undefined) return <Text size={200}>{t("strip.idle")}</Text>;
  const units = new Set(jobs.filter((job) => job.rate > 0).map((job) => job.item_unit));
  const rate = jobs.reduce((sum, job) => sum + job.rate, 0);
  const [unit = first.item_unit] = units.size > 1 ? ["item" as const] : units;
  const left = timeLeft(jobs);
  return (
    <>
      <Link
        as="button"
        appearance="subtle"
        className={styles.job}
        onClick={() => navigate(jobs.length === 1 ? { screen: "job", job: first.name } : { screen: "queue" })}
      >
        {jobs.length === 1
          ? t("queue.into", { input: baseName(first.input_path), endpoint: first.endpoint_name })
          : t("strip.running", { count: jobs.length })}
      </Link>
      {jobs.some(({ azure }) => azure === null) && (
        <Text size={200} className={styles.fixed}>
          {format.rate(rate, unit)}
        </Text>
      )}
      {left !== null && (
        <Text size={200} className={styles.fixed}>
          {format.timeLeft(left)}
        </Text>
      )}
    </>
  );
}

/** Jobs that run side by side are done when the slowest is. */
function timeLeft(jobs: readonly JobView[]): JobView["seconds_left"] {
  const known = jobs.flatMap((job) => job.seconds_left ?? []);
  if (known.length < jobs.length || known.length === 0) return null;
  return knownTimeLeft({
    low: Math.max(...known.map(({ low }) => low)),
    high: Math.max(...known.map(({ high }) => high)),
  });
}
