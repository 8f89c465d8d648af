import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import dns from "node:dns";
import { createServer as createPlainServer, type IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Cloud } from "../../../electron/remote/clouds.ts";
import { blobsAt } from "../../../electron/remote/inputs/blob-address.ts";
import { openRemoteNetwork, type RemoteNetwork } from "../../../electron/remote/network/remote-network.ts";
import { openBlobStore } from "../../../electron/remote/storage/blob-store.ts";
import { type Lab, labHosts, startLab } from "../../azure/lab.ts";
import { programs } from "../../azure/storage/open-store.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { valueOf } from "../../helpers/value-of.ts";

/**
 * Tricks with URLs and redirects against the rules about hosts, through the real clients. Servers of this computer stand wherever a
 * trick would lead, and write down what arrives: nothing but the one request that a redirect answers may.
 */
const folder = temporaryFolder("host-rules");
const token = "Bearer Token-that-must-not-leave~";
const cloudHost = labHosts.management;
const webHost = "files.lab.example";
const evilHost = "evil.test";

/** `@`: the port of the servers behind TLS. `#`: that of the one without. */
type Trick = readonly [name: string, address: string];

/** A request with a token, to an address that is none of the cloud's. */
const withToken: readonly Trick[] = [
  ["the cloud's host as user", `https://${cloudHost}@${evilHost}:@/`],
  ["the cloud's host and port as user and password", `https://${cloudHost}:443@${evilHost}:@/`],
  ["a user before the cloud's host", `https://user@${cloudHost}:@/`],
  ["a password before the cloud's host", `https://:secret@${cloudHost}:@/`],
  ["an @ that is percent-encoded", `https://${cloudHost}%40${evilHost}:@/`],
  ["a backslash before the @", `https://${evilHost}:@\\@${cloudHost}/`],
  ["a number sign before the @", `https://${evilHost}:@#@${cloudHost}/`],
  ["a question mark before the @", `https://${evilHost}:@?@${cloudHost}/`],
  ["the cloud's host as a path", `https://${evilHost}:@/${cloudHost}/`],
  ["the cloud's host as a subdomain of another", `https://${cloudHost}.${evilHost}:@/`],
  ["a subdomain of the cloud's host", `https://x.${cloudHost}:@/`],
  ["a name that ends like the cloud's host", `https://evil${cloudHost}:@/`],
  ["a Cyrillic letter", `https://mаnagement.lab.test:@/`],
  ["a Cyrillic letter in Punycode", `https://xn--mnagement-1nf.lab.test:@/`],
  ["a full stop of Chinese that makes it another host", `https://management。lab。test.${evilHost}:@/`],
  ["a slash of full width", `https://${cloudHost}／.${evilHost}:@/`],
  ["a dot at the end", `https://${cloudHost}.:@/`],
  ["another port", `https://${cloudHost}:#/`],
  ["the usual port, which is not the cloud's", `https://${cloudHost}/`],
  ["http at the cloud's host", `http://${cloudHost}:#/`],
  ["http at the port of https", `http://${cloudHost}:@/`],
  ["the address of the cloud's host as a number", "https://127.0.0.1:@/"],
  ["the same in decimal", "https://2130706433:@/"],
  ["the same in octal", "https://0177.0.0.1:@/"],
  ["the same in hexadecimal", "https://0x7f000001:@/"],
  ["the same in IPv6", "https://[::ffff:127.0.0.1]:@/"],
  ["the metadata service of a virtual machine", "https://169.254.169.254/metadata/identity/oauth2/token"],
  ["a scheme of web sockets", `wss://${cloudHost}:@/`],
  ["an address without a scheme", `//${cloudHost}:@/`],
  ["data:", `data:text/html,https://${cloudHost}/`],
  ["file:", `file://${cloudHost}/etc/passwd`],
  ["blob:", `blob:https://${cloudHost}:@/`],
  ["a line break before another host", `https://${evilHost}:@/\nhttps://${cloudHost}/`],
  ["a tab within a host", `https://evil\t.test:@/${cloudHost}`],
  ["a zero byte in the host", `https://${cloudHost}%00.${evilHost}:@/`],
  ["a percent-encoded dot", `https://${cloudHost}%2e${evilHost}:@/`],
  ["the host where users sign in, which is none for tokens", `https://${labHosts.login}:@/token`],
];

/** What a host of the cloud answers a request with a token with. */
const redirectsWithToken: readonly Trick[] = [
  ["to another host", `https://${evilHost}:@/`],
  ["to the same host", `https://${cloudHost}:@/other`],
  ["to a path", "/other"],
  ["to a path by dots", "../../other"],
  ["to a query alone", "?other=1"],
  ["without a scheme", `//${evilHost}:@/`],
  ["with backslashes", `\\\\${evilHost}:@\\`],
  ["without slashes", `https:${evilHost}:@`],
  ["without https", `http://${cloudHost}:#/`],
  ["to a container with a key of its own", `https://${evilHost}:@/data?sv=2024-01-01&sig=c2lnbmF0dXJl`],
  ["to the sign-in", `https://${labHosts.login}:@/token`],
  ["to this computer", "https://127.0.0.1:@/"],
  ["to a file", "file:///etc/passwd"],
  ["to data", "data:text/plain,x"],
  ["to the cloud's host as a user", `https://${cloudHost}@${evilHost}:@/`],
  ["to nothing that can be read", "https://[/"],
];

/** Inputs by their URL: no token, but nothing of a network's own either. */
const inputs: readonly Trick[] = [
  ["http", `http://${webHost}:#/rows.csv`],
  ["a user", `https://user:secret@${webHost}:@/rows.csv`],
  ["this computer by name", "https://localhost:@/rows.csv"],
  ["this computer by a name with a dot at the end", "https://localhost.:@/rows.csv"],
  ["a name below localhost", "https://x.localhost:@/rows.csv"],
  ["this computer in capitals", "https://LOCALHOST:@/rows.csv"],
  ["this computer by number", "https://127.0.0.1:@/rows.csv"],
  ["this computer by another of its numbers", "https://127.8.8.8:@/rows.csv"],
  ["this computer in two parts", "https://127.1:@/rows.csv"],
  ["this computer in decimal", "https://2130706433:@/rows.csv"],
  ["this computer in octal", "https://017700000001:@/rows.csv"],
  ["this computer in hexadecimal", "https://0x7f.0x0.0x0.0x1:@/rows.csv"],
  ["this computer in digits within circles", "https://①②⑦.⓪.⓪.①:@/rows.csv"],
  ["this computer with a dot at the end", "https://127.0.0.1.:@/rows.csv"],
  ["this computer as zero", "https://0:@/rows.csv"],
  ["this computer percent-encoded", "https://%31%32%37.0.0.1:@/rows.csv"],
  ["this computer in IPv6", "https://[::1]:@/rows.csv"],
  ["IPv4 within IPv6", "https://[::ffff:127.0.0.1]:@/rows.csv"],
  ["IPv4 within IPv6, in hexadecimal", "https://[::ffff:7f00:1]:@/rows.csv"],
  ["IPv4 within IPv6, as it once was", "https://[::127.0.0.1]:@/rows.csv"],
  ["IPv4 behind NAT64", "https://[64:ff9b::7f00:1]:@/rows.csv"],
  ["IPv4 behind 6to4", "https://[2002:7f00:1::]:@/rows.csv"],
  ["a zone of IPv6", "https://[fe80::1%25lo]:@/rows.csv"],
  ["a link-local address", "https://[fe80::1]:@/rows.csv"],
  ["the metadata service", "https://169.254.169.254/metadata/instance"],
  ["a private address", "https://10.0.0.1:@/rows.csv"],
  ["a private address of IPv6", "https://[fd00::1]:@/rows.csv"],
  ["the address of carriers", "https://100.64.0.1:@/rows.csv"],
  ["an address of everybody", "https://255.255.255.255:@/rows.csv"],
  ["a name without a dot", "https://router:@/rows.csv"],
  ["a name of a network", "https://nas.local:@/rows.csv"],
  ["data", "data:text/csv,a"],
  ["a file", "file:///etc/passwd"],
  ["ftp", `ftp://${webHost}/rows.csv`],
];

/** What a server of the web answers the request for an input with. */
const redirectsOfInputs: readonly Trick[] = [
  ["to this computer", "https://127.0.0.1:@/rows.csv"],
  ["to this computer in decimal", "https://2130706433:@/rows.csv"],
  ["to this computer in IPv6", "https://[::1]:@/rows.csv"],
  ["to localhost", "https://localhost:@/rows.csv"],
  ["to a private address", "https://192.168.0.1:@/rows.csv"],
  ["to the metadata service", "https://169.254.169.254/metadata/instance"],
  ["to http", `http://${webHost}:#/rows.csv`],
  ["to a user at another host", `https://${webHost}@${evilHost}:@/rows.csv`],
  ["without a scheme to this computer", "//127.0.0.1:@/rows.csv"],
  ["with backslashes to this computer", "\\\\127.0.0.1:@\\rows.csv"],
  ["with a tab in the host", "https://127.0.\t0.1:@/rows.csv"],
  ["to a file", "file:///etc/passwd"],
  ["to data", "data:text/csv,a"],
  ["to nothing that can be read", "https://[/"],
];

/** Addresses that look like blobs of the cloud's, and would get its token for storage. */
const blobs: readonly Trick[] = [
  ["an account as a user", `https://labstore.blob.lab.test@${evilHost}:@/data/x`],
  ["an account as a subdomain of another host", `https://labstore.blob.lab.test.${evilHost}:@/data/x`],
  ["an account at another port", "https://labstore.blob.lab.test:#/data/x"],
  ["abfss to another host", `abfss://data@labstore.dfs.${evilHost}:@/x`],
  ["abfss with two @", `abfss://data@labstore.dfs.lab.test@${evilHost}:@/x`],
  ["wasbs with a path before the host", `wasbs://data/@labstore.blob.${evilHost}:@/x`],
];

/** Datastores whose records lead elsewhere. */
const places = [
  ["a record that names another host", "https", "labstore", "evil.test", "data"],
  ["a record with a path for an endpoint", "https", "labstore", "lab.test/evil", "data"],
  ["a record with a user for an account", "https", "x@evil", "lab.test", "data"],
  ["a record without https", "http", "labstore", "lab.test", "data"],
  ["a record whose container leads out", "https", "labstore", "lab.test", "../x"],
] as const;

let lab: Lab;
let network: RemoteNetwork;
let cloud: Cloud;
let answer: { readonly status: number; readonly location: string } | null = null;
let servers: readonly Server[] = [];
let tls = 0;
let plain = 0;
/** Everything that arrived anywhere, with what it was authorized by. */
let arrived: string[] = [];
let refused = 0;

beforeAll(async () => {
  lab = await startLab(folder);
  const names = [cloudHost, `x.${cloudHost}`, `evil${cloudHost}`, labHosts.login, webHost, evilHost, "localhost"];
  const { certificate, key } = lab.authority.issue([...names, `*.${evilHost}`]);
  const hear = (scheme: string) => (request: IncomingMessage) =>
    void arrived.push(
      `${scheme} ${request.headers.host ?? ""}${request.url ?? ""} ${request.headers.authorization ?? "-"}`,
    );
  const secure = createServer({ cert: certificate, key }, (request, response) => {
    hear("https")(request);
    if (answer === null || arrived.length > 20) response.end("rows");
    else response.writeHead(answer.status, { location: answer.location }).end();
  });
  const open = createPlainServer((request, response) => {
    hear("http")(request);
    response.end("rows");
  });
  servers = [secure, open];
  // On every address of this computer, also those of IPv6.
  for (const server of servers) await new Promise<void>((listening) => server.listen(0, listening));
  [tls, plain] = servers.map((server) => (server.address() as AddressInfo).port) as [number, number];
  cloud = {
    ...lab.cloud,
    hosts: [`${cloudHost}:${tls}`, `*.blob.lab.test:${tls}`],
    // Every name leads here, so that a request that is let through arrives.
    resolve: Object.fromEntries([...names, `${cloudHost}.${evilHost}`].map((name) => [name, "127.0.0.1"])),
  };
  network = valueOf(openRemoteNetwork(cloud, {}));
});
afterEach(() => {
  arrived = [];
  answer = null;
  vi.restoreAllMocks();
});
afterAll(async () => {
  console.log(`${refused} tricks with URLs and redirects, all refused`);
  network.close();
  for (const server of servers) server.close();
  await lab.close();
  expect(refused).toBeGreaterThanOrEqual(60);
});

const filled = (address: string) => address.replaceAll(":@", `:${tls}`).replaceAll(":#", `:${plain}`);
/** What a request is refused with. An answer is a trick that worked. */
async function refusalOf(client: "httpClient" | "webClient", url: string): Promise<string> {
  const headers = createHttpHeaders(client === "httpClient" ? { authorization: token } : {});
  const request = createPipelineRequest({ url, headers, timeout: 5_000 });
  try {
    const { status } = await network[client].sendRequest(request);
    return `answered with status ${status}`;
  } catch (error) {
    refused += 1;
    return network.problemOf(error)?.code ?? String(error);
  }
}

describe("a token is not sent to", () => {
  it.each(withToken)("%s", async (_name, address) => {
    expect(await refusalOf("httpClient", filled(address))).toBe("azure/host-refused");
    expect(arrived).toEqual([]);
  });
});

describe("a token is not sent on by a redirect", () => {
  it.each(redirectsWithToken)("%s", async (_name, address) => {
    answer = { status: 307, location: filled(address) };
    expect(await refusalOf("httpClient", `https://${cloudHost}:${tls}/start`)).toBe("azure/host-refused");
    expect(arrived).toEqual([`https ${cloudHost}:${tls}/start ${token}`]);
  });
});

describe("an input is not fetched from", () => {
  it.each(inputs)("%s", async (_name, address) => {
    expect(await refusalOf("webClient", filled(address))).toBe("azure/host-refused");
    expect(arrived).toEqual([]);
  });
});

describe("an input is not fetched by a redirect", () => {
  it.each(redirectsOfInputs)("%s", async (_name, address) => {
    answer = { status: 302, location: filled(address) };
    expect(await refusalOf("webClient", `https://${webHost}:${tls}/start`)).toBe("azure/host-refused");
    expect(arrived).toEqual([`https ${webHost}:${tls}/start -`]);
  });

  it("in a circle", async () => {
    answer = { status: 302, location: "/start" };
    expect(await refusalOf("webClient", `https://${webHost}:${tls}/start`)).toBe("azure/host-refused");
    expect(arrived).toHaveLength(6);
  });

  it("with a token that a caller left in the request", async () => {
    const headers = createHttpHeaders({ authorization: token });
    await network.webClient.sendRequest(createPipelineRequest({ url: `https://${webHost}:${tls}/rows.csv`, headers }));
    refused += 1;
    expect(arrived).toEqual([`https ${webHost}:${tls}/rows.csv -`]);
  });
});

describe("an input is not fetched by a name that", () => {
  type Found = { readonly address: string; readonly family: number };

  /** What the system's DNS says, one answer a look-up. */
  function resolveTo(...answers: readonly (readonly Found[])[]) {
    let looks = 0;
    const look = (_name: string, options: { all?: boolean }, callback: (...found: unknown[]) => void) => {
      const found = answers[Math.min(looks, answers.length - 1)] ?? [];
      looks += 1;
      if (options.all === true) callback(null, found);
      else callback(null, found[0]?.address, found[0]?.family);
    };
    vi.spyOn(dns, "lookup").mockImplementation(look as unknown as typeof dns.lookup);
    return () => looks;
  }

  const here = { address: "127.0.0.1", family: 4 };
  const elsewhere = { address: "8.8.8.8", family: 4 };

  it.each<readonly [string, readonly (readonly Found[])[]]>([
    ["leads to this computer", [[here]]],
    ["leads to this computer in IPv6", [[{ address: "::1", family: 6 }]]],
    ["leads to IPv4 within IPv6", [[{ address: "::ffff:127.0.0.1", family: 6 }]]],
    ["leads to a private address", [[{ address: "10.0.0.1", family: 4 }]]],
    ["leads to the metadata service", [[{ address: "169.254.169.254", family: 4 }]]],
    ["leads to a zone", [[{ address: "fe80::1%lo", family: 6 }]]],
    ["leads elsewhere and to this computer", [[elsewhere, here]]],
  ])("%s", async (_name, answers) => {
    resolveTo(...answers);
    expect(await refusalOf("webClient", `https://rebound.example:${tls}/rows.csv`)).toBe("azure/host-refused");
    expect(arrived).toEqual([]);
  });

  it("leads to this computer by the time that it is connected to: it is looked up once, and that is what is connected to", async () => {
    const looks = resolveTo([here], [elsewhere]);
    expect(await refusalOf("webClient", `https://rebound.example:${tls}/rows.csv`)).toBe("azure/host-refused");
    expect([looks(), arrived]).toEqual([1, []]);
  });
});

describe("no token for storage goes to", () => {
  it.each(blobs)("%s", (_name, address) => {
    expect(blobsAt(filled(address), cloud.hosts)).toBeNull();
    refused += 1;
  });

  it.each(places)("%s", async (_name, protocol, accountName, endpoint, containerName) => {
    const tokens = { token: () => Promise.reject(new Error("A token was asked for.")) };
    const place = { protocol, accountName, endpoint: `${endpoint}:${tls}`, containerName };
    const store = openBlobStore({ cloud, tokens, network, host: programs }, place);
    expect(store.ok ? "opened" : store.problem.code).toMatch(/^(azure\/host-refused|datastore\/invalid)$/);
    refused += 1;
  });
});
