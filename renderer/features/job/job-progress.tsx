import { Button, makeStyles, ProgressBar, Text, tokens } from "@fluentui/react-components";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import { format, jobSentences, t } from "../../locales/words.ts";
import { useApp } from "../../store/app-store.ts";
import type { RateHistory } from "../../store/rate-history.ts";
import { jobHeadline } from "./headline.ts";
import { workersText } from "./job-facts.tsx";
import { JobNotes, ReusedNote } from "./job-notes.tsx";
import { transferOf, waitsInHeadline } from "./job-state.ts";
import { RateChart } from "./rate-chart.tsx";
import { SplitBar } from "./split-bar.tsx";

const noRates: RateHistory = [];

const useStyles = makeStyles({
  progress: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXXL, flexShrink: 0 },
  sentence: { flexGrow: 1, minWidth: 0, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  speed: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM },
  headline: { fontVariantNumeric: "tabular-nums" },
});

type Props = {
  readonly job: JobView;
  /** Null while the errors are shown. */
  readonly onShowErrors: (() => void) | null;
};

/** How far the job is, how fast, and what is worth knowing about it. */
export function JobProgress({ job, onShowErrors }: Props) {
  const styles = useStyles();
  const transfer = transferOf(job);
  const rates = useApp((state) => state.rates[job.name] ?? noRates);
  return (
    <div className={styles.progress}>
      <div className={styles.sentence}>
        <div className={styles.line}>
          <Text size={400} weight="semibold" className={styles.headline} data-testid="job-headline">
            {jobHeadline(job, t, format, jobSentences)}
          </Text>
          {isTerminal(job.status) && job.failed > 0 && onShowErrors !== null && (
            <Button size="small" onClick={onShowErrors}>
              {t("job.showErrors", { count: job.failed })}
            </Button>
          )}
        </div>
        {transfer !== null && (
          <ProgressBar
            value={transfer.doneBytes}
            max={transfer.totalBytes}
            thickness="large"
            aria-label={t("job.transferred")}
          />
        )}
        {transfer === null && !waitsInHeadline(job) && <SplitBar job={job} size="large" />}
        <JobSpeed job={job} />
        <ReusedNote job={job} />
        <JobNotes job={job} />
      </div>
      {showsCourse(rates) && <RateChart history={rates} unit={job.item_unit} />}
    </div>
  );
}

/** How fast, by how many workers, on what, at what cost: now, or while it was scoring. */
function JobSpeed({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  const ended = isTerminal(job.status);
  const parts = [
    ...(job.rate > 0 ? [t(ended ? "job.rateWas" : "job.rateIs", { rate: format.rate(job.rate, job.item_unit) })] : []),
    ...(job.workers > 0 ? [workersText(job)] : []),
    ...(job.cost === null ? [] : [t("job.costIs", { cost: format.amount(job.cost) })]),
  ];
  if (parts.length === 0) return null;
  return (
    <Text size={200} className={styles.speed} data-testid="job-speed">
      {parts.join(" · ")}
    </Text>
  );
}

/** A chart of less than this says nothing that the number beside it does not. */
function showsCourse(rates: RateHistory): boolean {
  const seconds = (rates.at(-1)?.second ?? 0) - (rates[0]?.second ?? 0);
  return seconds >= 5 && rates.length >= 8 && rates.some(({ rate }) => rate > 0);
}
