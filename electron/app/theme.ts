import { type BrowserWindow, nativeTheme } from "electron";

/** The colour behind the page, so that a window never flashes white on dark; Fluent's own background of each theme. */
export function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? "#1f1f1f" : "#fafafa";
}

/** Follows the system when it changes between light and dark. */
export function followSystemTheme(window: BrowserWindow): void {
  const update = () => window.setBackgroundColor(backgroundColor());
  nativeTheme.on("updated", update);
  window.once("closed", () => nativeTheme.removeListener("updated", update));
}
