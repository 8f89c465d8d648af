import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSampleAzure } from "../../azure/arm/sample.ts";
import { type Lab, startLab } from "../../azure/lab.ts";
import { startStorage, type Storage } from "../../azure/storage/storage.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { runInProcessWith } from "../../helpers/command-line.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Jobs on this computer whose input lies in Azure or on the web: it is downloaded first, by the real clients. */
const folder = temporaryFolder("remote-inputs");
const home = path.join(folder, "home");
const rows = path.join(folder, "rows");
const application = { clientId: randomUUID(), secret: "Secret~of-the-application" };
const webHost = "files.lab.example";
let lab: Lab;
let storage: Storage;
let azure: ReturnType<typeof startSampleAzure>;
let web: Awaited<ReturnType<typeof startWeb>>;
let local: string;

/** A web server of strangers, at a name that the cloud file knows the address of. */
async function startWeb() {
  const { certificate, key } = lab.authority.issue([webHost]);
  const asked: string[] = [];
  let cuts = 0;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    asked.push(`${request.url} ${request.headers.range} ${request.headers.authorization ?? "without a token"}`);
    const url = request.url ?? "/";
    if (url === "/moved.csv") return void response.writeHead(302, { location: "/rows.csv" }).end();
    if (url === "/inward.csv") return void response.writeHead(302, { location: "https://10.0.0.1/rows.csv" }).end();
    if (url === "/plain.csv") return void response.writeHead(302, { location: "http://example.org/rows.csv" }).end();
    if (url === "/endless.csv") return void response.writeHead(302, { location: "/endless.csv" }).end();
    if (url !== "/rows.csv" && url !== "/cut.csv") return void response.writeHead(404).end();
    const content = fs.readFileSync(path.join(rows, fs.readdirSync(rows)[0] ?? ""));
    const [, from = "0", to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    const part = content.subarray(Number(from), to === "" || to === undefined ? undefined : Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${content.length}`;
    response.writeHead(206, { etag: '"one"', "content-range": range, "content-length": part.length });
    if (url === "/cut.csv" && part.length > 1 && cuts < 2) {
      cuts += 1;
      response.write(part.subarray(0, Math.floor(part.length / 2)), () => response.destroy());
    } else response.end(part);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { at: (name: string) => `https://${webHost}:${port}/${name}`, asked, close: () => server.close() };
}

beforeAll(async () => {
  lab = await startLab(folder, { applications: [application] });
  azure = startSampleAzure(lab);
  storage = await startStorage(lab, folder);
  const { accountName, endpoint, containerName } = storage.place;
  const dataUri = "azureml://datastores/blobs/paths/in/";
  azure.arm.put(
    azure.make.blobDatastore("blobs", { accountName, endpoint, containerName }),
    azure.make.version("data", "rows", "1", { dataType: "UriFolder", dataUri }),
  );
  web = await startWeb();
  const cloud = JSON.parse(fs.readFileSync(lab.cloudFile, "utf8")) as { resolve: Record<string, string> };
  cloud.resolve[webHost] = "127.0.0.1";
  fs.writeFileSync(lab.cloudFile, JSON.stringify(cloud));
  writeCsvFolder(rows, { files: 3, rowsPerFile: 20, features: 4 });
  for (const name of fs.readdirSync(rows)) await storage.put(`in/${name}`, fs.readFileSync(path.join(rows, name)));
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\n";
  await deploy(home, "dense", denseModel({ features: 4, classes: 3 }), { scorer });
  local = await predictionsOf("--input", rows);
});
afterAll(async () => {
  web.close();
  await storage.close();
  await lab.close();
});

const cloudOnly = () => ({ BATCHDECK_CLOUD: lab.cloudFile });
const signedIn = () => ({
  ...cloudOnly(),
  AZURE_TENANT_ID: lab.tenant,
  AZURE_CLIENT_ID: application.clientId,
  AZURE_CLIENT_SECRET: application.secret,
});
const firstRows = () => fs.readdirSync(rows)[0] ?? "";
let jobs = 0;

async function invoke(environment: Record<string, string>, ...args: readonly string[]) {
  jobs += 1;
  const out = path.join(folder, `out-${jobs}`);
  const ran = await runInProcessWith({ environment }, home, "invoke", "-n", "dense", "--output-path", out, ...args);
  const file = path.join(out, "predictions.csv");
  return { ...ran, predictions: fs.existsSync(file) ? fs.readFileSync(file, "utf8") : null };
}

async function predictionsOf(...args: readonly string[]): Promise<string> {
  const ran = await invoke(signedIn(), ...args);
  if (ran.predictions === null) throw new Error(ran.stderr);
  return ran.predictions;
}

describe("an input in Azure", () => {
  it("is downloaded by the address of its blobs, and gives the rows of the same files here", async () => {
    const { accountName, endpoint, containerName } = storage.place;
    const address = `https://${accountName}.blob.${endpoint}/${containerName}/in`;
    expect(await predictionsOf("--input", address)).toBe(local);
  });

  it("is told with its files and bytes before the start, and fetched once for all jobs that want it", async () => {
    const { accountName, endpoint, containerName } = storage.place;
    for (const name of ["a.csv", "b.csv"])
      await storage.put(`once/${name}`, fs.readFileSync(path.join(rows, firstRows())));
    const address = `https://${accountName}.blob.${endpoint}/${containerName}/once`;
    const bytes = fs.statSync(path.join(rows, firstRows())).size;
    const start = storage.seen().length;
    const fetched = () =>
      storage
        .seen()
        .slice(start)
        .filter(({ id }) => id === "Get Blob")
        .map(({ blob }) => blob);
    const dryRun = async () => {
      const ran = await invoke(signedIn(), "--input", address, "--dry-run", "--json");
      expect(ran.code, ran.stderr).toBe(0);
      return JSON.parse(ran.stdout) as { plan: { download: unknown }; warnings: readonly string[] };
    };
    const before = await dryRun();
    expect(before.plan.download).toEqual({ files: 2, bytes: 2 * bytes, kept_bytes: 0 });
    expect(before.warnings).toContain(
      "What is downloaded leaves the cloud: Azure may charge the owner of the storage account for it.",
    );
    expect(fetched()).toEqual([]);
    const first = await predictionsOf("--input", address);
    expect(fetched()).toHaveLength(2);
    const after = await dryRun();
    expect(after.plan.download).toEqual({ files: 2, bytes: 2 * bytes, kept_bytes: 2 * bytes });
    expect(after.warnings.join()).not.toContain("charge");
    expect(await predictionsOf("--input", address)).toBe(first);
    // Also by an address that names one of them alone.
    await predictionsOf("--input", `${address}/a.csv`);
    expect(fetched()).toHaveLength(2);
    await storage.put("once/b.csv", fs.readFileSync(path.join(rows, firstRows())));
    await predictionsOf("--input", address);
    expect(fetched().slice(2)).toEqual([expect.stringContaining("once/b.csv")]);
  });

  it("needs somebody who is signed in", async () => {
    const { accountName, endpoint, containerName } = storage.place;
    const ran = await invoke(cloudOnly(), "--input", `https://${accountName}.blob.${endpoint}/${containerName}/in`);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining("is not on this computer")]);
  });

  it("is downloaded from a datastore of the workspace that its address names", async () => {
    const { subscription, resource_group, workspace } = azure.place;
    const address = `azureml://subscriptions/${subscription}/resourcegroups/${resource_group}/workspaces/${workspace}/datastores/blobs/paths/in/`;
    expect(await predictionsOf("--input", address)).toBe(local);
  });

  it("is that of a data asset of the chosen workspace, where this computer has none of that name", async () => {
    const where = ["-w", "lab", "-g", "risk-rg", "--subscription", azure.research];
    expect((await runInProcessWith({ environment: signedIn() }, home, "workspace", "use", ...where)).code).toBe(0);
    expect(await predictionsOf("--input", "azureml:rows:1")).toBe(local);
    const unknown = await invoke(signedIn(), "--input", "azureml:nothing:1");
    expect(unknown.stderr).toContain('There is no data asset "nothing:1"');
  });
});

describe("an input of the web", () => {
  it("is downloaded without a sign-in and without a token, and goes on where it was cut off", async () => {
    const first = fs.readdirSync(rows)[0] ?? "";
    const here = (await invoke(cloudOnly(), "--input", path.join(rows, first))).predictions?.replaceAll(
      first,
      "cut.csv",
    );
    const start = web.asked.length;
    expect((await invoke(cloudOnly(), "--input", web.at("cut.csv"))).predictions).toBe(here);
    const asked = web.asked.slice(start);
    expect(asked.every((line) => line.endsWith("without a token"))).toBe(true);
    expect(asked.filter((line) => /bytes=[1-9]\d*-/.test(line)).length).toBe(2);
    // Also for somebody who is signed in.
    await invoke(signedIn(), "--input", web.at("rows.csv"));
    expect(web.asked.every((line) => line.endsWith("without a token"))).toBe(true);
  });

  it("that cannot be reached before the start is one that the job waits for", async () => {
    const address = `https://${webHost}:1/rows.csv`;
    const ran = await invoke(cloudOnly(), "--input", address, "--dry-run", "--json");
    const { problems, warnings } = JSON.parse(ran.stdout) as Record<string, readonly unknown[]>;
    expect([ran.code, problems, warnings]).toEqual([
      0,
      [],
      expect.arrayContaining([`${address} cannot be reached now. The job waits, and downloads its input once it can.`]),
    ]);
  });

  it("follows a redirect to where the host rules lead, too", async () => {
    expect((await invoke(cloudOnly(), "--input", web.at("moved.csv"))).predictions).not.toBeNull();
  });

  it.each([
    ["into a network", "inward.csv", "Nothing is fetched from 10.0.0.1"],
    ["without https", "plain.csv", "Nothing is fetched from http://example.org"],
    ["without end", "endless.csv", "sends the request on and on"],
    ["nowhere", "none.csv", "cannot be fetched (status 404)"],
  ])("refuses a redirect that leads %s", async (_where, name, words) => {
    const ran = await invoke(cloudOnly(), "--input", web.at(name));
    expect([ran.predictions, ran.stderr]).toEqual([null, expect.stringContaining(words)]);
  });
});
