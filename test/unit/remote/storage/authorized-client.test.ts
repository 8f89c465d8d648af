import {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type HttpMethods,
  type PipelineRequest,
} from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { success } from "../../../../electron/contract/problem.ts";
import { authorizedClient } from "../../../../electron/remote/storage/authorized-client.ts";
import { orAsAnybody } from "../../../../electron/remote/storage/open-blobs.ts";
import type { TokenSource } from "../../../../electron/remote/tokens.ts";

/** Which token a request for blobs carries, and whether it carries any. */
const place = "https://lab.blob.core.windows.net/data/x";

type Answer = { readonly status: number; readonly headers?: Record<string, string> };

/** A service that answers by what a request is authorized with. */
function service(answerTo: (token: string | null, request: PipelineRequest) => Answer) {
  const seen: (string | null)[] = [];
  const client: HttpClient = {
    async sendRequest(request) {
      const token = request.headers.get("Authorization")?.replace("Bearer ", "") ?? null;
      seen.push(token);
      const { status, headers = {} } = answerTo(token, request);
      return { request, status, headers: createHttpHeaders(headers) };
    },
  };
  return { client, seen };
}

/** Gives another token each time that one is refused or claims are demanded. */
function account() {
  const asked: (string | null)[] = [];
  let made = 0;
  let claimed = "";
  const tokens: TokenSource = {
    async token(_audience, { claims, refused } = {}) {
      asked.push(claims ?? refused ?? null);
      await new Promise((resolve) => setImmediate(resolve));
      made += 1;
      if (claims !== undefined) claimed = claims;
      return success({ token: `${claimed}-${made}`, expiresOn: Date.now() + 3_600_000 });
    },
  };
  return { tokens, asked };
}

const request = (method: HttpMethods = "GET") => createPipelineRequest({ url: place, method });
const challenge = (claims: string) => ({
  "WWW-Authenticate": `Bearer error="insufficient_claims", claims="${btoa(claims)}"`,
});

describe("a token that a service refuses", () => {
  it("is made anew once for all requests that met the refusal", async () => {
    const { client, seen } = service((token) => ({ status: token === "-1" ? 401 : 200 }));
    const { tokens, asked } = account();
    const authorized = authorizedClient(client, tokens);
    const answers = await Promise.all([1, 2, 3].map(() => authorized.sendRequest(request())));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked).toEqual([null, "-1"]);
    expect(seen).toEqual(["-1", "-1", "-1", "-2", "-2", "-2"]);
  });

  it("is made with the claims of each request that demands some, also while another token is on its way", async () => {
    // The first one is only told that its token is not taken; the second is told what is missing.
    const demands = [{ status: 401 }, { status: 401, headers: challenge("A") }];
    const { client } = service((token) =>
      token?.startsWith("A") ? { status: 200 } : (demands.shift() ?? { status: 200 }),
    );
    const { tokens, asked } = account();
    const authorized = authorizedClient(client, tokens);
    const answers = await Promise.all([1, 2].map(() => authorized.sendRequest(request())));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(asked).toEqual([null, "-1", "A"]);
  });
});

describe("blobs that refuse the account", () => {
  const closed: Answer = { status: 401 };

  it.each([401, 403])(
    "with %i are read without a token when they are open to everybody, and then always",
    async (status) => {
      const { client, seen } = service((token) => ({ status: token === null ? 200 : status }));
      const { tokens } = account();
      const reading = orAsAnybody(authorizedClient(client, tokens), client);
      expect((await reading.sendRequest(request())).status).toBe(200);
      const before = seen.length;
      expect(seen.at(-1)).toBeNull();
      expect((await reading.sendRequest(request("HEAD"))).status).toBe(200);
      expect(seen.slice(before)).toEqual([null]);
    },
  );

  it("are told as to the account when they are closed to everybody", async () => {
    const { client } = service((token) =>
      token === null ? { status: 404 } : { ...closed, headers: { said: "to you" } },
    );
    const reading = orAsAnybody(authorizedClient(client, account().tokens), client);
    const answer = await reading.sendRequest(request());
    expect([answer.status, answer.headers.get("said")]).toEqual([401, "to you"]);
  });

  it("are found missing where anybody may know that", async () => {
    const missing = { status: 404, headers: { "x-ms-error-code": "BlobNotFound" } };
    const { client } = service((token) => (token === null ? missing : closed));
    const reading = orAsAnybody(authorizedClient(client, account().tokens), client);
    expect((await reading.sendRequest(request("HEAD"))).status).toBe(404);
  });

  it("are not written without a token", async () => {
    const { client, seen } = service((token) => (token === null ? { status: 201 } : closed));
    const reading = orAsAnybody(authorizedClient(client, account().tokens), client);
    expect((await reading.sendRequest(request("PUT"))).status).toBe(401);
    expect(seen).not.toContain(null);
  });
});
