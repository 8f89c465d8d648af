import path from "node:path";
import { app, type BrowserWindow, powerMonitor, session } from "electron";
import { electronDesktop } from "./app/desktop.ts";
import { installSamplesOnce } from "./app/first-start.ts";
import { askBeforeQuit, claimSingleInstance, connectQuit, endOnBugs } from "./app/lifecycle.ts";
import { createLog } from "./app/log.ts";
import { electronMachineUse } from "./app/machine-use.ts";
import { setApplicationMenu } from "./app/menu.ts";
import { givenHome, iconFile, programsFolder, rendererFolder, samplesFolder } from "./app/places.ts";
import { createSleepGuard } from "./app/power.ts";
import { electronProcessHost } from "./app/process-host.ts";
import { createQuitControl } from "./app/quit.ts";
import { declareScheme, pageOrigin, serveScheme } from "./app/scheme.ts";
import { electronSafeStorage } from "./app/safe-storage.ts";
import { denyPermissions, fetchNoDictionaries, guardAllContents, requireSandbox } from "./app/security.ts";
import { bringToFront, openMainWindow } from "./app/windows.ts";
import { createWindowEvents, eventSource, type SendEvent } from "./ipc/events.ts";
import { createGrants } from "./ipc/grants.ts";
import { registerCalls } from "./ipc/handle.ts";
import { createHandlers } from "./ipc/handlers.ts";
import { startHandlers } from "./ipc/start.handlers.ts";
import { diskProblem } from "./workspace/disk.ts";
import { readSamples } from "./workspace/samples.ts";
import { openWorkspace, workspaceHome } from "./workspace/workspace.ts";

/** A window that waits longer for a registry that another program holds is felt not to answer. */
const patienceMs = 200;

/** Start-up in order, nothing else. What must hold before any page exists comes before the app is ready. */
requireSandbox(app);
declareScheme();
guardAllContents(app);

let window: BrowserWindow | null = null;
let showWindow = () => {};

if (claimSingleInstance(app, () => showWindow())) {
  void app.whenReady().then(start);
} else {
  app.exit(0);
}

async function start(): Promise<void> {
  const log = createLog(path.join(app.getPath("userData"), "logs"));
  endOnBugs(app, log);

  const processHost = electronProcessHost(app, programsFolder);
  const machineUse = electronMachineUse(powerMonitor);
  const safeStorage = electronSafeStorage();
  const home = workspaceHome(givenHome(process.argv));
  const opened = openWorkspace({
    home,
    processHost,
    machineUse,
    scope: "all",
    patienceMs,
    safeStorage: () => safeStorage,
    environment: process.env,
    systemProxy: (address) => session.defaultSession.resolveProxy(address),
  });
  const desktop = electronDesktop(app, () => window);

  fetchNoDictionaries(session.defaultSession);
  denyPermissions(session.defaultSession);
  serveScheme(session.defaultSession, rendererFolder);
  const trustedSenders = new Set<number>();
  const expected = (error: unknown) => diskProblem(error, home);
  const gate = { trustedSenders, origin: pageOrigin, checkAnswers: !app.isPackaged, log, expected };
  const windowFiles = { programsFolder, icon: iconFile(app) };
  if (!opened.ok) {
    // A window that says what is wrong, and nothing else.
    const quit = () => app.exit(0);
    registerCalls(startHandlers({ home, problem: opened.problem, desktop, quit }), gate);
    window = openMainWindow(windowFiles, { log, onPageGone: () => undefined, mayClose: () => true });
    trustedSenders.add(window.webContents.id);
    showWindow = () => {
      if (window !== null) bringToFront(window);
    };
    setApplicationMenu(app, { show: showWindow, quit });
    app.on("window-all-closed", quit);
    return;
  }
  const workspace = opened.value;
  const samples = readSamples(samplesFolder(app));
  const send: SendEvent = (name, payload) => window?.webContents.send(name, payload);
  const events = createWindowEvents(eventSource(workspace, samples), send);
  const handlers = createHandlers({
    workspace,
    grants: createGrants(),
    samples,
    desktop,
    onListed: events.pageReady,
    onChanged: events.look,
    onSignInPrompt: (prompt) => send("accounts:prompt", prompt),
    onComparing: (progress) => send("comparisons:progress", progress),
    onPublishing: (progress) => send("azure:publishing", progress),
  });

  const quit = createQuitControl({
    ask: () => askBeforeQuit(window),
    hideWindow: () => window?.hide(),
    close: async () => {
      events.close();
      await workspace.close();
    },
    exit: () => app.exit(0),
    log,
  });
  connectQuit(app, quit);
  registerCalls({ ...handlers, ...startHandlers({ home, problem: null, desktop, quit: quit.request }) }, gate);
  const sleepGuard = createSleepGuard();
  workspace.watch(() => {
    const { hasAny, needComputerAwake } = workspace.engine.ownJobs();
    quit.jobsRunning(hasAny);
    sleepGuard.jobsRunning(needComputerAwake);
  });

  showWindow = () => {
    if (quit.isEnding()) return;
    quit.windowShown();
    if (window !== null) return bringToFront(window);
    window = openMainWindow(windowFiles, { log, onPageGone: events.pageGone, mayClose: quit.windowMayClose });
    const { id } = window.webContents;
    trustedSenders.add(id);
    window.once("closed", () => {
      trustedSenders.delete(id);
      events.pageGone();
      window = null;
    });
  };
  setApplicationMenu(app, {
    show: (to) => {
      showWindow();
      events.navigate({ to, job: null });
    },
    quit: quit.request,
  });
  app.on("activate", showWindow);
  showWindow();

  workspace.engine.start();
  workspace.watches.start();
  await installSamplesOnce(workspace, samples, log).catch((error: unknown) => {
    // The next start makes up for it.
    if (diskProblem(error, home) === null) throw error;
  });
  events.look();
}
