import { Caption1, makeStyles, Select, Spinner, tokens } from "@fluentui/react-components";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { CallOutput } from "../../../../electron/contract/channels.ts";
import { isTerminal } from "../../../../electron/contract/job-status.ts";
import type { JobLogKind, JobView } from "../../../../electron/contract/nouns/job.ts";
import { call } from "../../../bridge/bridge.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { t } from "../../../locales/words.ts";
import type { Fetched } from "../../../store/app-store.ts";

const refreshEveryMs = 1000;

const useStyles = makeStyles({
  panel: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS, flexGrow: 1, minHeight: 0 },
  head: { display: "flex", alignItems: "center", justifyContent: "space-between", gap: tokens.spacingHorizontalM },
  choice: { flexShrink: 0 },
  note: { flexGrow: 1, color: tokens.colorNeutralForeground2 },
  text: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    flexGrow: 1,
    minHeight: 0,
    overflow: "auto",
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase300,
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
  },
  empty: { padding: tokens.spacingVerticalXL, color: tokens.colorNeutralForeground2, textAlign: "center" },
});

const whole = {
  job: "log.whole",
  azure: "log.wholeAzure",
  stdout: "log.wholeScript",
  stderr: "log.wholeScript",
  error: "log.wholeScript",
} as const satisfies Record<JobLogKind, string>;

/** The last part of one of a job's logs; what is new appears at its end. */
export function LogTab({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  const [kind, setKind] = useState<JobLogKind>("job");
  const log = useLog(job, kind);
  if (log.state === "failed") return <ProblemNotice problem={log.problem} />;
  if (log.state === "loading") return <Spinner size="small" label={t("log.loading")} delay={200} />;
  const { text, is_cut, kinds } = log.value;
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        {kinds.length > 1 && (
          <Select
            size="small"
            className={styles.choice}
            aria-label={t("log.which")}
            value={kind}
            onChange={(_, { value }) => setKind(kinds.find((each) => each === value) ?? "job")}
          >
            {kinds.map((each) => (
              <option key={each} value={each}>
                {t(`log.kind.${each}`)}
              </option>
            ))}
          </Select>
        )}
        <Caption1 className={styles.note}>{text !== "" && t(is_cut ? "log.end" : whole[kind])}</Caption1>
        {text !== "" && <CopyButton text={text} />}
      </div>
      {text === "" ? (
        <div className={styles.empty}>{t("log.none")}</div>
      ) : (
        // Another log begins at its own end.
        <LogText key={kind} text={text} />
      )}
    </div>
  );
}

function LogText({ text }: { readonly text: string }) {
  const styles = useStyles();
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  // Somebody who reads further up is left there.
  useLayoutEffect(() => {
    if (box.current !== null && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  return (
    // Focusable, because a region that scrolls must be reachable with the keyboard.
    <pre
      ref={box}
      className={styles.text}
      tabIndex={0}
      role="region"
      aria-label={t("job.tabLog")}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 4;
      }}
    >
      {text}
    </pre>
  );
}

/** What a job prints in Azure changes nothing of the job: so often its log is looked at while it runs there. */
const lookAtAzureEveryMs = 3000;

/** Counts up as long as there may be news that the job itself does not tell. */
function useLooks({ runs_on, status }: JobView): number {
  const [looks, setLooks] = useState(0);
  const isFollowed = runs_on === "azure" && !isTerminal(status);
  useEffect(() => {
    if (!isFollowed) return;
    const timer = setInterval(() => setLooks((before) => before + 1), lookAtAzureEveryMs);
    return () => clearInterval(timer);
  }, [isFollowed]);
  return looks;
}

/** Fetched again when the job has changed, at most once a second. */
function useLog(job: JobView, kind: JobLogKind): Fetched<CallOutput<"jobs:log">> {
  const [log, setLog] = useState<Fetched<CallOutput<"jobs:log">>>({ state: "loading" });
  const fetchedAt = useRef(0);
  const fetchedKind = useRef<JobLogKind | null>(null);
  const { name } = job;
  const looks = useLooks(job);
  useEffect(() => {
    const isAnother = fetchedKind.current !== kind;
    const wait = isAnother ? 0 : Math.max(0, fetchedAt.current + refreshEveryMs - performance.now());
    const timer = setTimeout(() => {
      fetchedAt.current = performance.now();
      fetchedKind.current = kind;
      void call("jobs:log", { name, kind }).then((answer) => {
        // The answer for a log that is not looked at any more comes too late.
        if (fetchedKind.current !== kind) return;
        setLog(answer.ok ? { state: "ready", value: answer.value } : { state: "failed", problem: answer.problem });
      });
    }, wait);
    return () => clearTimeout(timer);
    // The job is not read: news of it is the reason to look again.
  }, [name, kind, job, looks]);
  return log;
}
