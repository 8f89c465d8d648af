import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { enterCodeOnPage } from "../../azure/entra/browser.ts";
import { type JobsLab, startJobsLab, writeTables } from "../../azure/jobs/sample.ts";
import { keptKey } from "../../azure/kept-key.ts";
import { filesBelow, findSecrets, type Place, watchProcesses } from "../../helpers/azure/secrets.ts";
import { deploy, startBatchdeckWith } from "../../helpers/batchdeck.ts";
import { runInProcessWith } from "../../helpers/command-line.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** No token, code or secret of a run from the terminal is anywhere but in the memory of the command. */
const folder = temporaryFolder("secrets");
const home = path.join(folder, "home");
let at: JobsLab;

beforeAll(async () => {
  at = await startJobsLab(path.join(folder));
});
afterAll(() => at.close());

it("a full run of a user and of an application leaves no secret in files, output or processes", async () => {
  const key = keptKey();
  const terminal = { safeStorage: () => key, environment: { BATCHDECK_CLOUD: at.lab.cloudFile } };
  const places: Place[] = [];
  const said = (what: string, { stdout, stderr }: { readonly stdout: string; readonly stderr: string }) =>
    void places.push([`output of ${what}`, stdout + stderr]);

  // A user, with a code.
  const hear = (note: string) => {
    const [, page, code = ""] = /Open (\S+) in a browser, and enter the code (\w+)\./.exec(note) ?? [];
    if (page !== undefined) void enterCodeOnPage(page, code, at.lab.authority.certificate);
  };
  said("login", await runInProcessWith({ ...terminal, hear }, home, "login", "--use-device-code"));
  const tables = writeTables(path.join(folder, "in"), 2, 3);
  const remote = ["invoke", "-n", "sums", "--input", tables, "-w", "lab"];
  const ofUser = await runInProcessWith(terminal, home, ...remote, "--job-name", "user", "--debug");
  expect(ofUser, ofUser.stderr).toMatchObject({ code: 0 });
  said("a user's job", ofUser);

  // An application, by its secret in the environment of the command: here and in Azure.
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\n",
  });
  const rows = path.join(folder, "rows");
  writeCsvFolder(rows, { files: 2, rowsPerFile: 200, features: 4 });
  const environment = { ...at.environment, BATCHDECK_DEBUG: "1" };
  for (const [name, args] of [
    ["here", ["invoke", "-n", "dense", "--input", rows]],
    ["there", remote],
  ] as const) {
    const { child, ended } = startBatchdeckWith(environment, home, ...args, "--job-name", name, "--debug");
    const processes = watchProcesses(child.pid ?? 0);
    const ran = await ended;
    const seen = processes.end();
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    said(name, ran);
    // Whoever scores is among them.
    if (name === "here") expect(seen.map(([of]) => of).join()).toContain("worker");
    places.push(...seen);
  }

  const secrets = at.lab.entra.secrets();
  expect(new Set(at.lab.entra.grants())).toEqual(new Set(["device_code", "refresh_token", "client_credentials"]));
  expect(fs.readdirSync(home)).toEqual(expect.arrayContaining(["accounts", "jobs", "outputs", "registry.db"]));
  expect(findSecrets(secrets, [...places, ...filesBelow(home)])).toEqual([]);
});
