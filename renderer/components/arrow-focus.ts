import type { KeyboardEvent } from "react";

/** Marks the elements of a list that the arrow keys visit. */
export const arrowStop = { "data-arrow-stop": "" } as const;

/**
 * Lets the arrow keys, Home and End move the focus through a list's stops in the order of the page. Every stop stays
 * reachable with Tab too. Put it on the list; keys pressed anywhere but on a stop are left alone.
 */
export function moveFocusWithArrows(event: KeyboardEvent<HTMLElement>): void {
  if (!(event.target instanceof HTMLElement) || !event.target.matches("[data-arrow-stop]")) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-arrow-stop]")];
  const next = nextStop(event.key, stops.indexOf(event.target), stops.length);
  if (next === null) return;
  event.preventDefault();
  stops[next]?.focus();
}

function nextStop(key: string, current: number, count: number): number | null {
  switch (key) {
    case "ArrowDown":
    case "ArrowRight":
      return Math.min(current + 1, count - 1);
    case "ArrowUp":
    case "ArrowLeft":
      return Math.max(current - 1, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
