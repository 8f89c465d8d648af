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
import { type FormEvent, type ReactNode, useEffect } from "react";
import { t } from "../locales/words.ts";

const useStyles = makeStyles({
  sheet: { width: "min(480px, 100vw)" },
  form: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, width: "100%", minHeight: 0 },
  title: { overflowWrap: "anywhere" },
  body: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    paddingBottom: tokens.spacingVerticalL,
  },
  footer: { borderTop: `1px solid ${tokens.colorNeutralStroke2}`, justifyContent: "flex-end", alignItems: "center" },
});

type Props = {
  readonly title: string;
  readonly onClose: () => void;
  /** What Enter does. */
  readonly onSubmit: () => void;
  /** Its buttons; one of them submits. */
  readonly footer: ReactNode;
  readonly children: ReactNode;
};

/**
 * A sheet from the right that asks for something. It is there as long as it is drawn; jobs that run stay within reach.
 * When it goes, the focus returns to what opened it.
 */
export function SideSheet({ title, onClose, onSubmit, footer, children }: Props) {
  const styles = useStyles();
  useFocusReturns();
  useEscape(onClose);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <OverlayDrawer
      position="end"
      modalType="non-modal"
      open
      className={styles.sheet}
      aria-label={title}
      // Esc pressed in it; elsewhere in the window it is heard below.
      onOpenChange={(_, { open }) => {
        if (!open) onClose();
      }}
    >
      <form className={styles.form} onSubmit={submit} noValidate>
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
        <DrawerFooter className={styles.footer}>{footer}</DrawerFooter>
      </form>
    </OverlayDrawer>
  );
}

function useFocusReturns(): void {
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
}

/** Esc closes it also while the focus is elsewhere in the window. */
function useEscape(onClose: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented) onClose();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [onClose]);
}
