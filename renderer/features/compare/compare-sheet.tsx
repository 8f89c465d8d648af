import { Button, Field, Input, makeStyles, ProgressBar, Select, Text, tokens } from "@fluentui/react-components";
import { BranchCompare20Regular, FolderOpen20Regular } from "@fluentui/react-icons";
import { useEffect, useState } from "react";
import type { EventPayload } from "../../../electron/contract/channels.ts";
import type { Comparison } from "../../../electron/contract/messages/compare-messages.ts";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call, listen } from "../../bridge/bridge.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { SideSheet } from "../../components/side-sheet.tsx";
import { useNow } from "../../components/use-now.ts";
import { format, t } from "../../locales/words.ts";
import { useApp } from "../../store/app-store.ts";
import { comparable } from "./candidates.ts";
import { ComparisonSummary } from "./comparison-summary.tsx";

const useStyles = makeStyles({
  // As wide as the sheet, whatever the longest name is.
  select: { minWidth: 0, "& > select": { minWidth: 0, textOverflow: "ellipsis" } },
  progress: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  quiet: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
});

type Progress = EventPayload<"comparisons:progress">;

/** Which job to hold this one against, how far that is, and what came out. */
export function CompareSheet({ job, onClose }: { readonly job: JobView; readonly onClose: () => void }) {
  const styles = useStyles();
  const jobs = useApp((state) => state.jobs);
  const now = useNow();
  const names = comparable(jobs, job);
  const [chosen, setChosen] = useState<string | null>(null);
  const [tolerance, setTolerance] = useState("0");
  const [progress, setProgress] = useState<Progress | null>(null);
  const [comparison, setComparison] = useState<Comparison | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const other = chosen ?? names[0] ?? null;
  const allowed = toleranceOf(tolerance);
  const isRunning = progress !== null;
  useEffect(() => listen("comparisons:progress", setProgress), []);
  // A sheet that closes leaves nothing behind that runs.
  useEffect(() => () => void call("comparisons:stop", null), []);

  const run = async (): Promise<void> => {
    if (other === null || allowed === null || isRunning) return;
    setProgress({ items: 0, total: 0 });
    setProblem(null);
    setComparison(null);
    const answer = await call("comparisons:run", { a: job.name, b: other, tolerance: allowed });
    setProgress(null);
    if (answer.ok) setComparison(answer.value);
    else setProblem(answer.problem);
  };
  const open = async (): Promise<void> => {
    const answer = await call("comparisons:open", null);
    setProblem(answer.ok ? null : answer.problem);
  };

  return (
    <SideSheet
      title={t("compare.title", { name: job.name })}
      onClose={onClose}
      onSubmit={() => void run()}
      footer={
        <>
          {isRunning && <Button onClick={() => void call("comparisons:stop", null)}>{t("compare.stop")}</Button>}
          {comparison !== null && comparison.differences_file !== null && (
            <Button icon={<FolderOpen20Regular />} onClick={() => void open()}>
              {t("compare.openFile")}
            </Button>
          )}
          <Button
            type="submit"
            appearance="primary"
            icon={<BranchCompare20Regular />}
            disabledFocusable={other === null || allowed === null || isRunning}
          >
            {t("compare.start")}
          </Button>
        </>
      }
    >
      <Field label={t("compare.other")} hint={t("compare.otherHint")}>
        <Select
          className={styles.select}
          value={other ?? ""}
          disabled={isRunning}
          onChange={(_, { value }) => setChosen(value)}
        >
          {names.map((name) => (
            <option key={name} value={name}>
              {optionText(jobs.byName[name], now)}
            </option>
          ))}
        </Select>
      </Field>
      <Field
        label={t("compare.tolerance")}
        {...(allowed === null ? { validationMessage: t("compare.toleranceFault") } : {})}
      >
        <Input value={tolerance} disabled={isRunning} onChange={(_, { value }) => setTolerance(value)} />
      </Field>
      {progress !== null && <RunningComparison progress={progress} />}
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
      {comparison !== null && <ComparisonSummary comparison={comparison} />}
    </SideSheet>
  );
}

function RunningComparison({ progress: { items, total } }: { readonly progress: Progress }) {
  const styles = useStyles();
  return (
    <div className={styles.progress} role="status">
      {total > 0 ? <ProgressBar value={items} max={total} /> : <ProgressBar />}
      {total > 0 && (
        <Text size={200} className={styles.quiet}>
          {t("compare.running", { items, total })}
        </Text>
      )}
    </div>
  );
}

function optionText(job: JobView | undefined, now: number): string {
  if (job === undefined) return "";
  const when = format.relative(Date.parse(job.ended_at ?? job.created_at), now);
  const where = job.azure === null ? t("sheet.thisComputer") : t("sheet.inAzure", { name: job.azure.workspace });
  return t("compare.option", { name: job.name, deployment: job.deployment_name, where, when });
}

/** Null for what is no number of at least 0; a comma may stand for the point. */
function toleranceOf(text: string): number | null {
  const value = text.trim() === "" ? Number.NaN : Number(text.replace(",", "."));
  return Number.isFinite(value) && value >= 0 ? value : null;
}
