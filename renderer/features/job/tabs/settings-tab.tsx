import { makeStyles, Spinner, Subtitle2, tokens } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { JobDetails } from "../../../../electron/contract/channels.ts";
import type { JobView } from "../../../../electron/contract/nouns/job.ts";
import { sentenceOf } from "../../../../electron/contract/sentences/sentences.ts";
import { call } from "../../../bridge/bridge.ts";
import { Facts } from "../../../components/facts.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { isTextKey } from "../../../locales/translate.ts";
import { format, jobSentences, t } from "../../../locales/words.ts";
import type { Fetched } from "../../../store/app-store.ts";
import { JobFacts, JobStages } from "../job-facts.tsx";

const useStyles = makeStyles({
  columns: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(min(340px, 100%), 1fr))",
    gap: `${tokens.spacingVerticalXL} ${tokens.spacingHorizontalXXXL}`,
    alignItems: "start",
    overflow: "auto",
    flexGrow: 1,
    minHeight: 0,
    alignContent: "start",
  },
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS, minWidth: 0 },
});

type Props = {
  readonly job: JobView;
  /** The facts stand elsewhere on wide windows. */
  readonly withFacts: boolean;
};

/** The frozen settings of a job and what happened to it. */
export function SettingsTab({ job, withFacts }: Props) {
  const styles = useStyles();
  const details = useJobDetails(job.name, job.status);
  if (details.state === "failed") return <ProblemNotice problem={details.problem} />;
  if (details.state === "loading") return <Spinner size="small" label={t("job.loading")} delay={200} />;
  const { settings, history, batch_chosen_by } = details.value;
  return (
    <div className={styles.columns}>
      {withFacts && (
        <section className={styles.section}>
          <Subtitle2 as="h3">{t("job.facts")}</Subtitle2>
          <JobFacts job={job} />
          <JobStages job={job} />
        </section>
      )}
      <section className={styles.section}>
        <Subtitle2 as="h3">{t("job.settings")}</Subtitle2>
        <Facts
          facts={settings.map((setting) => ({
            name: settingName(setting),
            ...(settingName(setting).toLowerCase() === setting.azure_name ? {} : { hint: setting.azure_name }),
            value: settingValue(setting, batch_chosen_by),
          }))}
        />
      </section>
      <section className={styles.section}>
        <Subtitle2 as="h3">{t("job.history")}</Subtitle2>
        <Facts
          facts={history.map((entry) => ({
            name: format.exact(Date.parse(entry.at)),
            value: historyText(entry),
          }))}
        />
      </section>
    </div>
  );
}

function useJobDetails(name: string, status: string): Fetched<JobDetails> {
  const [details, setDetails] = useState<Fetched<JobDetails>>({ state: "loading" });
  // A new status is a new line in the history; what is shown stays until the answer comes.
  useEffect(() => {
    let isCurrent = true;
    void call("jobs:show", { name }).then((answer) => {
      if (!isCurrent) return;
      setDetails(answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem });
    });
    return () => {
      isCurrent = false;
    };
  }, [name, status]);
  return details;
}

function settingName(setting: { readonly name: string; readonly azure_name: string }): string {
  const key = `setting.${setting.azure_name}`;
  return isTextKey(key) ? t(key) : setting.name;
}

/** A value in plain words where there are some, else as it stands in the deployment. */
function settingValue(
  setting: { readonly azure_name: string; readonly value: string },
  batchChosenBy: JobDetails["batch_chosen_by"],
): string {
  if (setting.azure_name === "retry_settings.timeout") return format.duration(Number(setting.value));
  if (setting.azure_name === "batch") {
    return t(`setting.batch.${batchChosenBy}`, { batch: Number(setting.value) });
  }
  const key = `setting.${setting.azure_name}.${setting.value}`;
  return isTextKey(key) ? t(key) : setting.value;
}

function historyText({ status, note }: JobDetails["history"][number]): string {
  const word = status === "NotStarted" ? t("job.historyAdded") : t(`state.${status}`);
  return note === null ? word : `${word}: ${sentenceOf(jobSentences.note, note)}`;
}
