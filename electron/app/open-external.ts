import { shell } from "electron";

/** Where a link may lead: Azure's documentation and portal. */
const allowedHosts: ReadonlySet<string> = new Set(["learn.microsoft.com", "portal.azure.com", "ml.azure.com"]);

/** True for an https address, without a name or password in it, of a host that Batchdeck itself links to. */
function mayOpenExternally(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  return url.protocol === "https:" && url.username === "" && url.password === "" && allowedHosts.has(url.host);
}

/** The only place that hands an address to the system's browser; other addresses are ignored. */
export async function openExternal(address: string): Promise<void> {
  if (mayOpenExternally(address)) await shell.openExternal(address);
}
