import { Field, makeStyles, Select, tokens } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call } from "../../bridge/bridge.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { format, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  // The choice stands beside its name, and not in the middle of the page.
  line: { flexShrink: 0, gridTemplateColumns: "max-content minmax(0, 220px)", columnGap: tokens.spacingHorizontalM },
});

const megabyte = 1e6;
/** Megabytes a second: from what leaves a slow line usable to what a fast one has. */
const offered = [0.5, 1, 2, 5, 10, 25, 50, 100] as const;

/** How fast a job may send its input, asked for as long as it does. It holds at once, and for as long as the job is there. */
export function UploadLimit({ job: { name, waiting_for } }: { readonly job: JobView }) {
  const isSending = waiting_for?.kind === "azure-hashing" || waiting_for?.kind === "azure-uploading";
  return isSending ? <LimitChoice name={name} /> : null;
}

function LimitChoice({ name }: { readonly name: string }) {
  const styles = useStyles();
  /** Bytes a second, null: none; undefined: not known yet. */
  const [limit, setLimit] = useState<number | null | undefined>(undefined);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(() => {
    let isCurrent = true;
    void call("azure:upload-limit", { name }).then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setLimit(answer.value);
      else setProblem(answer.problem);
    });
    return () => {
      isCurrent = false;
    };
  }, [name]);

  async function choose(wanted: number | null): Promise<void> {
    const answer = await call("azure:limit-upload", { name, limit: wanted });
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setLimit(wanted);
  }

  if (problem !== null) return <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />;
  if (limit === undefined) return null;
  const rates = offered.map((rate) => rate * megabyte);
  const shown = limit === null || rates.includes(limit) ? rates : [...rates, limit].sort((a, b) => a - b);
  return (
    <Field className={styles.line} label={t("job.uploadLimit")} size="small" orientation="horizontal">
      <Select
        size="small"
        value={limit === null ? "" : String(limit)}
        onChange={(_, { value }) => void choose(value === "" ? null : Number(value))}
      >
        <option value="">{t("job.noUploadLimit")}</option>
        {shown.map((rate) => (
          <option key={rate} value={String(rate)}>
            {t("job.uploadRate", { size: format.bytes(rate) })}
          </option>
        ))}
      </Select>
    </Field>
  );
}
