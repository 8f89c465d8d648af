import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, startLab } from "../azure/lab.ts";
import { temporaryFolder } from "../helpers/places.ts";

/** Accounts of the terminal in a real keyring: GNOME Keyring, in a session of its own. */

const folder = temporaryFolder("keyring");
const home = path.join(folder, "home");
const application = { clientId: randomUUID(), secret: "Secret~of-the-application" };
const root = path.join(import.meta.dirname, "../..");
let lab: Lab;

beforeAll(async () => {
  lab = await startLab(folder, { applications: [application] });
});
afterAll(() => lab.close());

const unlock = "printf 'password' | gnome-keyring-daemon --unlock --components=secrets >/dev/null";

/** Runs shell lines in a desktop session whose keyring was unlocked, or not; returns what they printed, a line each. */
async function inSession(lines: readonly string[], isUnlocked = true): Promise<readonly string[]> {
  const script = [...(isUnlocked ? [unlock] : []), ...lines].join("\n");
  const session = spawn("dbus-run-session", ["--", "sh", "-c", script], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      // Nobody sits at the screen: a keyring that is locked must not wait for somebody to type its password there.
      DISPLAY: undefined,
      WAYLAND_DISPLAY: undefined,
      HOME: folder,
      XDG_DATA_HOME: path.join(folder, "data"),
      BATCHDECK_HOME: home,
      BATCHDECK_CLOUD: lab.cloudFile,
    },
  });
  let printed = "";
  session.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  await new Promise((ended) => session.once("close", ended));
  return printed.trimEnd().split("\n");
}

const batchdeck = (args: string) => `'${process.execPath}' dist/cli.cjs ${args}`;
const login =
  `AZURE_CLIENT_SECRET='${application.secret}' ` +
  batchdeck(`login --service-principal -u ${application.clientId} --tenant $TENANT -o tsv --query tokens`);
const listed = batchdeck("account list -o tsv --query '[].tokens'");

/** What a second program reads of what the first one wrote. */
const readBack = `'${process.execPath}' --input-type=module -e "
  import fs from 'node:fs';
  const { keyringStorage } = await import('${root}/electron/remote/identity/keyring.ts');
  const folder = '${home}/accounts/';
  const name = fs.readdirSync(folder).find((name) => name !== 'active.json');
  const { secrets } = JSON.parse(fs.readFileSync(folder + name, 'utf8'));
  const text = await keyringStorage('${home}').decrypt(Buffer.from(secrets, 'base64'));
  const other = await keyringStorage('/another/workspace').decrypt(Buffer.from(secrets, 'base64'));
  console.log(JSON.parse(text.value).secret, other.value);
"`;

test("accounts outlive the program that signed in, and leave with the key", async () => {
  const steps = [
    `TENANT=${lab.tenant}`,
    login,
    listed,
    readBack,
    batchdeck("logout -o tsv --query '[].signed_out'"),
    listed,
  ];
  expect(await inSession(steps)).toEqual(["keyring", "keyring", `${application.secret} null`, "true"]);
  expect(fs.existsSync(path.join(home, "accounts"))).toBe(false);
  // In the session's keyring nothing is left, either.
  const left = `'${process.execPath}' -e "import('@napi-rs/keyring').then(({ findCredentials }) => console.log(findCredentials('Batchdeck').length))"`;
  expect(await inSession([left])).toEqual(["0"]);
});

test("a keyring that is locked, with nobody to unlock it, keeps nothing", async () => {
  const printed = await inSession([`TENANT=${lab.tenant}`, login], false);
  expect(printed.at(-1)).toBe("memory");
  expect(fs.existsSync(path.join(home, "accounts"))).toBe(false);
});
