import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { Agent, request, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";
import type { CertificateAuthority } from "../certificates.ts";
import { encoded } from "../entra/tokens.ts";

/** Microsoft's emulator of blob storage, in a process of its own on loopback, with accounts that its hosts name. */
export type Azurite = {
  /** Sends a request with the authorization that it wants, and reads the whole answer. */
  readonly ask: (asked: AzuriteRequest, body?: Buffer) => Promise<AzuriteAnswer>;
  readonly port: number;
  /** What it takes from clients that ask it without anything in between. */
  readonly token: string;
  readonly close: () => Promise<void>;
};

export type AzuriteRequest = Pick<RequestOptions, "method" | "path" | "headers"> & {
  /** `ACCOUNT.blob.…`, with its port. */
  readonly host: string;
};

export type AzuriteAnswer = { readonly status: number; readonly headers: readonly string[]; readonly body: Buffer };

const program = path.join(import.meta.dirname, "../../../node_modules/azurite/dist/src/blob/main.js");

/** `folder`: for its certificate; what it keeps is in its memory. */
export async function startAzurite(
  folder: string,
  authority: CertificateAuthority,
  accounts: readonly string[],
): Promise<Azurite> {
  const { certificate, key } = authority.issue(["azurite.test", ...accounts.map((name) => `${name}.blob.lab.test`)]);
  const [cert, keyFile] = [path.join(folder, "azurite-cert.pem"), path.join(folder, "azurite-key.pem")];
  fs.writeFileSync(cert, certificate);
  fs.writeFileSync(keyFile, key);
  const flags = ["--oauth", "basic", "--cert", cert, "--key", keyFile];
  const quiet = ["--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"];
  const child = spawn(process.execPath, [program, "--blobPort", "0", ...flags, ...quiet], {
    env: { ...process.env, AZURITE_ACCOUNTS: accounts.map((name) => `${name}:${btoa("key of the lab")}`).join(";") },
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const port = await listeningPort(child);
  const agent = new Agent({ keepAlive: true, ca: authority.certificate });
  const token = tokenForAzurite();
  const authorization = `Bearer ${token}`;

  function askOnce({ host, headers, ...rest }: AzuriteRequest, body: Buffer | undefined): Promise<AzuriteAnswer> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": body.length };
      const sent = request({
        ...rest,
        agent,
        port,
        host: "127.0.0.1",
        servername: "azurite.test",
        headers: { "x-ms-version": "2021-12-02", ...length, ...headers, host, authorization },
      });
      sent.on("error", (error) => reject(Object.assign(error, { wasIdle: sent.reusedSocket })));
      sent.on("response", (answer: IncomingMessage) => {
        void bytesOf(answer).then(
          (content) => resolve({ status: answer.statusCode ?? 0, headers: answer.rawHeaders, body: content }),
          reject,
        );
      });
      sent.end(body);
    });
  }

  return {
    port,
    token,
    // It closes a connection that was idle for five seconds, whatever is on its way.
    ask: (asked, body) =>
      askOnce(asked, body).catch((error: unknown) => {
        if ((error as { wasIdle?: boolean }).wasIdle !== true) throw error;
        return askOnce(asked, body);
      }),
    async close() {
      agent.destroy();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.kill("SIGKILL")) await ended;
    },
  };
}

export async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const heard: string[] = [];
    const hear = (line: string): void => {
      heard.push(line);
      const [, port] = /successfully listens on https:\/\/[^:]+:(\d+)/.exec(line) ?? [];
      if (port !== undefined) resolve(Number(port));
    };
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface(stream).on("line", hear);
    child.once("exit", () => reject(new Error(`Azurite ended:\n${heard.join("\n")}`)));
  });
}

/** It looks at what a token says, and not at its signature. What our clients send is checked in front of it. */
function tokenForAzurite(): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: "https://storage.azure.com",
    iss: "https://sts.windows.net/lab/",
    iat: now,
    nbf: now - 60,
    exp: now + 7 * 24 * 3600,
  };
  return `${encoded({ typ: "JWT", alg: "HS256" })}.${encoded(claims)}.${encoded({})}`;
}
