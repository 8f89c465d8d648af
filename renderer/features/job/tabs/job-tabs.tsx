import { makeStyles, Subtitle2, Tab, TabList, tokens } from "@fluentui/react-components";
import { useId } from "react";
import type { JobView } from "../../../../electron/contract/nouns/job.ts";
import { useMediaQuery } from "../../../components/use-media-query.ts";
import { format, t } from "../../../locales/words.ts";
import { JobFacts, JobStages } from "../job-facts.tsx";
import { ErrorsTab } from "./errors-tab.tsx";
import { LogTab } from "./log-tab.tsx";
import { MiniBatchesTab } from "./mini-batches-tab.tsx";
import { ResultsTab } from "./results-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";

const useStyles = makeStyles({
  below: { display: "flex", gap: tokens.spacingHorizontalXXXL, flexGrow: 1, minHeight: 0 },
  tabs: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, minHeight: 0 },
  // The first tab's text stands where all other text begins.
  tabList: { marginLeft: `calc(-1 * ${tokens.spacingHorizontalM})`, flexWrap: "wrap", flexShrink: 0 },
  // Eight rows of a table: where there is less room, the page scrolls.
  panel: {
    display: "flex",
    flexDirection: "column",
    flexGrow: 1,
    minHeight: "270px",
    paddingTop: tokens.spacingVerticalS,
  },
  facts: {
    width: "380px",
    flexShrink: 0,
    overflow: "auto",
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    paddingTop: tokens.spacingVerticalM,
  },
});

export type TabName = "results" | "errors" | "mini-batches" | "log" | "settings";

type Props = { readonly job: JobView; readonly tab: TabName; readonly onChoose: (tab: TabName) => void };

/** Results, errors, mini-batches, log and settings; in a wide window the job's facts stand beside them. */
export function JobTabs({ job, tab, onChoose }: Props) {
  const styles = useStyles();
  const tabsId = useId();
  const isWide = useMediaQuery("(min-width: 1440px)");
  return (
    <div className={styles.below}>
      <div className={styles.tabs}>
        <TabList
          className={styles.tabList}
          selectedValue={tab}
          onTabSelect={(_, { value }) => onChoose(value as TabName)}
        >
          <Tab value="results" id={`${tabsId}-results`}>
            {t("job.tabResults")}
          </Tab>
          <Tab value="errors" id={`${tabsId}-errors`}>
            {job.failed > 0 ? t("job.tabErrorsCount", { count: format.number(job.failed) }) : t("job.tabErrors")}
          </Tab>
          <Tab value="mini-batches" id={`${tabsId}-mini-batches`}>
            {t("job.tabMiniBatches")}
          </Tab>
          <Tab value="log" id={`${tabsId}-log`}>
            {t("job.tabLog")}
          </Tab>
          <Tab value="settings" id={`${tabsId}-settings`}>
            {t("job.tabSettings")}
          </Tab>
        </TabList>
        <div role="tabpanel" aria-labelledby={`${tabsId}-${tab}`} className={styles.panel}>
          {tab === "results" && <ResultsTab job={job} />}
          {tab === "errors" && <ErrorsTab job={job} />}
          {tab === "mini-batches" && <MiniBatchesTab job={job} />}
          {tab === "log" && <LogTab job={job} />}
          {tab === "settings" && <SettingsTab job={job} withFacts={!isWide} />}
        </div>
      </div>
      {isWide && (
        <aside className={styles.facts} aria-label={t("job.facts")}>
          <Subtitle2 as="h2">{t("job.facts")}</Subtitle2>
          <JobFacts job={job} />
          <JobStages job={job} />
        </aside>
      )}
    </div>
  );
}
