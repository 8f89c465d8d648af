import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Certificate } from "./certificates.ts";

/** A request as a stand-in sees it. */
export type Asked = {
  readonly method: string;
  /** Whole: its host is the one that was asked for. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** `body`: sent as JSON, a text as it is. */
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/** One host of Azure. It throws `Violation` for a request that Azure's published contract does not know. */
export type StandIn = (asked: Asked) => Answer | "cut" | Promise<Answer | "cut">;

/** A request that no client of Azure may send: it fails the test. */
export class Violation extends Error {}

/**
 * What goes wrong instead of an answer: an answer of the network's, none at all, or half of one; or the request is carried
 * out and the answer is lost, or it is carried out twice. `none`: nothing, for the requests before one that a test means.
 */
export type Fault = Answer | "silence" | "cut" | Besides;
type Besides = "lost-answer" | "twice" | "none";

/** Faults of requests that are carried out. */
const besides: readonly (Fault | undefined)[] = ["lost-answer", "twice", "none", undefined] satisfies (
  | Besides
  | undefined
)[];

export type AzureServer = {
  readonly port: number;
  /** Names a host, or a suffix as `*.suffix`, and what answers for it. */
  readonly host: (name: string, standIn: StandIn) => void;
  /** What answers first for a host that is named; null: it is not for this one. */
  readonly before: (name: string, first: (asked: Asked) => Answer | null) => void;
  /** The next requests to the host, in this order, meet these instead of an answer. */
  readonly disturb: (name: string, ...faults: readonly Fault[]) => void;
  /** Decides about each request from now on, where nothing else is meant for it; undefined: no fault. Null: nobody does. */
  readonly choose: (fault: ((asked: Asked) => Fault | undefined) | null) => void;
  /** Nothing goes wrong from now on. */
  readonly calm: () => void;
  /** Every request so far, as `POST login.lab.test/TENANT/oauth2/v2.0/token`. */
  readonly requests: () => readonly string[];
  /** Throws when a request broke the contract. */
  readonly close: () => Promise<void>;
};

/** One https listener on loopback for every host of a stand-in for Azure. */
export async function startAzureServer({ certificate, key }: Certificate): Promise<AzureServer> {
  const standIns = new Map<string, StandIn>();
  const faults = new Map<string, Fault[]>();
  const requests: string[] = [];
  let choose: ((asked: Asked) => Fault | undefined) | null = null;
  const violations: string[] = [];
  const sockets = new Set<Socket>();

  async function answer(request: IncomingMessage): Promise<Answer | "silence" | "cut"> {
    const url = new URL(request.url ?? "/", `https://${request.headers.host ?? ""}`);
    const asked = { method: request.method ?? "", url, headers: request.headers, body: await textOf(request) };
    const line = `${asked.method} ${url.hostname}${url.pathname}`;
    requests.push(line);
    const fault = faults.get(url.hostname)?.shift() ?? choose?.(asked);
    if (!isCarriedOut(fault)) return fault;
    const standIn = standIns.get(url.hostname) ?? standIns.get(`*${url.hostname.slice(url.hostname.indexOf("."))}`);
    try {
      if (standIn === undefined) throw new Violation("nothing answers for this host");
      if (fault === "twice") await standIn(asked);
      const answer = await standIn(asked);
      return fault === "lost-answer" ? "cut" : answer;
    } catch (error) {
      violations.push(`${line}: ${error instanceof Violation ? error.message : String((error as Error).stack)}`);
      return { status: 400, body: { error: "invalid_request", error_description: "See the test." } };
    }
  }

  const server = createServer({ cert: certificate, key }, (request, response) => {
    // A client that went away in the middle of its request wants no answer.
    void answer(request).then(
      (fault) => send(fault, response),
      () => response.destroy(),
    );
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    host: (name, standIn) => void standIns.set(name, standIn),
    before(name, first) {
      const standIn = standIns.get(name);
      if (standIn === undefined) throw new Error(`Nothing answers for ${name}.`);
      standIns.set(name, (asked) => first(asked) ?? standIn(asked));
    },
    disturb: (name, ...more) => void faults.set(name, [...(faults.get(name) ?? []), ...more]),
    choose: (next) => void (choose = next),
    calm() {
      faults.clear();
      choose = null;
    },
    requests: () => requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
      if (violations.length > 0) throw new Error(`Azure's contract was broken:\n${violations.join("\n")}`);
    },
  };
}

function isCarriedOut(fault: Fault | undefined): fault is Besides | undefined {
  return besides.includes(fault);
}

function send(fault: Answer | "silence" | "cut", response: ServerResponse): void {
  if (fault === "silence") return;
  if (fault === "cut") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"half":', () => response.destroy());
    return;
  }
  const { status, headers = {}, body } = fault;
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers }).end(text);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
