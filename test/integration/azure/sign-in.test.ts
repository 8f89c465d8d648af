import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browse, enterCodeOnPage } from "../../azure/entra/browser.ts";
import { recordOpenedAddresses } from "../../azure/entra/opened-addresses.ts";
import { keptKey } from "../../azure/kept-key.ts";
import { type Lab, startLab } from "../../azure/lab.ts";
import { makeSelfSigned } from "../../azure/certificates.ts";
import { startBatchdeckWith } from "../../helpers/batchdeck.ts";
import { runInProcessWith } from "../../helpers/command-line.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";

/** Signing in and out from the terminal, with MSAL itself, against a stand-in for Entra on loopback. */

const folder = temporaryFolder("sign-in");
const withSecret = { clientId: randomUUID(), secret: "Secret~of-the-application" };
const certified = makeSelfSigned("batchdeck-tests");
const withCertificate = { clientId: randomUUID(), certificate: certified.certificate };
const browser = recordOpenedAddresses(folder);
const usualPath = process.env["PATH"];
let lab: Lab;

beforeAll(async () => {
  process.env["PATH"] = browser.path;
  lab = await startLab(folder, { applications: [withSecret, withCertificate] });
});
afterAll(async () => {
  process.env["PATH"] = usualPath;
  await lab.close();
});

type Environment = Readonly<Record<string, string>>;

/** A terminal with a workspace of its own, and a keyring. */
function newTerminal(name: string) {
  const home = path.join(folder, name);
  const key = keptKey();
  const safeStorage = () => key;
  const runWith = (environment: Environment, ...args: readonly string[]) =>
    runInProcessWith({ safeStorage, environment: { BATCHDECK_CLOUD: lab.cloudFile, ...environment } }, home, ...args);
  const run = (...args: readonly string[]) => runWith({}, ...args);
  return {
    home,
    run,
    runWith,
    async signIn(username: string, ...args: readonly string[]) {
      lab.entra.seat({ username, id: randomUUID() });
      const signedIn = run("login", ...args);
      await browse(await browser.next(), lab.authority.certificate);
      return signedIn;
    },
    accounts: async () => JSON.parse((await run("account", "list", "--json")).stdout) as Record<string, unknown>[],
  };
}

/** Every byte that a workspace holds. */
function bytesBelow(home: string): string {
  return fs
    .readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

describe("login with the browser", () => {
  it("opens the system's browser, and the user is the active account", async () => {
    const terminal = newTerminal("browser");
    const said = await terminal.signIn("eva@lab.test");
    expect(said).toMatchObject({ code: 0, stderr: expect.stringContaining("Sign in with the browser.") });
    const account = { username: "eva@lab.test", type: "user", tenant_id: lab.tenant, cloud: "Lab", active: true };
    expect(await terminal.accounts()).toEqual([{ ...account, tokens: "keyring" }]);
    expect((await terminal.run("account", "show", "-o", "tsv", "--query", "username")).stdout).toBe("eva@lab.test\n");
  });

  it("says where to go when no browser can be opened", async () => {
    const terminal = newTerminal("no-browser");
    const none = recordOpenedAddresses(path.join(folder, "none"), 3);
    process.env["PATH"] = none.path;
    const signedIn = terminal.run("login");
    const address = await none.next();
    process.env["PATH"] = browser.path;
    await browse(address, lab.authority.certificate);
    const { code, stderr } = await signedIn;
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^No browser can be opened\..*--use-device-code:\nhttps:/),
    ]);
    expect(stderr).toContain(address);
  });

  it("keeps nothing of one that the user declines", async () => {
    const terminal = newTerminal("declined");
    lab.entra.refuse({ number: 65004, error: "access_denied" });
    const said = await terminal.signIn("eva@lab.test");
    expect(said).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining("It was declined in the browser.") });
    expect(fs.existsSync(path.join(terminal.home, "accounts"))).toBe(false);
  });

  it("takes no answer that does not belong to it", async () => {
    const terminal = newTerminal("foreign");
    const signedIn = terminal.run("login");
    const address = await browser.next();
    const foreign = await browse(address, lab.authority.certificate, (form) => form.set("state", randomUUID()));
    expect(foreign).toMatchObject({ status: 400 });
    await browse(address, lab.authority.certificate);
    expect(await signedIn).toMatchObject({ code: 0 });
  });

  it("leaves no secret in clear, and no file to others", async () => {
    const terminal = newTerminal("files");
    await terminal.signIn("eva@lab.test");
    const bytes = bytesBelow(terminal.home);
    // How every token of the stand-in, and of Entra, begins; and the words around them.
    expect(bytes).not.toMatch(/eyJ|refresh_token|RefreshToken|secret"/);
    const accounts = path.join(terminal.home, "accounts");
    const modes = fs.readdirSync(accounts).map((name) => fs.statSync(path.join(accounts, name)).mode & 0o777);
    expect([fs.statSync(accounts).mode & 0o777, ...modes]).toEqual([0o700, 0o600, 0o600]);
  });
});

describe("several accounts", () => {
  it("are kept side by side, and one is chosen", async () => {
    const terminal = newTerminal("several");
    await terminal.signIn("eva@lab.test");
    await terminal.signIn("adam@lab.test");
    const actives = async () => (await terminal.accounts()).map(({ username, active }) => [username, active]);
    expect(await actives()).toEqual([
      ["adam@lab.test", true],
      ["eva@lab.test", false],
    ]);
    expect(await terminal.run("account", "set", "--username", "EVA@lab.test")).toMatchObject({ code: 0 });
    expect(await actives()).toEqual([
      ["adam@lab.test", false],
      ["eva@lab.test", true],
    ]);
    const unknown = await terminal.run("account", "set", "-u", "lilith@lab.test");
    const sentence = '"lilith@lab.test" is not signed in. There are: adam@lab.test, eva@lab.test.\n';
    expect(unknown).toEqual({ code: 2, stdout: "", stderr: sentence });
  });

  it("leave one by one, and with the last one everything is gone", async () => {
    const terminal = newTerminal("leaving");
    await terminal.signIn("eva@lab.test");
    await terminal.signIn("adam@lab.test");
    expect(await terminal.run("logout")).toMatchObject({ code: 0, stderr: "Signed out: adam@lab.test.\n" });
    expect((await terminal.accounts()).map(({ username, active }) => [username, active])).toEqual([
      ["eva@lab.test", true],
    ]);
    expect(await terminal.run("logout", "--all")).toMatchObject({ code: 0, stderr: "Signed out: eva@lab.test.\n" });
    expect(fs.existsSync(path.join(terminal.home, "accounts"))).toBe(false);
    const nobody = "Nobody is signed in to Azure. Run: batchdeck login\n";
    expect(await terminal.run("logout")).toEqual({ code: 2, stdout: "", stderr: nobody });
    expect(await terminal.run("account", "show")).toEqual({ code: 2, stdout: "", stderr: nobody });
  });

  it("of a damaged file are not there, and signing in again mends it", async () => {
    const terminal = newTerminal("damaged");
    lab.entra.seat({ username: "eva@lab.test", id: "eva" });
    const signIn = async () => {
      const signedIn = terminal.run("login");
      await browse(await browser.next(), lab.authority.certificate);
      return signedIn;
    };
    await signIn();
    const accounts = path.join(terminal.home, "accounts");
    for (const name of fs.readdirSync(accounts)) fs.truncateSync(path.join(accounts, name), 20);
    expect(await terminal.accounts()).toEqual([]);
    expect(await signIn()).toMatchObject({ code: 0 });
    expect(await terminal.accounts()).toHaveLength(1);
  });
});

describe("login with a code", () => {
  const startedLogin = (name: string) =>
    startBatchdeckWith({ BATCHDECK_CLOUD: lab.cloudFile }, path.join(folder, name), "login", "--use-device-code");

  async function shownCode(noted: () => string): Promise<{ readonly page: string; readonly code: string }> {
    await until(() => /code \w+\./.test(noted()));
    const [, page = "", code = ""] = /Open (\S+) in a browser, and enter the code (\w+)\./.exec(noted()) ?? [];
    return { page, code };
  }

  it("waits until the code is entered, and says that without a keyring nothing is kept", async () => {
    const { noted, ended } = startedLogin("code");
    const { page, code: shown } = await shownCode(noted);
    expect(await enterCodeOnPage(page, shown, lab.authority.certificate)).toContain("Done.");
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/tokens +memory/)]);
    expect(stderr).toContain("Signed in for this command only, because nothing can be kept.");
    expect(fs.existsSync(path.join(folder, "code/accounts/active.json"))).toBe(false);
  });

  it("ends at once at Ctrl-C, and keeps nothing", async () => {
    const { child, noted, ended } = startedLogin("code-interrupted");
    await shownCode(noted);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stdout: "" });
    expect(fs.existsSync(path.join(folder, "code-interrupted/accounts"))).toBe(false);
  });
});

describe("login as an application", () => {
  const principal = (clientId: string) => ["login", "--service-principal", "-u", clientId, "--tenant", lab.tenant];

  it("takes its secret from the environment, and keeps it out of sight", async () => {
    const terminal = newTerminal("secret");
    const said = await terminal.runWith({ AZURE_CLIENT_SECRET: withSecret.secret }, ...principal(withSecret.clientId));
    expect(said).toMatchObject({ code: 0, stderr: "" });
    expect(await terminal.accounts()).toMatchObject([
      { username: withSecret.clientId, type: "service_principal", tenant_id: lab.tenant, tokens: "keyring" },
    ]);
    expect(bytesBelow(terminal.home)).not.toContain(withSecret.secret);
  });

  it("proves itself with the certificate that the environment names", async () => {
    const file = path.join(folder, "application.pem");
    fs.writeFileSync(file, `${certified.key}\n${certified.certificate}`);
    const said = await newTerminal("certificate").runWith(
      { AZURE_CLIENT_CERTIFICATE_PATH: file },
      ...principal(withCertificate.clientId),
    );
    expect(said).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    ["a wrong secret", { AZURE_CLIENT_SECRET: "Wrong~secret" }, "The client secret is wrong."],
    ["no secret", {}, "There is no secret to sign in with."],
    ["a file without a key", { AZURE_CLIENT_CERTIFICATE_PATH: "lab-ca.pem" }, "does not hold an RSA certificate"],
    ["no file", { AZURE_CLIENT_CERTIFICATE_PATH: "none.pem" }, "cannot be read (ENOENT)"],
    ["another certificate", { AZURE_CLIENT_CERTIFICATE_PATH: "other.pem" }, "The certificate is not registered"],
  ])("with %s is refused in a sentence", async (_what, variables: Environment, sentence) => {
    const other = makeSelfSigned("other");
    fs.writeFileSync(path.join(folder, "other.pem"), other.key + other.certificate);
    const environment = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [
        name,
        name.endsWith("PATH") ? path.join(folder, value) : value,
      ]),
    );
    const terminal = newTerminal("refused");
    const said = await terminal.runWith(environment, ...principal(withCertificate.clientId));
    expect(said).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(sentence) });
    expect(said.stderr).not.toContain("Wrong~secret");
    expect(await terminal.accounts()).toEqual([]);
  });

  it("is not needed when the environment names it whole, and nothing is kept then", async () => {
    const terminal = newTerminal("environment");
    const environment = {
      AZURE_TENANT_ID: lab.tenant,
      AZURE_CLIENT_ID: withSecret.clientId,
      AZURE_CLIENT_SECRET: withSecret.secret,
    };
    const shown = await terminal.runWith(environment, "account", "show", "--json");
    expect(JSON.parse(shown.stdout)).toMatchObject({
      username: withSecret.clientId,
      cloud: "Lab",
      active: true,
      tokens: null,
    });
    const set = await terminal.runWith(environment, "account", "set", "-u", "eva@lab.test");
    expect(set).toMatchObject({ code: 2, stderr: expect.stringContaining("Unset AZURE_CLIENT_ID") });
    expect(fs.existsSync(path.join(terminal.home, "accounts"))).toBe(false);
  });
});
