import { Caption1, makeStyles, tokens } from "@fluentui/react-components";
import { t } from "../locales/words.ts";
import { CopyButton } from "./copy-button.tsx";

const useStyles = makeStyles({
  box: {
    display: "flex",
    flexDirection: "column",
    alignItems: "flex-start",
    gap: tokens.spacingVerticalS,
    maxWidth: "100%",
  },
  code: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    maxWidth: "100%",
    boxSizing: "border-box",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    textAlign: "left",
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
  },
});

/** What to type in a terminal, with a button that copies it. */
export function CommandLines({ lead, lines }: { readonly lead: string | null; readonly lines: readonly string[] }) {
  const styles = useStyles();
  const text = lines.join("\n");
  return (
    <div className={styles.box}>
      {lead !== null && <Caption1>{lead}</Caption1>}
      <pre className={styles.code}>{text}</pre>
      <CopyButton text={text} label={t("score.copyCommands")} />
    </div>
  );
}
