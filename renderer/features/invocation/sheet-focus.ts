import { type RefObject, useEffect, useRef } from "react";

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
