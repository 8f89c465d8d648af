import fs from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Cloud } from "../../../electron/remote/clouds.ts";
import type { BlobPlace } from "../../../electron/remote/storage/blob-store.ts";
import type { Lab } from "../lab.ts";
import { Violation } from "../server.ts";
import { type Azurite, type AzuriteAnswer, bytesOf, startAzurite } from "./azurite.ts";
import { type BlobRequest, readRequest } from "./operations.ts";

/**
 * What happens instead of, or besides, an answer: a refusal; the connection breaks before the request was read to its end, after
 * it was carried out, or in the middle of the answer; it is carried out twice, as when a network repeats it; the answer is the range of
 * bytes one before the one that was asked for.
 */
export type StorageFault =
  | { readonly status: number; readonly code: string; readonly retryAfter?: number }
  | "cut-request"
  | "cut-answer"
  | "lost-answer"
  | "other-range"
  | "twice";

/** A request as it came in, and what became of it. `status` 0: nobody was told. */
export type SeenRequest = BlobRequest & { readonly status: number; readonly isDone: boolean };

export type Storage = {
  readonly place: BlobPlace;
  /** That of the lab, with the hosts of its storage account. */
  readonly cloud: Cloud;
  /** Those that came in, in the order in which they ended. */
  readonly seen: () => readonly SeenRequest[];
  /** Decides about each request from now on; null: no fault. */
  readonly disturb: (choose: ((asked: BlobRequest, index: number) => StorageFault | null) | null) => void;
  /** Most requests, and most bytes of their bodies, that were open at once since `watch`. */
  readonly watch: () => { readonly mostRequests: () => number; readonly mostBytes: () => number };
  /** Settles when nothing is being answered. */
  readonly idle: () => Promise<void>;
  /** Requests with a body wait until `release`. */
  readonly hold: () => { readonly waiting: () => number; readonly release: () => void };
  /**
   * What an account may do. At first: everything. `nobody-but-everybody`: it is an account of another tenant's, and the container is open
   * to who does not say who they are.
   */
  readonly allow: (rights: "everything" | "reading" | "nothing" | "no-network" | "nobody-but-everybody") => void;
  /** Tokens that were taken up to now are not taken any more. */
  readonly refuseTokens: () => void;
  readonly put: (name: string, content: string | Buffer) => Promise<void>;
  /** A blob without an MD5, as blobs are that were sent in blocks. */
  readonly putInBlocks: (name: string, content: Buffer) => Promise<void>;
  /** A blob whose MD5 is that of something else. */
  readonly putDamaged: (name: string, content: Buffer) => Promise<void>;
  /** What accounts with a hierarchical namespace have for a folder. */
  readonly putFolder: (name: string) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  readonly read: (name: string) => Promise<Buffer | null>;
  /** Those that begin so; left out: all. */
  readonly names: (prefix?: string) => Promise<readonly string[]>;
  /** Throws when a request broke the contract, or sent a block again that was there. */
  readonly close: () => Promise<void>;
};

const account = "labstore";
const host = `${account}.blob.lab.test`;

/**
 * A storage account of the lab with one container: Azurite, and in front of it what checks each request strictly, counts it and
 * disturbs it. The lab's cloud file names its host, too, from then on.
 */
export async function startStorage(lab: Lab, folder: string, containerName = "azureml-data"): Promise<Storage> {
  const azurite = await startAzurite(folder, lab.authority, [account]);
  const front = await startFront(lab, azurite);
  const hostAndPort = `${host}:${front.port}`;
  const cloud: Cloud = {
    ...lab.cloud,
    hosts: [...lab.cloud.hosts, hostAndPort],
    resolve: { ...lab.cloud.resolve, [host]: "127.0.0.1" },
  };
  const file = JSON.parse(fs.readFileSync(lab.cloudFile, "utf8")) as object;
  fs.writeFileSync(lab.cloudFile, JSON.stringify({ ...file, hosts: cloud.hosts, resolve: cloud.resolve }));

  const ask = async (method: string, name: string, headers: Record<string, string> = {}, body?: Buffer, query = "") => {
    const pathOf = name.split("/").map(encodeURIComponent).join("/");
    return azurite.ask({ host: hostAndPort, method, path: `/${containerName}${pathOf}${query}`, headers }, body);
  };
  const made = await azurite.ask({ host: hostAndPort, method: "PUT", path: `/${containerName}?restype=container` });
  if (made.status !== 201) throw new Error(`No container: ${made.status} ${made.body.toString("utf8")}`);

  async function put(name: string, content: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const done = await ask("PUT", `/${name}`, { "x-ms-blob-type": "BlockBlob", ...headers }, content);
    if (done.status !== 201) throw new Error(`${name} was not put: ${done.status} ${done.body.toString("utf8")}`);
  }

  async function putInBlocks(name: string, content: Buffer, headers: Record<string, string>): Promise<void> {
    await ask("PUT", `/${name}`, { "x-ms-blob-type": "BlockBlob" }, content, "?comp=block&blockid=MDAw");
    const list = Buffer.from("<BlockList><Latest>MDAw</Latest></BlockList>");
    await ask("PUT", `/${name}`, headers, list, "?comp=blocklist");
  }

  return {
    ...front,
    cloud,
    place: { protocol: "https", accountName: account, endpoint: `lab.test:${front.port}`, containerName },
    put: (name, content) => put(name, Buffer.from(content)),
    putInBlocks: (name, content) => putInBlocks(name, content, {}),
    putDamaged: (name, content) =>
      putInBlocks(name, content, { "x-ms-blob-content-md5": Buffer.alloc(16).toString("base64") }),
    putFolder: (name) => put(name, Buffer.alloc(0), { "x-ms-meta-hdi_isfolder": "true" }),
    async remove(name) {
      await ask("DELETE", `/${name}`);
    },
    async read(name) {
      const got = await ask("GET", `/${name}`);
      return got.status === 200 ? got.body : null;
    },
    async names(prefix = "") {
      const only = prefix === "" ? "" : `&prefix=${encodeURIComponent(prefix)}`;
      const path = `/${containerName}?restype=container&comp=list&maxresults=5000${only}`;
      const listed = await azurite.ask({ host: hostAndPort, method: "GET", path });
      return [...listed.body.toString("utf8").matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name = ""]) => name);
    },
    async close() {
      await azurite.close();
      await front.close();
    },
  };
}

type Front = Pick<Storage, "seen" | "disturb" | "watch" | "idle" | "hold" | "allow" | "refuseTokens" | "close"> & {
  readonly port: number;
};

async function startFront(lab: Lab, azurite: Azurite): Promise<Front> {
  const seen: SeenRequest[] = [];
  const violations: string[] = [];
  const sockets = new Set<Socket>();
  const finishedBlocks = new Set<string>();
  const takenTokens = new Set<string>();
  const refusedTokens = new Set<string>();
  let rights: Parameters<Storage["allow"]>[0] = "everything";
  let choose: Parameters<Storage["disturb"]>[0] = null;
  let index = 0;
  let open = { requests: 0, bytes: 0, mostRequests: 0, mostBytes: 0 };
  let held: (() => void)[] | null = null;
  const onIdle: (() => void)[] = [];

  function count(asked: BlobRequest, sign: 1 | -1): void {
    open.requests += sign;
    open.bytes += sign * asked.length;
    open.mostRequests = Math.max(open.mostRequests, open.requests);
    open.mostBytes = Math.max(open.mostBytes, open.bytes);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `https://${request.headers.host ?? ""}`);
    const asked = readRequest(request.method ?? "", url, request.headers);
    count(asked, 1);
    let status = 0;
    let isDone = false;
    try {
      const refusal = refusalOf(asked, request.headers.authorization);
      if (refusal !== null) {
        status = refusal.status;
        return refuse(response, refusal);
      }
      const fault = choose?.(asked, index++) ?? null;
      if (held !== null && asked.length > 0) await new Promise<void>((resolve) => held?.push(resolve));
      if (fault === "cut-request") {
        request.destroy();
        return;
      }
      const body = await bytesOf(request);
      if (fault !== null && typeof fault === "object") {
        status = fault.status;
        return refuse(response, fault);
      }
      if (fault === "twice") await carryOut(request, body);
      if (fault === "other-range") request.headers = { ...request.headers, ...rangeBefore(request.headers) };
      const answer = await carryOut(request, body);
      isDone = answer.status < 300;
      // Whoever was not told may send it again; a program that was killed may not, since the next one can ask.
      if (isDone && fault !== "lost-answer" && fault !== "cut-answer") noteBlock(asked);
      if (fault === "lost-answer") {
        request.socket.destroy();
        return;
      }
      status = answer.status;
      await give(response, answer, fault === "cut-answer");
    } finally {
      seen.push({ ...asked, status, isDone });
      count(asked, -1);
      if (open.requests === 0) for (const tell of onIdle.splice(0)) tell();
    }
  }

  /** A block that is there may not be sent again, whoever sends it, until its blob was made. */
  function noteBlock({ id, blob, blockId }: BlobRequest): void {
    if (id === "Put Block") {
      const block = `${blob} ${blockId}`;
      if (finishedBlocks.has(block)) violations.push(`${block} was sent again`);
      finishedBlocks.add(block);
    }
    if (id === "Put Block List") {
      for (const block of finishedBlocks) if (block.startsWith(`${blob} `)) finishedBlocks.delete(block);
    }
  }

  function refusalOf(asked: BlobRequest, authorization: string | undefined): Refused | null {
    if (rights === "nobody-but-everybody" && authorization === undefined && !asked.writes) return null;
    const [, token = ""] = /^Bearer (\S+)$/.exec(authorization ?? "") ?? [];
    const claims = lab.entra.read(token, lab.cloud.storage_resource);
    if (claims === null || refusedTokens.has(token) || rights === "nobody-but-everybody") {
      const challenge = `Bearer authorization_uri=https://login.lab.test/${lab.tenant}/oauth2/authorize resource_id=https://storage.azure.com`;
      return { status: 401, code: "InvalidAuthenticationInfo", challenge };
    }
    takenTokens.add(token);
    if (rights === "no-network") return { status: 403, code: "AuthorizationFailure" };
    const mayDo = rights === "everything" || (rights === "reading" && !asked.writes);
    return mayDo ? null : { status: 403, code: "AuthorizationPermissionMismatch" };
  }

  function carryOut(request: IncomingMessage, body: Buffer): Promise<AzuriteAnswer> {
    const { method = "", url = "/", headers } = request;
    const { "transfer-encoding": _none, ...rest } = headers;
    return azurite.ask({ host: headers.host ?? "", method, path: url, headers: rest }, body);
  }

  const { certificate, key } = lab.authority.issue([host]);
  const server = createServer({ cert: certificate, key }, (request, response) => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    serve(request, response).catch((error: unknown) => {
      // A client that went away is none of its faults.
      if (request.socket.destroyed) return;
      const said = error instanceof Violation ? error.message : String((error as Error).stack);
      violations.push(`${request.method} ${request.url}: ${said}`);
      refuse(response, { status: 400, code: "SeeTheTest" });
    });
  });
  server.keepAliveTimeout = 60_000;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    seen: () => seen,
    disturb: (next) => void ([choose, index] = [next, 0]),
    allow: (next) => void (rights = next),
    refuseTokens() {
      for (const token of takenTokens) refusedTokens.add(token);
    },
    watch() {
      open = { ...open, mostRequests: 0, mostBytes: 0 };
      const watched = open;
      return { mostRequests: () => watched.mostRequests, mostBytes: () => watched.mostBytes };
    },
    idle: () =>
      new Promise((resolve) => {
        if (open.requests === 0) resolve();
        else onIdle.push(resolve);
      }),
    hold() {
      const waiting: (() => void)[] = [];
      held = waiting;
      return {
        waiting: () => waiting.length,
        release() {
          held = null;
          for (const go of waiting) go();
        },
      };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
      if (violations.length > 0) throw new Error(`Azure's contract was broken:\n${violations.join("\n")}`);
    },
  };
}

function rangeBefore({ "x-ms-range": asked, range }: IncomingMessage["headers"]): Record<string, string> {
  const [, from, to] = /^bytes=([1-9]\d*)-(\d+)$/.exec(String(range ?? asked)) ?? [];
  return from === undefined ? {} : { "x-ms-range": `bytes=${Number(from) - 1}-${Number(to) - 1}` };
}

type Refused = {
  readonly status: number;
  readonly code: string;
  readonly retryAfter?: number;
  readonly challenge?: string;
};

function refuse(response: ServerResponse, { status, code, retryAfter, challenge }: Refused): void {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>The stand-in refuses.\nRequestId:1</Message></Error>`;
  response
    .writeHead(status, {
      "content-type": "application/xml",
      "x-ms-error-code": code,
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
      ...(challenge === undefined ? {} : { "www-authenticate": challenge }),
    })
    .end(body);
}

/** `isCut`: half of the body, or of an answer without one its beginning. */
async function give(response: ServerResponse, { status, headers, body }: AzuriteAnswer, isCut: boolean): Promise<void> {
  response.writeHead(status, [...headers]);
  if (!isCut) {
    response.end(body);
    return;
  }
  await new Promise<void>((written) => response.write(body.subarray(0, Math.floor(body.length / 2)), () => written()));
  response.destroy();
}
