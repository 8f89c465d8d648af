import { Button, makeStyles, MessageBar, MessageBarBody, tokens } from "@fluentui/react-components";
import { ShieldQuestion20Regular } from "@fluentui/react-icons";
import type { PreflightWarning } from "../../../electron/contract/nouns/preflight-facts.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { sentenceOf } from "../../../electron/contract/sentences/sentences.ts";
import { preflightSentences, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  warnings: { flexShrink: 0 },
  list: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    margin: 0,
    padding: 0,
    listStyleType: "none",
    overflowWrap: "anywhere",
  },
});

type Props = {
  readonly problems: readonly Problem[];
  readonly warnings: readonly PreflightWarning[];
  /** Shows what the deployment's script would run. */
  readonly onLookAtScript: () => void;
};

/** Everything that stands against the run, each with its next step, and what might be meant otherwise. */
export function PreflightNotices({ problems, warnings, onLookAtScript }: Props) {
  const styles = useStyles();
  return (
    <>
      {problems.map((problem, place) =>
        problem.code === "script/not-trusted" ? (
          <ProblemNotice
            key={place}
            // What it runs is a click away, and there its path does not stand in the way.
            problem={problem}
            message={t("trust.neededHere")}
            intent="warning"
            remedy=""
            actions={
              <Button size="small" icon={<ShieldQuestion20Regular />} onClick={onLookAtScript}>
                {t("trust.look")}
              </Button>
            }
          />
        ) : (
          <ProblemNotice key={place} problem={problem} />
        ),
      )}
      {warnings.length > 0 && (
        <MessageBar className={styles.warnings} intent="warning" layout="multiline" data-testid="preflight-warnings">
          <MessageBarBody>
            <ul className={styles.list}>
              {warnings.map((warning, place) => (
                <li key={place}>{sentenceOf(preflightSentences.warning, warning)}</li>
              ))}
            </ul>
          </MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}
