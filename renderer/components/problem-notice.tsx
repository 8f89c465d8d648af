import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
} from "@fluentui/react-components";
import { Dismiss16Regular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { type Problem } from "../../electron/contract/problem.ts";
import { problemLine } from "../../electron/contract/words/speaker.ts";
import { problemWords, t } from "../locales/words.ts";
import { CopyButton } from "./copy-button.tsx";

const useStyles = makeStyles({
  bar: { flexShrink: 0 },
  text: { overflowWrap: "anywhere" },
});

type Props = {
  readonly problem: Problem;
  /** A warning waits for somebody (a full disk), an error ended something. */
  readonly intent?: "error" | "warning";
  readonly onRetry?: () => void;
  readonly onDismiss?: () => void;
  /** In place of the problem's own next step, where the window offers another. */
  readonly remedy?: string;
  /** In place of what the problem says itself. */
  readonly message?: string;
  /** Buttons that do something about it. */
  readonly actions?: ReactNode;
};

/** A problem where it happened: what, the next step, and a button that copies both with the code. */
export function ProblemNotice({ problem, intent = "error", onRetry, onDismiss, actions, ...own }: Props) {
  const styles = useStyles();
  const words = { ...problemWords(problem), ...own };
  return (
    <MessageBar className={styles.bar} intent={intent} politeness="assertive" data-testid="problem">
      <MessageBarBody className={styles.text}>
        <MessageBarTitle>{words.message}</MessageBarTitle> {words.remedy}
      </MessageBarBody>
      <MessageBarActions
        {...(onDismiss === undefined
          ? {}
          : {
              containerAction: (
                <Button
                  appearance="transparent"
                  size="small"
                  icon={<Dismiss16Regular />}
                  aria-label={t("problem.dismiss")}
                  onClick={onDismiss}
                />
              ),
            })}
      >
        {actions}
        {onRetry !== undefined && (
          <Button size="small" onClick={onRetry}>
            {t("problem.retry")}
          </Button>
        )}
        <CopyButton text={`${problemLine(words)} (${problem.code})`} />
      </MessageBarActions>
    </MessageBar>
  );
}
