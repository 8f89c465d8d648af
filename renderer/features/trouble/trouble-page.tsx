import { Body1, Button, Caption1, makeStyles, tokens } from "@fluentui/react-components";
import { DatabaseWarningRegular } from "@fluentui/react-icons";
import { useState } from "react";
import type { Problem } from "../../../electron/contract/problem.ts";
import { problemLine } from "../../../electron/contract/words/speaker.ts";
import { call } from "../../bridge/bridge.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { problemWords, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  page: {
    display: "flex",
    flexDirection: "column",
    justifyContent: "center",
    height: "100vh",
    overflow: "auto",
    overflowWrap: "anywhere",
    backgroundColor: tokens.colorNeutralBackground2,
  },
  remedy: { maxWidth: "520px" },
  place: { color: tokens.colorNeutralForeground3, userSelect: "text" },
  actions: { display: "flex", gap: tokens.spacingHorizontalS },
});

type Props = { readonly problem: Problem; readonly folder: string };

/** In place of everything else, when the workspace cannot be opened: what is wrong with it, where it is, what can be done. */
export function TroublePage({ problem, folder }: Props) {
  const styles = useStyles();
  const [refused, setRefused] = useState<Problem | null>(null);
  const words = problemWords(problem);

  async function openFolder(): Promise<void> {
    const answer = await call("app:open-workspace", null);
    setRefused(answer.ok ? null : answer.problem);
  }

  return (
    <main className={styles.page} data-testid="trouble">
      <EmptyState icon={<DatabaseWarningRegular />} title={t("trouble.title")} text={words.message}>
        <Body1 className={styles.remedy}>{words.remedy}</Body1>
        <Caption1 className={styles.place}>{t("trouble.folder", { folder })}</Caption1>
        <div className={styles.actions}>
          <Button appearance="primary" onClick={() => void openFolder()}>
            {t("trouble.open")}
          </Button>
          <Button onClick={() => void call("app:quit", null)}>{t("trouble.quit")}</Button>
          <CopyButton text={`${problemLine(words)} (${problem.code})`} />
        </div>
        {refused !== null && <ProblemNotice problem={refused} />}
      </EmptyState>
    </main>
  );
}
