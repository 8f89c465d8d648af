import type { App, Session, WebContents } from "electron";
import { openExternal } from "./open-external.ts";

/**
 * Every page runs in Chromium's sandbox, whatever a window asks for. Root cannot use it, and starts with `--no-sandbox`:
 * Electron would drop that switch here and no process could start. Pages have neither Node nor Electron even then.
 */
export function requireSandbox(app: App): void {
  if (!app.commandLine.hasSwitch("no-sandbox")) app.enableSandbox();
}

/** No page ever gets a permission: it has no camera, no place, no notification of its own. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

/** Chromium asks for nothing of its own: it would fetch dictionaries, also for pages whose spelling nobody checks. */
export function fetchNoDictionaries(session: Session): void {
  session.setSpellCheckerEnabled(false);
  session.setSpellCheckerLanguages([]);
}

/** Holds for every web contents that is ever made: it goes nowhere, opens nothing and embeds nothing. */
export function guardAllContents(app: App): void {
  app.on("web-contents-created", (_event, contents) => guardContents(contents));
}

function guardContents(contents: WebContents): void {
  contents.on("will-navigate", (event) => event.preventDefault());
  contents.on("will-frame-navigate", (event) => event.preventDefault());
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    void openExternal(url);
    return { action: "deny" };
  });
}
