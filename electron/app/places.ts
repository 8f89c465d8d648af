import path from "node:path";
import type { App } from "electron";

/** Where the bundles are: this file is part of one of them. */
export const programsFolder = __dirname;

export const rendererFolder = path.join(programsFolder, "renderer");

/** The bundled samples; a packaged app has them outside its archive, because native libraries read them. */
export function samplesFolder(app: App): string {
  return path.join(resourcesFolder(app), "samples");
}

/** The window's picture in a task bar; on macOS and Windows the program carries it itself. */
export function iconFile(app: App): string {
  return path.join(resourcesFolder(app), "icon.png");
}

function resourcesFolder(app: App): string {
  return app.isPackaged ? process.resourcesPath : path.join(programsFolder, "..", "resources");
}

/** The workspace's folder as `--home DIR` or `BATCHDECK_HOME` name it; null: the user's own. */
export function givenHome(argv: readonly string[]): string | null {
  const flag = argv.indexOf("--home");
  const given = flag === -1 ? undefined : argv[flag + 1];
  const joined = argv.find((argument) => argument.startsWith("--home="))?.slice("--home=".length);
  return given || joined || process.env["BATCHDECK_HOME"] || null;
}
