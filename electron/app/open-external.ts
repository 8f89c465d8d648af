import { shell } from "electron";

/** Where a link may lead: Azure's documentation and portal. */
const allowedOrigins: ReadonlySet<string> = new Set([
  "https://learn.microsoft.com",
  "https://portal.azure.com",
  "https://ml.azure.com",
]);

/** Hands an address of a place that Batchdeck itself links to to the system's browser; other addresses are ignored. */
export async function openExternal(address: string): Promise<void> {
  await openIn(allowedOrigins, address);
}

/** The same of a page where users sign in to a cloud, by the cloud's `authority`. False: it is none, or nothing can open it. */
export async function openSignInPage(address: string, authority: string): Promise<boolean> {
  return openIn(new Set([new URL(authority).origin]), address);
}

/** The only place that opens anything outside: an https address without a name or password in it, of one of the origins. */
async function openIn(origins: ReadonlySet<string>, address: string): Promise<boolean> {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password, origin, href } = new URL(address);
  if (protocol !== "https:" || username !== "" || password !== "" || !origins.has(origin)) return false;
  try {
    await shell.openExternal(href);
    return true;
  } catch {
    return false;
  }
}
