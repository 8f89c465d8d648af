import { Button, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

const useStyles = makeStyles({
  button: {
    flexDirection: "column",
    minWidth: 0,
    width: "100%",
    padding: `${tokens.spacingVerticalS} 0`,
    gap: "2px",
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
    fontWeight: tokens.fontWeightRegular,
    // A subtle button's own colour for this is the rail's.
    ":hover": { backgroundColor: tokens.colorNeutralBackground3Hover },
    ":hover:active": { backgroundColor: tokens.colorNeutralBackground3Pressed },
  },
  chosen: {
    backgroundColor: tokens.colorNeutralBackground1Selected,
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorBrandForeground1,
    ":hover": { color: tokens.colorBrandForeground1 },
    ":hover:active": { color: tokens.colorBrandForeground1 },
    "@media (forced-colors: active)": { outline: "2px solid Highlight" },
  },
});

type Props = {
  readonly label: string;
  /** What a screen reader says in place of the label. */
  readonly description?: string;
  readonly icon: ReactElement;
  /** It leads to the screen that is shown; left out: it leads to none. */
  readonly isChosen?: boolean;
  readonly onClick: () => void;
};

/** A button of the rail: an icon with a word below it. */
export function RailButton({ label, description = label, icon, isChosen = false, onClick }: Props) {
  const styles = useStyles();
  return (
    <Button
      appearance="subtle"
      className={mergeClasses(styles.button, isChosen && styles.chosen)}
      icon={icon}
      aria-label={description}
      aria-current={isChosen ? "page" : undefined}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
