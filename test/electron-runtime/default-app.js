// What `electron FOLDER` runs: the program in FOLDER, as the default app of a released Electron does.
const path = require("node:path");
const { app, dialog } = require("electron");

const argument = process.argv.slice(1).find((value) => !value.startsWith("-"));
if (argument === undefined) {
  process.stderr.write("Name the folder of an app.\n");
  app.exit(2);
} else {
  process.defaultApp = true;
  const folder = path.resolve(argument);
  const manifest = require(path.join(folder, "package.json"));
  app.setAppPath(folder);
  app.setName(manifest.productName ?? manifest.name);
  app.setVersion(manifest.version);
  // A start-up that throws ends the process; a message box would hang a test.
  dialog.showErrorBox = (title, content) => process.stderr.write(`${title}\n${content}\n`);
  require(path.join(folder, manifest.main));
}
