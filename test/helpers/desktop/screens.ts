import { mkdirSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { RunningDesktop } from "./electron-app.ts";

/** What a window shows, in every theme and in the sizes that count. */

const themes = ["light", "dark"] as const;
export const usualSizes: readonly WindowSize[] = [
  { width: 1280, height: 800 },
  { width: 960, height: 600 },
];
const screenshots = process.env["BATCHDECK_SCREENSHOTS"];

/** Pixels of the content. */
export type WindowSize = { readonly width: number; readonly height: number };

/** What the page complains about from now on. */
export function complaintsOf({ page }: RunningDesktop): readonly string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  return complaints;
}

/**
 * Looks at what is shown now: nothing is cut off sideways. With `BATCHDECK_SCREENSHOTS=FOLDER` it is also written there,
 * for people to look at.
 */
export async function look(
  { page, electron }: RunningDesktop,
  name: string,
  sizes: readonly WindowSize[] = usualSizes,
): Promise<void> {
  for (const theme of themes) {
    for (const size of sizes) {
      await electron.evaluate(
        ({ BrowserWindow, nativeTheme }, wanted) => {
          nativeTheme.themeSource = wanted.theme;
          BrowserWindow.getAllWindows()[0]?.setContentSize(wanted.width, wanted.height);
        },
        { ...size, theme },
      );
      // Playwright tells the page a colour scheme of its own, whatever the system says.
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForFunction(({ width }) => window.innerWidth === width, size);
      const isSideways = () =>
        page.evaluate(() =>
          [document.documentElement, document.querySelector("main")].some(
            (element) => element !== null && element.scrollWidth > element.clientWidth,
          ),
        );
      // Just after the window became narrower the page may not be laid out yet.
      await expect
        .poll(isSideways, { message: `${name} at ${size.width} scrolls sideways`, timeout: 5000 })
        .toBe(false);
      if (screenshots === undefined) continue;
      mkdirSync(screenshots, { recursive: true });
      // Themes and sheets change over a fifth of a second.
      await page.waitForTimeout(400);
      await page.screenshot({ path: path.join(screenshots, `${name}-${size.width}-${theme}.png`) });
    }
  }
}
