import { type RefObject, useEffect, useRef } from "react";
import { closeSheet } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";

/** Fluent focuses a sheet's first button, Close; Start is what Enter should press. */
export function useFocusAfterOpening(button: RefObject<HTMLButtonElement | null>): void {
  useEffect(() => {
    const frame = requestAnimationFrame(() => button.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [button]);
}

/** The keyboard goes on where it was: at the endpoint's card, or at the page that took its place. */
export function useFocusAfterClosing(isOpen: boolean, endpointName: string | null): void {
  const lastEndpoint = useRef(endpointName);
  if (endpointName !== null) lastEndpoint.current = endpointName;
  useEffect(() => {
    if (!isOpen) return undefined;
    return () => {
      const card = document.querySelector<HTMLElement>(`[data-endpoint="${lastEndpoint.current}"]`);
      (card ?? document.querySelector("main"))?.focus();
    };
  }, [isOpen]);
}

/** Esc closes the sheet also while the focus is elsewhere in the window. */
export function useEscape(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      // A sheet that lies over this one closes first.
      if (event.key === "Escape" && !event.defaultPrevented && useApp.getState().trust === null) closeSheet();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [isOpen]);
}
