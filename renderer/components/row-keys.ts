/**
 * The row that a key moves to in a list of `count` rows, of which `inSight` are seen; null: to none. Undefined: the key means
 * nothing here.
 */
export function nextRow(key: string, row: number | null, count: number, inSight: number): number | null | undefined {
  const within = (wanted: number): number => Math.min(count - 1, Math.max(0, wanted));
  switch (key) {
    case "ArrowDown":
      return row === null ? 0 : within(row + 1);
    case "ArrowUp":
      return row === null ? 0 : within(row - 1);
    case "PageDown":
      return within((row ?? 0) + inSight);
    case "PageUp":
      return within((row ?? 0) - inSight);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    case "Escape":
      // Without a row, Esc is for whatever lies around the list.
      return row === null ? undefined : null;
    default:
      return undefined;
  }
}
