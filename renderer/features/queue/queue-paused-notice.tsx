import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
} from "@fluentui/react-components";
import { Play16Regular } from "@fluentui/react-icons";
import { useState } from "react";
import type { Problem } from "../../../electron/contract/problem.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import { pauseQueue } from "../../store/actions.ts";

const useStyles = makeStyles({ bar: { flexShrink: 0 } });

/** That nothing runs because the whole queue is paused, and the button that ends it. */
export function QueuePausedNotice() {
  const styles = useStyles();
  const [problem, setProblem] = useState<Problem | null>(null);
  return (
    <>
      <MessageBar className={styles.bar} intent="warning" data-testid="queue-paused">
        <MessageBarBody>
          <MessageBarTitle>{t("queue.paused")}</MessageBarTitle> {t("queue.pausedText")}
        </MessageBarBody>
        <MessageBarActions>
          <Button size="small" icon={<Play16Regular />} onClick={() => void pauseQueue(false).then(setProblem)}>
            {t("queue.resumeAll")}
          </Button>
        </MessageBarActions>
      </MessageBar>
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
    </>
  );
}
