import {
  Button,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  OverlayDrawer,
  tokens,
} from "@fluentui/react-components";
import { Dismiss24Regular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { t } from "../locales/words.ts";
import { useEscape } from "./use-escape.ts";

const useStyles = makeStyles({
  narrow: { width: "min(480px, 100vw)" },
  wide: { width: "min(640px, 100vw)" },
  title: { overflowWrap: "anywhere" },
  body: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    paddingBottom: tokens.spacingVerticalL,
  },
  problem: {
    display: "grid",
    rowGap: tokens.spacingVerticalS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalXXL}`,
  },
  footer: { borderTop: `1px solid ${tokens.colorNeutralStroke2}`, justifyContent: "flex-end", alignItems: "center" },
});

type DrawerProps = {
  readonly isOpen: boolean;
  /** False while another sheet lies over this one: Esc closes that one first. */
  readonly isOnTop?: boolean;
  readonly label: string | undefined;
  readonly width?: "narrow" | "wide";
  /** Keeps its identity. */
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** The shell of every sheet from the right. It is not modal: running jobs stay within reach. */
export function SideDrawer({ isOpen, isOnTop = true, label, width = "narrow", onClose, children }: DrawerProps) {
  const styles = useStyles();
  useEscape(isOpen && isOnTop, onClose);
  return (
    <OverlayDrawer
      position="end"
      modalType="non-modal"
      open={isOpen}
      className={styles[width]}
      aria-label={label}
      // Esc pressed in it; elsewhere in the window `useEscape` hears it.
      onOpenChange={(_, { open }) => {
        if (!open) onClose();
      }}
    >
      {children}
    </OverlayDrawer>
  );
}

type PartsProps = {
  readonly title: string;
  readonly onClose: () => void;
  /** Stays beside the buttons, however far the body is scrolled. */
  readonly problem?: ReactNode;
  readonly footer: ReactNode;
  readonly children: ReactNode;
};

/** What a sheet is made of: a title with Close, a body that scrolls, and buttons that stay. */
export function SheetParts({ title, onClose, problem, footer, children }: PartsProps) {
  const styles = useStyles();
  return (
    <>
      <DrawerHeader>
        <DrawerHeaderTitle
          heading={{ className: styles.title }}
          action={
            <Button appearance="subtle" icon={<Dismiss24Regular />} aria-label={t("sheet.close")} onClick={onClose} />
          }
        >
          {title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody className={styles.body}>{children}</DrawerBody>
      {problem !== undefined && <div className={styles.problem}>{problem}</div>}
      <DrawerFooter className={styles.footer}>{footer}</DrawerFooter>
    </>
  );
}
