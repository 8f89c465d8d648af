import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { calls, events } from "../../electron/contract/channels.ts";
// What the preload script adds to the page's `window`.
import type {} from "../../renderer/bridge/bridge.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";

let place: DesktopPlace;
let desktop: RunningDesktop;

beforeAll(async () => {
  place = makeDesktopPlace();
  desktop = await launchDesktop(place);
});
afterAll(async () => {
  await desktop.close();
  place.remove();
});

test("the page has neither Node nor Electron, and only the bridge", async () => {
  const found = await desktop.page.evaluate(() => {
    const page = window as unknown as Record<string, unknown>;
    return ["require", "process", "module", "Buffer", "electron", "ipcRenderer"].filter((name) => name in page);
  });
  expect(found).toEqual([]);
});

test("the window is sandboxed and isolated", async () => {
  const preferences = await desktop.electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
  });
  expect(preferences).not.toMatchObject({ nodeIntegrationInWorker: true });
  expect(preferences).not.toMatchObject({ allowRunningInsecureContent: true });
  expect(preferences).not.toMatchObject({ experimentalFeatures: true });
});

test("the channel table, the handlers and the functions on the page are the same list", async () => {
  const exposed = await desktop.page.evaluate(() => {
    const bridge = window.batchdeck;
    if (bridge === undefined) throw new Error("There is no bridge.");
    return { top: Object.keys(bridge), calls: Object.keys(bridge.call) };
  });
  const table = Object.keys(calls);
  expect(exposed.top.sort()).toEqual(["call", "grantDropped", "on"]);
  expect([...exposed.calls, "inputs:grant"].sort()).toEqual([...table].sort());

  const unhandled = await desktop.electron.evaluate(({ ipcMain }, names) => {
    // A second handler for a channel is refused, so what can be added was not handled.
    return names.filter((name) => {
      try {
        ipcMain.handle(name, () => null);
        ipcMain.removeHandler(name);
        return true;
      } catch {
        return false;
      }
    });
  }, table);
  expect(unhandled).toEqual([]);
});

test("an event that the table does not have cannot be listened to", async () => {
  const message = await desktop.page.evaluate(() => {
    try {
      window.batchdeck?.on("secrets:changed" as never, () => {});
      return "listening";
    } catch (error) {
      return String(error);
    }
  });
  expect(Object.keys(events)).not.toContain("secrets:changed");
  expect(message).toContain("There is no such event.");
});

test("input that the table does not describe is refused", async () => {
  const answer = await desktop.page.evaluate(() =>
    window.batchdeck?.call["jobs:delete"]({ name: "x", path: "/etc/passwd" } as never),
  );
  expect(answer).toMatchObject({ ok: false, problem: { code: "usage/invalid" } });
});

test("a path that the user did not hand over cannot be granted", async () => {
  const answers = await desktop.page.evaluate(async () => {
    const made = new File(["x"], "x");
    Object.defineProperty(made, "path", { value: "/etc/passwd" });
    const pretended = { name: "passwd", path: "/etc/passwd" } as unknown as File;
    return Promise.all([window.batchdeck?.grantDropped(made), window.batchdeck?.grantDropped(pretended)]);
  });
  expect(answers).toMatchObject([
    { ok: false, problem: { code: "input/not-found" } },
    { ok: false, problem: { code: "input/not-found" } },
  ]);
});

test("pages are served with the content policy and a nonce that is new each time", async () => {
  const [first, second] = await desktop.page.evaluate(async () => {
    const load = async () => {
      const response = await fetch("app://batchdeck/index.html");
      return { policy: response.headers.get("content-security-policy") ?? "", text: await response.text() };
    };
    return [await load(), await load()] as const;
  });
  const nonce = /'nonce-([^']+)'/.exec(first.policy)?.[1] ?? "";
  expect(first.policy.replace(nonce, "N")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-N'; img-src 'self' data: blob:; " +
      "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(nonce.length).toBeGreaterThanOrEqual(20);
  expect(first.text).toContain(`nonce="${nonce}"`);
  expect(second.policy).not.toBe(first.policy);
});

test("the page works under that policy without breaking it", async () => {
  const page = await desktop.electron.firstWindow();
  const broken: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) broken.push(message.text());
  });
  await page.reload();
  await page.getByRole("heading", { name: "Score", exact: true }).waitFor();
  expect(broken).toEqual([]);
});

test("inline code does not run, and the policy is the page's own", async () => {
  const ran = await desktop.page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.inlineCodeRan = true;";
    document.head.append(script);
    return "inlineCodeRan" in window;
  });
  expect(ran).toBe(false);
});

test.each(["../main.cjs", "%2e%2e/main.cjs", "..%2fmain.cjs", "..%5cmain.cjs", "%2fetc%2fpasswd", "assets", ""])(
  "app://batchdeck/%s is not served",
  async (path) => {
    const status = await desktop.page.evaluate(
      async (address) => (await fetch(address)).status,
      `app://batchdeck/${path}`,
    );
    expect(status).toBe(404);
  },
);

test("the page cannot reach the network or the file system", async () => {
  const results = await desktop.page.evaluate(async () =>
    Promise.all(
      ["https://example.com/", "file:///etc/passwd", "app://elsewhere/index.html"].map((address) =>
        fetch(address).then(
          () => "reached",
          () => "refused",
        ),
      ),
    ),
  );
  expect(results).toEqual(["refused", "refused", "refused"]);
});

test("the page goes nowhere and opens nothing", async () => {
  await desktop.electron.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = async (address) => {
      opened.push(address);
    };
  });
  const before = desktop.page.url();
  const windows = await desktop.page.evaluate(async () => {
    const addresses = [
      "https://example.com/",
      "http://learn.microsoft.com/",
      "https://learn.microsoft.com@example.com/",
      "https://learn.microsoft.com.example.com/",
      "file:///etc/passwd",
      "https://learn.microsoft.com/azure/",
    ];
    const opened = addresses.map((address) => window.open(address));
    location.href = "https://example.com/";
    const frame = document.createElement("iframe");
    frame.src = "https://example.com/";
    document.body.append(frame);
    // This runs in the page, which has none of our helpers.
    await new Promise((resolve) => setTimeout(resolve, 500));
    frame.remove();
    return opened.filter((window) => window !== null).length;
  });
  expect(windows).toBe(0);
  expect(desktop.page.url()).toBe(before);
  const { opened, count } = await desktop.electron.evaluate(({ BrowserWindow }) => ({
    opened: (globalThis as unknown as { opened: string[] }).opened,
    count: BrowserWindow.getAllWindows().length,
  }));
  expect(count).toBe(1);
  expect(opened).toEqual(["https://learn.microsoft.com/azure/"]);
});

test("every permission is refused", async () => {
  const answers = await desktop.page.evaluate(async () => {
    const names = ["geolocation", "notifications", "clipboard-read", "camera", "microphone"];
    const states = await Promise.all(
      names.map(async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state),
    );
    return { states, notification: await Notification.requestPermission() };
  });
  expect(new Set(answers.states)).toEqual(new Set(["denied"]));
  expect(answers.notification).toBe("denied");
});

test("the raw ways around the gates are used in one place each", () => {
  const sourceOf = (file: string) => readFileSync(new URL(`../../electron/${file}`, import.meta.url), "utf8");
  const main = sourceOf("main.ts");
  expect(main.indexOf("requireSandbox(app)")).toBeLessThan(main.indexOf("whenReady"));
  for (const file of ["main.ts", "app/desktop.ts", "app/menu.ts", "app/windows.ts", "app/lifecycle.ts"]) {
    expect(sourceOf(file)).not.toMatch(/shell\.openExternal|ipcMain\.on|webSecurity: false|nodeIntegration: true/);
  }
});
