import { spawn } from "node:child_process";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { type SampleAzure, startSampleAzure } from "../azure/arm/sample.ts";
import { browse } from "../azure/entra/browser.ts";
import { type Lab, labHosts, startLab } from "../azure/lab.ts";
import { startProxy } from "../azure/proxy.ts";
import { filesBelow, findSecrets } from "../helpers/azure/secrets.ts";
import { closeSheets, openedAddress, replaceBrowser, signInThere } from "../helpers/desktop/azure-steps.ts";
import { readyCard, waitForJob } from "../helpers/desktop/desktop-steps.ts";
import {
  type DesktopPlace,
  launchDesktop,
  makeDesktopPlace,
  type RunningDesktop,
} from "../helpers/desktop/electron-app.ts";
import { complaintsOf, look } from "../helpers/desktop/screens.ts";
import { temporaryFolder } from "../helpers/places.ts";

/** Azure in the window: real MSAL and core-rest-pipeline in main, against stand-ins on loopback. */

let lab: Lab;
let azure: SampleAzure;
let place: DesktopPlace;
let desktop: RunningDesktop;
let complaints: readonly string[];

beforeAll(async () => {
  lab = await startLab(temporaryFolder("desktop-azure"));
  azure = startSampleAzure(lab);
});
afterAll(() => lab.close());

async function open(...switches: readonly string[]): Promise<void> {
  desktop = await launchDesktop(place, ["--lang=en-US", ...switches], { BATCHDECK_CLOUD: lab.cloudFile });
  complaints = complaintsOf(desktop);
  await replaceBrowser(desktop);
}

beforeEach(() => {
  place = makeDesktopPlace();
});
afterEach(async () => {
  await desktop.close();
  place.remove();
});

const wide = [{ width: 1280, height: 800 }];

type Watched = { connections?: unknown[] };

const connections = () => desktop.electron.evaluate(() => (globalThis as Watched).connections?.map(String));

/** Keeps what main's own code connects to from now on. */
function watchConnections(): Promise<void> {
  return desktop.electron.evaluate(() => {
    type Connect = (this: unknown, ...options: unknown[]) => unknown;
    const { prototype } = process.getBuiltinModule("node:net").Socket;
    const { connect } = prototype as unknown as { readonly connect: Connect };
    const connections: unknown[] = [];
    (globalThis as Watched).connections = connections;
    const kept: Connect = function (...options) {
      connections.push(options);
      return connect.apply(this, options);
    };
    Object.assign(prototype, { connect: kept });
  });
}

test("a user signs in with the browser, chooses a workspace, sees its endpoints and signs out", async () => {
  await open();
  const { page } = desktop;
  await readyCard(page, "iris");
  expect(await page.getByTestId("azure-section").count()).toBe(0);
  await page.getByRole("button", { name: "Sign in to Azure" }).click();
  await page.getByRole("button", { name: "Sign in with the browser" }).waitFor();
  await look(desktop, "azure-sign-in");
  await page.getByRole("button", { name: "Sign in with the browser" }).click();
  const address = await openedAddress(desktop);
  expect(new URL(address).origin).toBe(lab.cloud.authority);
  await page.getByText("Finish signing in in your browser.").waitFor();
  await look(desktop, "azure-browser", wide);
  await browse(address, lab.authority.certificate);
  await page.getByTestId("account").getByText("eva@lab.test").waitFor();
  await page.getByTestId("not-kept").waitFor();
  await look(desktop, "azure-account", wide);

  await page.getByRole("button", { name: "Choose a workspace" }).last().click();
  const list = page.getByRole("list", { name: "Workspaces" });
  await expect.poll(() => list.getByRole("listitem").count()).toBe(4);
  await look(desktop, "azure-workspaces");
  await page.getByRole("searchbox").fill("north twin");
  await expect
    .poll(() => list.getByRole("listitem").allTextContents())
    .toEqual([expect.stringMatching(/^twin.*north/)]);
  await page.getByRole("searchbox").fill("lab");
  await list.getByRole("button", { name: /^lab/ }).click();

  const section = page.getByRole("region", { name: "Azure ML workspace lab" });
  const churn = section.getByRole("article", { name: "churn" });
  await churn.getByText("blue").waitFor();
  await expect.poll(() => churn.textContent()).toMatch(/Ready.*blueDefault.*on cpu-cluster.*steps/);
  await section.getByRole("article", { name: "fresh" }).getByText("Being created").waitFor();
  await churn.focus();
  await page.keyboard.press("ArrowRight");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-azure-endpoint"))).toBe("fraud");
  await section.scrollIntoViewIfNeeded();
  await look(desktop, "azure-endpoints");

  expect(fs.existsSync(path.join(place.home, "window-accounts"))).toBe(false);

  await page.getByRole("button", { name: "Account eva@lab.test" }).click();
  await page.getByRole("button", { name: "Sign out eva@lab.test" }).click();
  await page.getByRole("button", { name: "Sign in with the browser" }).waitFor();
  await closeSheets(page);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Sign in to Azure");
  await section.getByText("Nobody is signed in to Azure.").waitFor();
  await look(desktop, "azure-signed-out", wide);
  expect(complaints).toEqual([]);
});

test("nothing is asked of Azure before somebody signs in; then users come by code, by hand and again", async () => {
  const before = lab.server.requests().length;
  // Whatever Chromium asked for of its own accord would come this way.
  const proxy = await startProxy(lab.server.port);
  onTestFinished(proxy.close);
  await open(`--proxy-server=http://${proxy.place}`);
  const { page } = desktop;
  await watchConnections();
  await (await readyCard(page, "iris")).getByRole("button", { name: /^Try it/ }).click();
  await waitForJob(page, ({ status }) => status === "Completed");
  expect(await connections()).toEqual([]);
  expect(lab.server.requests()).toHaveLength(before);

  await page.getByRole("button", { name: "Sign in to Azure" }).focus();
  await page.keyboard.press("Enter");
  const withCode = page.getByRole("button", { name: "Sign in with a code" });
  await withCode.waitFor();
  expect(await page.evaluate(() => document.activeElement?.closest(".fui-OverlayDrawer") !== null)).toBe(true);
  await withCode.click();
  const code = page.getByTestId("device-code");
  await code.waitFor();
  await page.getByText(/^The code is good for another 14 min|15 min/).waitFor();
  await look(desktop, "azure-code");
  lab.entra.enterCode((await code.textContent()) ?? "", "decline");
  await page.getByText("It was declined in the browser.").waitFor();

  await withCode.click();
  await code.waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await withCode.waitFor();
  expect(await page.getByTestId("problem").count()).toBe(0);

  await withCode.click();
  await code.waitFor();
  lab.entra.enterCode((await code.textContent()) ?? "", "accept");
  await page.getByTestId("account").getByText("eva@lab.test").waitFor();
  expect(await connections()).not.toEqual([]);

  // Another account, where the browser does not open.
  await replaceBrowser(desktop, false);
  lab.entra.seat({ username: "bob@lab.test", id: randomUUID() });
  lab.entra.setLifetime(200);
  await page.getByRole("button", { name: "Sign in with another account" }).click();
  await page.getByRole("button", { name: "Sign in with the browser" }).click();
  await page.getByText("No browser could be opened.").waitFor();
  const shown =
    (await page
      .getByTestId("sign-in-waits")
      .getByText(/^https:/)
      .textContent()) ?? "";
  await browse(shown, lab.authority.certificate);
  const accounts = page.getByRole("list", { name: "Accounts" });
  await accounts.getByText("bob@lab.test").waitFor();
  await expect.poll(() => accounts.textContent()).toMatch(/bob@lab.test In use.*eva@lab.test/);

  await page.getByTestId("choose-workspace").click();
  const { subscription, resource_group, workspace } = azure.place;
  const id = `/subscriptions/${subscription}/resourcegroups/${resource_group}/workspaces/${workspace}`;
  await page.getByRole("searchbox").fill(`https://ml.azure.com/home?wsid=${id}`);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Score", exact: true }).click();
  const section = page.getByTestId("azure-section");
  await section.getByText("risk-rg · bob@lab.test").waitFor();
  await section.getByRole("article", { name: "churn" }).waitFor();

  // As when a password is changed: the session is over, and one button starts another.
  lab.entra.revokeAll();
  await section.getByRole("button", { name: "Refresh" }).click();
  await section.getByText("bob@lab.test has to sign in again.").waitFor();
  await look(desktop, "azure-again", wide);
  await replaceBrowser(desktop);
  await section.getByRole("button", { name: "Sign in again" }).click();
  await browse(await openedAddress(desktop), lab.authority.certificate);
  await section.getByRole("article", { name: "churn" }).waitFor();
  await look(desktop, "azure-accounts", wide);
  await accounts.getByRole("button", { name: "Use" }).click();
  await section.getByText("risk-rg · eva@lab.test").waitFor();
  await page.getByRole("button", { name: "Sign out all" }).click();
  await page.getByRole("button", { name: "Sign in with the browser" }).waitFor();
  lab.entra.setLifetime(3_599);
  expect(complaints).toEqual([]);
  expect(proxy.connected).toEqual([]);
});

/** A desktop session with a keyring that is unlocked; returns where it is, and what ends it. */
async function startKeyring(): Promise<{ readonly address: string; readonly end: () => void }> {
  const bus = spawn("dbus-daemon", ["--session", "--nofork", "--print-address"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(bus.stdout.setEncoding("utf8"), "data")) as [string];
  const address = line.trim();
  const environment = { ...process.env, HOME: place.folder, DBUS_SESSION_BUS_ADDRESS: address, DISPLAY: undefined };
  const keyring = spawn("gnome-keyring-daemon", ["--unlock", "--foreground", "--components=secrets"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...environment, XDG_DATA_HOME: path.join(place.folder, "data") },
  });
  keyring.stdin.end("password");
  await once(keyring.stdout, "data");
  return {
    address,
    end() {
      keyring.kill();
      bus.kill();
    },
  };
}

test("with a keyring and a proxy of the system the account is there after a restart, and lists are as last seen", async () => {
  const keyring = await startKeyring();
  // A cloud whose hosts only the proxy knows, which is the system's.
  const proxy = await startProxy(lab.server.port);
  const cloudFile = path.join(place.folder, "behind-proxy.json");
  fs.writeFileSync(cloudFile, JSON.stringify({ ...lab.cloud, resolve: {} }));
  const openWithKeyring = async (language: string) => {
    const variables = { BATCHDECK_CLOUD: cloudFile, DBUS_SESSION_BUS_ADDRESS: keyring.address };
    const switches = ["--password-store=gnome-libsecret", `--proxy-server=http://${proxy.place}`];
    desktop = await launchDesktop(place, [`--lang=${language}`, ...switches], variables);
    complaints = complaintsOf(desktop);
    await replaceBrowser(desktop);
  };
  try {
    await openWithKeyring("en-US");
    await signInThere(desktop, lab, "eva@lab.test");
    expect(await desktop.page.getByTestId("not-kept").count()).toBe(0);
    await desktop.page.getByTestId("choose-workspace").click();
    const file = path.join(place.folder, "config.json");
    const { subscription, resource_group, workspace } = azure.place;
    const config = { subscription_id: subscription, resource_group, workspace_name: workspace };
    fs.writeFileSync(file, JSON.stringify(config));
    await desktop.drop(desktop.page.getByTestId("workspace-file"), [file]);
    await desktop.page.getByRole("article", { name: "churn" }).getByText("blue").waitFor();
    expect(fs.readdirSync(path.join(place.home, "window-accounts"))).toHaveLength(2);
    expect(findSecrets(lab.entra.secrets(), filesBelow(place.folder))).toEqual([]);
    await desktop.close();

    // Too many requests, and not before ten minutes have passed: of the endpoints, and of the deployments of each.
    const busy = { status: 429, headers: { "retry-after": "600" }, body: "" };
    lab.server.disturb(labHosts.management, ...Array.from({ length: 5 }, () => busy));
    await openWithKeyring("nl");
    const { page } = desktop;
    await page.getByRole("button", { name: "Account eva@lab.test" }).waitFor();
    await page.getByTestId("last-seen").getByText("Laatst gezien").waitFor();
    await page.getByRole("article", { name: "churn" }).getByText("blue").waitFor();
    await look(desktop, "nl-azure-last-seen");
    await page.getByRole("button", { name: "Andere werkruimte" }).click();
    await page.getByRole("button", { name: /^lonely/ }).waitFor();
    await look(desktop, "nl-azure-workspaces", wide);
    await closeSheets(page);
    await page.getByRole("button", { name: "Account eva@lab.test" }).click();
    await page.getByRole("button", { name: "eva@lab.test afmelden" }).click();
    await page.getByRole("button", { name: "Aanmelden met de browser" }).waitFor();
    await look(desktop, "nl-azure-sign-in");
    expect(fs.existsSync(path.join(place.home, "window-accounts"))).toBe(false);
    expect(complaints).toEqual([]);
    expect(new Set(proxy.connected)).toEqual(
      new Set(Object.values(labHosts).map((host) => `${host}:${lab.server.port}`)),
    );
  } finally {
    keyring.end();
    proxy.close();
  }
});
