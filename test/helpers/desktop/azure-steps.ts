import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browse } from "../../azure/entra/browser.ts";
import type { Lab } from "../../azure/lab.ts";
import type { RunningDesktop } from "./electron-app.ts";

/** What users of Azure do in the window, and in their browser. */

type Opened = { opened?: string[] };

/** The system's browser, as far as the program sees it: addresses are kept instead of opened, or refused. */
export async function replaceBrowser({ electron }: RunningDesktop, opens = true): Promise<void> {
  await electron.evaluate(({ shell }, opens) => {
    (globalThis as Opened).opened = [];
    shell.openExternal = async (address) => {
      if (!opens) throw new Error("There is no browser.");
      (globalThis as Opened).opened?.push(address);
    };
  }, opens);
}

/** The next address that the program opened. */
export async function openedAddress({ electron }: RunningDesktop): Promise<string> {
  let address = "";
  await expect
    .poll(
      async () => {
        address = (await electron.evaluate(() => (globalThis as Opened).opened?.shift())) ?? "";
        return address;
      },
      { timeout: 20_000 },
    )
    .not.toBe("");
  return address;
}

/** Opens the account sheet and signs in with the browser as that user. */
export async function signInThere(desktop: RunningDesktop, lab: Lab, username: string): Promise<void> {
  const { page } = desktop;
  lab.entra.seat({ username, id: randomUUID() });
  await page.getByRole("button", { name: "Sign in to Azure" }).click();
  await page.getByRole("button", { name: "Sign in with the browser" }).click();
  await browse(await openedAddress(desktop), lab.authority.certificate);
  await page.getByTestId("account").getByText(username).waitFor();
}

/** Closes whatever sheet is open. */
export async function closeSheets(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.locator(".fui-OverlayDrawer").waitFor({ state: "detached" });
}

/** Everything that the page's process holds. */
export async function heapOfPage({ page }: RunningDesktop): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const parts: string[] = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => parts.push(chunk));
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await session.detach();
  return parts.join("");
}
