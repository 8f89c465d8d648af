import { makeStyles } from "@fluentui/react-components";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { SheetParts, SideDrawer } from "./side-drawer.tsx";

const useStyles = makeStyles({
  form: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, width: "100%", minHeight: 0 },
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
 * A sheet from the right that asks for something. It is there as long as it is drawn. When it goes, the focus returns to
 * what opened it, or to the screen if that has gone meanwhile.
 */
export function SideSheet({ title, onClose, onSubmit, footer, children }: Props) {
  const styles = useStyles();
  useFocusReturns();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <SideDrawer isOpen label={title} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <SheetParts title={title} onClose={onClose} footer={footer}>
          {children}
        </SheetParts>
      </form>
    </SideDrawer>
  );
}

function useFocusReturns(): void {
  // Taken while it is drawn for the first time: afterwards the focus is in the sheet.
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const isThere = opener instanceof HTMLElement && opener.isConnected;
      (isThere ? opener : document.querySelector("main"))?.focus();
    },
    [opener],
  );
}
