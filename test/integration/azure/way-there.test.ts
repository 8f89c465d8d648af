import { createPipelineRequest, createHttpHeaders } from "@azure/core-rest-pipeline";
import fs from "node:fs";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import type { Cloud } from "../../../electron/remote/clouds.ts";
import { openRemoteNetwork } from "../../../electron/remote/network/remote-network.ts";
import type { Environment, SystemProxy } from "../../../electron/remote/network/proxy.ts";
import { makeAuthority } from "../../azure/certificates.ts";
import { type Lab, labHosts, startLab } from "../../azure/lab.ts";
import { type Proxy, startProxy } from "../../azure/proxy.ts";
import { type AzureServer, type Fault, startAzureServer } from "../../azure/server.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** The way to a cloud: what is refused, what the network does, and how it is told. */

const folder = temporaryFolder("way-there");
const host = labHosts.management;
let lab: Lab;

beforeAll(async () => {
  lab = await startLab(folder);
  lab.server.host(host, ({ headers }) => ({ status: 200, body: { authorization: headers.authorization ?? null } }));
});
afterAll(() => lab.close());

type Way = {
  readonly cloud?: Partial<Cloud>;
  readonly environment?: Environment;
  readonly systemProxy?: SystemProxy;
  readonly url?: string;
  /** Shorter where nothing will come. */
  readonly timeout?: number;
};

/** Sends a token, and tells what came of it. */
async function send({ cloud = {}, environment = {}, systemProxy, url, timeout = 30_000 }: Way = {}): Promise<string> {
  const whole = { ...lab.cloud, ...cloud };
  const network = openRemoteNetwork(whole, environment, systemProxy);
  if (!network.ok) return problemSentence(network.problem);
  const headers = createHttpHeaders({ authorization: "Bearer Token~" });
  const address = url ?? `${whole.resource_manager}/subscriptions`;
  const request = createPipelineRequest({ url: address, headers, timeout });
  try {
    const { status, bodyAsText } = await network.value.httpClient.sendRequest(request);
    return `${status} ${bodyAsText ?? ""}`;
  } catch (error) {
    const problem = network.value.problemOf(error);
    if (problem === null) throw error;
    return problemSentence(problem);
  } finally {
    network.value.close();
  }
}

const arrived = '200 {"authorization":"Bearer Token~"}';
const at = () => `${host}:${lab.server.port}`;

describe("a request", () => {
  it("arrives at a host that only the cloud file knows, by its certificate authority", async () => {
    expect(await send()).toBe(arrived);
  });

  it.each<[string, Fault, string]>([
    ["is cut off", "cut", "was closed before the answer."],
    ["gets no answer", "silence", "did not answer in time."],
  ])("that %s says which host", async (_what, fault, sentence) => {
    lab.server.disturb(host, fault);
    expect(await send({ timeout: fault === "silence" ? 2_000 : 30_000 })).toContain(sentence);
  });

  it.each([301, 302, 303, 307, 308])("is not sent on after a %i", async (status) => {
    for (const location of [
      "https://evil.test/",
      `http://${at()}/`,
      `https://${at()}/other`,
      "//evil.test",
      "/other",
    ]) {
      const before = lab.server.requests().length;
      lab.server.disturb(host, { status, headers: { location } });
      expect(await send()).toMatch(
        /^management\.lab\.test:\d+ sends the request on to .*, and nothing signed in is sent on\./,
      );
      expect(lab.server.requests().length).toBe(before + 1);
    }
  });

  it("to a host that is none of the cloud's is not sent", async () => {
    const sentence = "Nothing is sent to login.lab.test";
    expect(await send({ url: `https://${labHosts.login}:${lab.server.port}/x` })).toContain(sentence);
    expect(lab.server.requests().filter((line) => line.includes("/x"))).toEqual([]);
  });

  it("to a host that is not there says so", async () => {
    const nowhere = { hosts: ["nowhere.lab.test"], resource_manager: "https://nowhere.lab.test" };
    expect(await send({ cloud: nowhere })).toContain("The name nowhere.lab.test is not known to this network.");
    const closed = await freePort();
    const shut = { hosts: [`${host}:${closed}`], resource_manager: `https://${host}:${closed}` };
    expect(await send({ cloud: shut })).toContain(`${host}:${closed} refuses the connection.`);
  });
});

describe("a certificate", () => {
  const servers: AzureServer[] = [];
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  async function sendTo(names: readonly string[], state: "valid" | "expired", ca_file = lab.cloud.ca_file) {
    const server = await startAzureServer(lab.authority.issue(names, state));
    servers.push(server);
    const place = `${host}:${server.port}`;
    return send({ cloud: { hosts: [place], resource_manager: `https://${place}`, ca_file } });
  }

  it("that is out of date is not trusted", async () => {
    expect(await sendTo([host], "expired")).toContain("is out of date.");
  });

  it("of another host is not trusted", async () => {
    expect(await sendTo(["other.lab.test"], "valid")).toContain("belongs to another host.");
  });

  it("that nobody vouches for is not trusted, and the sentence says what helps", async () => {
    const other = path.join(folder, "other-ca.pem");
    fs.writeFileSync(other, makeAuthority().certificate);
    expect(await sendTo([host], "valid", other)).toMatch(/is not trusted \([A-Z_]+\)\. .*NODE_EXTRA_CA_CERTS\.$/);
  });

  it("file without a certificate is refused before anything is sent", async () => {
    const empty = path.join(folder, "empty.pem");
    fs.writeFileSync(empty, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    for (const ca_file of [empty, path.join(folder, "none.pem")]) {
      expect(await send({ cloud: { ca_file } })).toContain("has no certificate that can be read.");
    }
  });
});

describe("a proxy", () => {
  const proxies: Proxy[] = [];
  afterAll(() => proxies.forEach(({ close }) => close()));

  async function proxyWith(options: Parameters<typeof startProxy>[1] = {}): Promise<Proxy> {
    const proxy = await startProxy(lab.server.port, options);
    proxies.push(proxy);
    return proxy;
  }

  /** Whoever asks the proxy knows no address. */
  const cloud = { resolve: {} };

  it("of the environment is used, with the host's own certificate", async () => {
    const { place, connected } = await proxyWith();
    expect(await send({ cloud, environment: { HTTPS_PROXY: place } })).toBe(arrived);
    expect(connected).toEqual([at()]);
    expect(await send({ cloud, environment: { https_proxy: `http://${place}`, NO_PROXY: "other.test" } })).toBe(
      arrived,
    );
    expect(connected).toHaveLength(2);
    const untrusted = await send({ cloud: { ...cloud, ca_file: undefined }, environment: { HTTPS_PROXY: place } });
    expect(untrusted).toContain(`answers for ${at()} through the proxy ${place} is not trusted`);
  });

  it("is not used for hosts of NO_PROXY, nor for addresses that the cloud file gives", async () => {
    const { place, connected } = await proxyWith();
    for (const NO_PROXY of ["*", "lab.test", ".lab.test", `a.test, ${host}:${lab.server.port}`]) {
      expect(await send({ cloud, environment: { HTTPS_PROXY: place, NO_PROXY } })).toContain("is not known");
    }
    expect(await send({ environment: { HTTPS_PROXY: place } })).toBe(arrived);
    expect(connected).toEqual([]);
  });

  it("that wants a user gets the one of the environment, and no sentence shows the password", async () => {
    const { place } = await proxyWith({ password: "Proxy~7" });
    expect(await send({ cloud, environment: { HTTPS_PROXY: `http://user:Proxy~7@${place}` } })).toBe(arrived);
    const refused = await send({ cloud, environment: { HTTPS_PROXY: `http://user:Wrong~7@${place}` } });
    expect(refused).toBe(
      `The proxy ${place} asks for a user and a password on the way to ${at()}. ` +
        "Write them into HTTPS_PROXY as http://USER:PASSWORD@HOST:PORT.",
    );
  });

  it.each<[string, Fault, string]>([
    ["is cut off", "cut", "The connection to HOST through the proxy PROXY was closed before the answer. Check"],
    ["gets no answer", "silence", "HOST did not answer in time through the proxy PROXY. Check the connection"],
  ])("is named with the host when a request behind it %s", async (_what, fault, sentence) => {
    const { place } = await proxyWith();
    lab.server.disturb(host, fault);
    const timeout = fault === "silence" ? 2_000 : 30_000;
    const said = await send({ cloud, environment: { HTTPS_PROXY: place }, timeout });
    expect(said).toContain(sentence.replace("HOST", at()).replace("PROXY", place));
  });

  it("is named with the host when the certificate behind it is out of date, and when its own name is not known", async () => {
    const server = await startAzureServer(lab.authority.issue([host], "expired"));
    const proxy = await startProxy(server.port);
    proxies.push(proxy);
    const expired = await send({ cloud, environment: { HTTPS_PROXY: proxy.place } });
    await server.close();
    expect(expired).toBe(
      `The certificate that answers for ${at()} through the proxy ${proxy.place} is out of date. ` +
        "Check the date of this computer, and ask who runs the host or the proxy.",
    );
    const unknown = await send({ cloud, environment: { HTTPS_PROXY: "proxy.nowhere.lab.test:3128" } });
    expect(unknown).toBe(
      `The name proxy.nowhere.lab.test:3128 is not known to this network (the proxy for ${at()}). ` +
        "Check the connection, and HTTPS_PROXY and NO_PROXY if there is a proxy.",
    );
  });

  it("that does not connect is not taken for the host", async () => {
    const { place } = await proxyWith({ status: 403 });
    const refused = await send({ cloud, environment: { HTTPS_PROXY: place } });
    expect(refused).toContain(`The proxy ${place} does not connect to ${at()} (status 403).`);
    const closed = `127.0.0.1:${await freePort()}`;
    const down = await send({ cloud, environment: { ALL_PROXY: closed } });
    expect(down).toContain(`The proxy ${closed} refuses the connection to ${at()}.`);
    const socks = await send({ cloud, environment: { HTTPS_PROXY: "socks5://user:Secret~@10.0.0.1:1080" } });
    expect(socks).toBe(
      '"socks5://10.0.0.1:1080" is no proxy that can be used. Name one in HTTPS_PROXY as http://HOST:PORT.',
    );
  });
});

describe("the system's proxy", () => {
  const cloud = { resolve: {} };
  let proxy: Proxy;
  beforeAll(async () => {
    proxy = await startProxy(lab.server.port);
  });
  afterAll(() => proxy.close());

  const telling = (told: string) => ({ systemProxy: async () => told });

  it.each(["PROXY", "SOCKS5 10.0.0.1:1080; PROXY"])("is used as Chromium tells it: %s", async (told) => {
    const before = proxy.connected.length;
    expect(await send({ cloud, ...telling(`${told} ${proxy.place}; DIRECT`) })).toBe(arrived);
    expect(proxy.connected.slice(before)).toEqual([at()]);
  });

  it("is asked for by the host alone, and none is used where there is none", async () => {
    const asked: string[] = [];
    const systemProxy = async (address: string) => (asked.push(address), "DIRECT");
    expect(await send({ cloud, systemProxy })).toContain("is not known");
    expect(asked).toEqual([`https://${at()}`]);
  });

  it("gives way to that of the environment, and has no say about addresses that the cloud file gives", async () => {
    const other = telling("PROXY 127.0.0.1:9");
    expect(await send({ cloud, environment: { HTTPS_PROXY: proxy.place }, ...other })).toBe(arrived);
    expect(await send(other)).toBe(arrived);
  });

  it("of another kind is told", async () => {
    expect(await send({ cloud, ...telling("SOCKS5 10.0.0.1:1080") })).toMatch(
      /^"socks5:\/\/10\.0\.0\.1:1080" is no proxy /,
    );
  });
});

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((closed) => server.close(() => closed()));
  return port;
}
