import fs from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWebFile, fetchWebFile } from "../../../electron/remote/inputs/web-input.ts";
import { openRemoteNetwork, type RemoteNetwork } from "../../../electron/remote/network/remote-network.ts";
import { type Lab, startLab } from "../../azure/lab.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { valueOf } from "../../helpers/value-of.ts";

/** How an input of the web goes on after it was cut off: never with a piece of anything else. */
const folder = temporaryFolder("web-inputs");
const host = "files.lab.example";
const patience = { retries: 3, firstWaitMs: 1, mostWaitMs: 100 };
const uncancelled = new AbortController().signal;
let lab: Lab;
let network: RemoteNetwork;
let server: Server;
let address: string;
/** What the server does with each request, in this order; the last one again and again. */
let script: readonly Act[] = [];
let asked: { readonly range: string | undefined; readonly ifRange: string | undefined }[] = [];
let fetches = 0;

type Act = (from: number, response: ServerResponse) => void;
type Head = { readonly etag?: string; readonly "last-modified"?: string };

const content = Buffer.from(Array.from({ length: 1000 }, (_none, index) => index % 251));
const half = 500;

/** The rest of some bytes, as a server that knows ranges sends it. */
const rest =
  (head: Head, { cutAt, says, of = content }: { cutAt?: number; says?: string; of?: Buffer } = {}): Act =>
  (from, response) => {
    const range = says ?? `bytes ${from}-${of.length - 1}/${of.length}`;
    response.writeHead(206, { ...head, "content-range": range });
    if (cutAt === undefined) response.end(of.subarray(from));
    else response.write(of.subarray(from, cutAt), () => response.destroy());
  };
/** All of them, as one that knows no ranges, or finds that they are others. */
const whole =
  (head: Head, of = content): Act =>
  (_from, response) =>
    void response.writeHead(200, { ...head, "content-length": of.length }).end(of);

beforeAll(async () => {
  lab = await startLab(folder);
  const { certificate, key } = lab.authority.issue([host]);
  const answer = ({ headers }: IncomingMessage, response: ServerResponse) => {
    const { range, "if-range": ifRange } = headers;
    asked.push({ range, ifRange: ifRange as string | undefined });
    const act = script[Math.min(asked.length, script.length) - 1];
    act?.(Number(/^bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0), response);
  };
  server = createServer({ cert: certificate, key }, answer);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  network = valueOf(openRemoteNetwork({ ...lab.cloud, resolve: { [host]: "127.0.0.1" } }, {}));
  address = `https://${host}:${(server.address() as AddressInfo).port}/rows.csv`;
});
afterAll(async () => {
  network.close();
  server.close();
  await lab.close();
});

/** Describes the file, then fetches it while the server does as the script says. */
async function fetchBy(head: Head, acts: readonly Act[], before = Buffer.alloc(0)) {
  script = [whole(head)];
  asked = [];
  const file = valueOf(await describeWebFile({ network, patience }, address, uncancelled));
  fetches += 1;
  const target = path.join(folder, `fetched-${fetches}`);
  if (before.length > 0) fs.writeFileSync(target, before);
  script = acts;
  asked = [];
  let told = 0;
  const got = await fetchWebFile(
    { network, patience, syncBytes: 100 },
    { address, file, target },
    (bytes) => (told += bytes),
    uncancelled,
  );
  const outcome = got.ok ? (fs.readFileSync(target).equals(content) ? "whole" : "mixed") : got.problem.kind;
  return { outcome, told, ranges: asked.map(({ range }) => range), conditions: asked.map(({ ifRange }) => ifRange) };
}

const strong = { etag: '"one"' };
const dated = { "last-modified": "Tue, 01 Dec 2026 10:00:00 GMT" };

describe("an input of the web that is cut off", () => {
  it.each([
    ["an ETag", strong, '"one"'],
    ["a date", dated, dated["last-modified"]],
  ] as const)("goes on where it was, if %s is still the same", async (_what, head, condition) => {
    const fetched = await fetchBy(head, [rest(head, { cutAt: half }), rest(head)]);
    expect(fetched).toEqual({
      ...{ outcome: "whole", told: 1000 },
      ranges: ["bytes=0-", "bytes=500-"],
      conditions: [undefined, condition],
    });
  });

  it("begins anew when the server sends all of it again", async () => {
    const fetched = await fetchBy(strong, [rest(strong, { cutAt: half }), whole(strong)]);
    expect(fetched).toMatchObject({ outcome: "whole", told: 1000, ranges: ["bytes=0-", "bytes=500-"] });
  });

  it.each([
    ["no ETag and no date", {}],
    ["a weak ETag", { etag: 'W/"one"' }],
  ])("begins anew when the server has %s: it could not tell another content", async (_what, head) => {
    const fetched = await fetchBy(head, [rest(head, { cutAt: half }), rest(head)]);
    expect(fetched).toEqual({
      ...{ outcome: "whole", told: 1000 },
      ranges: ["bytes=0-", "bytes=0-"],
      conditions: [undefined, undefined],
    });
  });

  const other = Buffer.alloc(1000, 9);
  it.each<[string, Act]>([
    ["sends another content", whole({ etag: '"two"' }, other)],
    ["sends the rest of another content", rest({ etag: '"two"' }, { of: other })],
    ["sends the rest of a longer content", rest(strong, { says: "bytes 500-999/1001" })],
    ["sends a rest from elsewhere", rest(strong, { says: "bytes 400-999/1000" })],
    ["sends a rest of unknown length", rest(strong, { says: "bytes 500-999/*" })],
    ["does not say which rest it sends", rest(strong, { says: "none" })],
    ["does not say whose rest it sends", rest({})],
    ["sends more than there is", (_from, response) => void whole(strong, Buffer.alloc(1001))(0, response)],
  ])("is given up when the server %s", async (_what, act) => {
    const { outcome } = await fetchBy(strong, [rest(strong, { cutAt: half }), act]);
    expect(outcome).toBe("input/changed:web");
  });
});

describe("an input of the web that an earlier run began", () => {
  it("goes on before what may not have come to the disk", async () => {
    // The last of it never came to the disk.
    const before = Buffer.concat([content.subarray(0, 550), Buffer.alloc(150)]);
    const fetched = await fetchBy(strong, [rest(strong)], before);
    expect(fetched).toEqual({ outcome: "whole", told: 1000, ranges: ["bytes=500-"], conditions: ['"one"'] });
  });

  it("begins anew when nothing tells that it is the same", async () => {
    const fetched = await fetchBy({}, [rest({})], Buffer.alloc(700, 9));
    expect(fetched).toMatchObject({ outcome: "whole", told: 1000, ranges: ["bytes=0-"] });
  });
});
