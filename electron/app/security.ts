import type { App, Session, WebContents } from "electron";
import { openExternal } from "./open-external.ts";

/** No page ever gets a permission: it has no camera, no place, no notification of its own. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
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
