import {
  Button,
  Caption1,
  makeStyles,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  tokens,
} from "@fluentui/react-components";
import type { Seen } from "../../../electron/contract/views/azure.ts";
import { Moment } from "../../components/moment.tsx";
import { problemWords, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  bar: { flexShrink: 0 },
  text: { overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2 },
});

type Props = { readonly seen: Pick<Seen<unknown>, "offline" | "unreadable">; readonly onRetry: () => void };

/** What is shown is old, since Azure cannot be reached; or a part of it could not be read. */
export function SeenNote({ seen: { offline, unreadable }, onRetry }: Props) {
  const styles = useStyles();
  return (
    <>
      {offline !== null && (
        <MessageBar intent="warning" className={styles.bar} data-testid="last-seen">
          <MessageBarBody className={styles.text}>
            <Moment at={offline.seenAt} sentence="azure.lastSeen" /> {problemWords(offline.problem).message}
          </MessageBarBody>
          <MessageBarActions>
            <Button size="small" onClick={onRetry}>
              {t("problem.retry")}
            </Button>
          </MessageBarActions>
        </MessageBar>
      )}
      {unreadable > 0 && <Caption1 className={styles.quiet}>{t("azure.unreadable", { count: unreadable })}</Caption1>}
    </>
  );
}
