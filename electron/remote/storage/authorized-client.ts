import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { AccessToken, Audience, TokenSource } from "../tokens.ts";
import { Refusal } from "./refusal.ts";

/** A token that ends sooner is not sent with a request that may wait for its turn. Milliseconds. */
const marginMs = 2 * 60_000;

/**
 * Adds the account's token for a service. One that a service refuses is made anew, with what the service demands if it says so, and
 * the request is sent once more; others that meet the same refusal wait for the same new token. Throws `Refusal` when the
 * account gives none.
 */
export function authorizedClient(client: HttpClient, tokens: TokenSource, audience: Audience = "storage"): HttpClient {
  let current: AccessToken | null = null;
  const asking = new Map<string, Promise<AccessToken>>();

  async function ask(options: { readonly refused?: string; readonly claims?: string }): Promise<AccessToken> {
    const given = await tokens.token(audience, options);
    if (!given.ok) throw new Refusal(given.problem);
    current = given.value;
    return given.value;
  }

  /** Whoever asks for the same meanwhile gets the same; what a service demands is asked for besides what is on its way. */
  function askOnce(options: { readonly refused?: string; readonly claims?: string }): Promise<AccessToken> {
    const question = JSON.stringify([options.claims ?? null, options.claims === undefined ? options.refused : null]);
    const asked = asking.get(question) ?? ask(options).finally(() => asking.delete(question));
    asking.set(question, asked);
    return asked;
  }

  function usable(): AccessToken | Promise<AccessToken> {
    return current !== null && current.expiresOn - Date.now() > marginMs ? current : askOnce({});
  }

  async function send(request: PipelineRequest, { token }: AccessToken): Promise<PipelineResponse> {
    request.headers.set("Authorization", `Bearer ${token}`);
    return client.sendRequest(request);
  }

  return {
    async sendRequest(request) {
      const token = await usable();
      const response = await send(request, token);
      if (response.status !== 401) return response;
      const claims = demandedClaims(response.headers.get("WWW-Authenticate") ?? "");
      const isReplaced = claims === null && current !== null && current.token !== token.token;
      const next = isReplaced
        ? await usable()
        : await askOnce({ refused: token.token, ...(claims === null ? {} : { claims }) });
      return next.token === token.token ? response : send(request, next);
    },
  };
}

/** What a service that knows Continuous Access Evaluation wants a token to be made with; null: nothing that makes sense. */
function demandedClaims(challenge: string): string | null {
  const [, encoded] = /\bBearer\b.*\bclaims="([A-Za-z0-9+/=_-]+)"/.exec(challenge) ?? [];
  if (encoded === undefined || !/error="insufficient_claims"/.test(challenge)) return null;
  return Buffer.from(encoded, "base64").toString("utf8");
}
