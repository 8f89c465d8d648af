import { type App, Menu, type MenuItemConstructorOptions } from "electron";
import { openExternal } from "./open-external.ts";

const azureDocumentation = "https://learn.microsoft.com/azure/machine-learning/concept-endpoints-batch";

export type MenuActions = {
  readonly show: (screen: "score" | "queue" | "data") => void;
  readonly quit: () => void;
};

/** The application menu. Ctrl+O and the other keys of the screens belong to the page and are not in it. */
export function setApplicationMenu(app: App, actions: MenuActions): void {
  const quit: MenuItemConstructorOptions = {
    label: process.platform === "darwin" ? "Quit Batchdeck" : "Quit",
    accelerator: "CommandOrControl+Q",
    click: actions.quit,
  };
  const developerTools: MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ type: "separator" }, { role: "reload" }, { role: "toggleDevTools" }];
  const template: MenuItemConstructorOptions[] = [
    process.platform === "darwin"
      ? {
          label: "Batchdeck",
          submenu: [
            { role: "about" },
            { type: "separator" },
            { role: "hide" },
            { role: "hideOthers" },
            { role: "unhide" },
            { type: "separator" },
            quit,
          ],
        }
      : { label: "File", submenu: [{ role: "close", label: "Close window" }, { type: "separator" }, quit] },
    { role: "editMenu" },
    {
      label: "View",
      submenu: [
        { label: "Score", accelerator: "CommandOrControl+1", click: () => actions.show("score") },
        { label: "Queue", accelerator: "CommandOrControl+2", click: () => actions.show("queue") },
        { label: "Data", accelerator: "CommandOrControl+3", click: () => actions.show("data") },
        { type: "separator" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { role: "togglefullscreen" },
        ...developerTools,
      ],
    },
    {
      role: "help",
      submenu: [
        { label: "Azure ML: batch endpoints", click: () => void openExternal(azureDocumentation) },
        ...(process.platform === "darwin" ? [] : [{ role: "about" } as const]),
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
