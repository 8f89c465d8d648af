import { Body1, makeStyles, Subtitle1, tokens } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

const useStyles = makeStyles({
  box: {
    display: "flex",
    flexDirection: "column",
    alignItems: "center",
    justifyContent: "center",
    gap: tokens.spacingVerticalM,
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalXXL}`,
    textAlign: "center",
  },
  icon: { fontSize: "48px", lineHeight: "48px", color: tokens.colorNeutralForeground3 },
  text: { maxWidth: "520px", color: tokens.colorNeutralForeground2 },
});

type Props = {
  readonly icon: ReactElement;
  readonly title: string;
  readonly text: string;
  /** The next action. */
  readonly children?: ReactNode;
};

/** A place with nothing in it yet, and what to do about that. */
export function EmptyState({ icon, title, text, children }: Props) {
  const styles = useStyles();
  return (
    <div className={styles.box}>
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <Subtitle1 as="h2">{title}</Subtitle1>
      <Body1 className={styles.text}>{text}</Body1>
      {children}
    </div>
  );
}
