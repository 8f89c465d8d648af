import { createHash, randomUUID } from "node:crypto";
import { type Answer, type Asked, type AzureServer, Violation } from "../server.ts";
import { isAssertionOf } from "./assertions.ts";
import { expectOnly, expectValue, type Form, formOf, postedForm, value } from "./form.ts";
import { answerPage, codePage, page } from "./pages.ts";
import { createTokens, encoded, type TokenClaims } from "./tokens.ts";

export type EntraUser = { readonly username: string; readonly id: string };

/** An application with what it proves itself with: a secret, or a PEM certificate. */
export type EntraApplication = {
  readonly clientId: string;
  readonly secret?: string;
  readonly certificate?: string;
};

/** How Entra says no: the number of its error, and OAuth's words. */
export type Refusal = {
  readonly number: number;
  readonly error: string;
  readonly suberror?: string;
  readonly claims?: string;
};

export type Entra = {
  /** Who has the browser: who signs in next, with either flow. At first that is Eva. */
  readonly seat: (user: EntraUser) => void;
  /** The next requests for tokens are refused. */
  readonly refuse: (...refusals: readonly Refusal[]) => void;
  /** All of them are, until `accept`. */
  readonly refuseAll: (refusal: Refusal) => void;
  readonly accept: () => void;
  /** How long the tokens of now on are good for; 3,599 seconds at first. */
  readonly setLifetime: (seconds: number) => void;
  /** As when a password is changed. */
  readonly revokeAll: () => void;
  /** What a service reads in a token for it; null: it is none of ours, for another one, or it has expired. */
  readonly read: (token: string, audience: string) => TokenClaims | null;
  /** Somebody enters the code that they were shown, and signs in or declines. */
  readonly enterCode: (code: string, decision: "accept" | "decline") => void;
  /** How every token was asked for, in order. */
  readonly grants: () => readonly string[];
  /** Everything so far that nobody else may ever see: what was given out, and what programs proved themselves with. */
  readonly secrets: () => readonly string[];
};

type Options = {
  readonly server: AzureServer;
  /** Its name: `login.lab.test`. */
  readonly host: string;
  /** The only one there is, besides the word for it. */
  readonly tenant: string;
  /** The application that users sign in to. */
  readonly publicClient: string;
  readonly applications: readonly EntraApplication[];
  readonly resources: readonly string[];
};

type Grant = {
  readonly user: EntraUser;
  readonly clientId: string;
  readonly scope: string;
  readonly claims: string | null;
};
type Code = Grant & { readonly challenge: string; readonly redirectUri: string };
type DeviceCode = Grant & { readonly userCode: string; decision: "accept" | "decline" | null; polledAt: number };

/** What a sign-in of a user asks for besides a resource. */
const openIdScopes = ["openid", "profile", "offline_access"];
/** Seconds between two questions whether the code was entered. */
const interval = 1;

/**
 * Microsoft Entra as its documents describe it, as far as a client sees it: discovery, the browser flow with PKCE, device
 * codes, refresh tokens and client credentials. It is strict: what the documents do not have breaks the test.
 */
export function startEntra(options: Options): Entra {
  const { server, host, tenant, publicClient, applications, resources } = options;
  let user: EntraUser = { username: "eva@lab.test", id: randomUUID() };
  const tokens = createTokens();
  const codes = new Map<string, Code>();
  const deviceCodes = new Map<string, DeviceCode>();
  const refreshTokens = new Map<string, Grant>();
  const usedAssertions = new Set<string>();
  const refusals: Refusal[] = [];
  let refusesAll: Refusal | null = null;
  const grants: string[] = [];
  const secrets = new Set<string>(applications.flatMap(({ secret }) => secret ?? []));
  let lifetime = 3_599;
  const base = `https://${host}:${server.port}/${tenant}`;
  const tokenEndpoint = `${base}/oauth2/v2.0/token`;

  const routes: Readonly<Record<string, (asked: Asked) => Answer>> = {
    "GET /v2.0/.well-known/openid-configuration": discover,
    "GET /oauth2/v2.0/authorize": authorize,
    "POST /oauth2/v2.0/devicecode": giveDeviceCode,
    "POST /oauth2/v2.0/token": giveTokens,
  };

  function answer(asked: Asked): Answer {
    const [, named = "", ...rest] = asked.url.pathname.split("/");
    if (named === "device" && rest.length === 0) return takeCode(asked);
    if (named !== tenant && named !== "organizations") {
      return refused({ number: 90002, error: "invalid_tenant" });
    }
    const route = routes[`${asked.method} /${rest.join("/")}`];
    if (route === undefined) throw new Violation("there is no such address");
    return route(asked);
  }

  function discover(): Answer {
    return {
      status: 200,
      body: {
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: tokenEndpoint,
        device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      },
    };
  }

  /** The page that sends the browser's answer to the program. */
  function authorize({ url }: Asked): Answer {
    const form = formOf(url.searchParams);
    expectOnly(form, [
      ...["client_id", "response_type", "redirect_uri", "scope", "state", "nonce", "response_mode"],
      ...["code_challenge", "code_challenge_method", "prompt", "claims"],
    ]);
    expectValue(form, "client_id", publicClient);
    expectValue(form, "response_type", "code");
    expectValue(form, "response_mode", "form_post");
    expectValue(form, "code_challenge_method", "S256");
    expectValue(form, "prompt", "select_account");
    const challenge = value(form, "code_challenge");
    if (!/^[\w-]{43}$/.test(challenge)) throw new Violation("the code challenge is no SHA-256");
    const redirectUri = value(form, "redirect_uri");
    if (!/^http:\/\/localhost:\d+$/.test(redirectUri)) throw new Violation(`the redirect goes to ${redirectUri}`);
    if (value(form, "state").length < 16) throw new Violation("the state can be guessed");
    const code = randomUUID();
    secrets.add(code);
    codes.set(code, { ...grantOf(form), challenge, redirectUri });
    const refusal = refusals.shift();
    const said =
      refusal === undefined
        ? { code, client_info: clientInfo(user), state: value(form, "state"), session_state: randomUUID() }
        : { error: refusal.error, error_description: sentenceOf(refusal), state: value(form, "state") };
    return page(answerPage(user.username, redirectUri, said));
  }

  function giveDeviceCode(asked: Asked): Answer {
    const form = postedForm(asked);
    expectOnly(form, ["client_id", "scope", "claims"]);
    expectValue(form, "client_id", publicClient);
    const deviceCode = randomUUID();
    const userCode = randomUUID().slice(0, 8).toUpperCase();
    secrets.add(deviceCode);
    deviceCodes.set(deviceCode, { ...grantOf(form), userCode, decision: null, polledAt: 0 });
    return {
      status: 200,
      body: {
        user_code: userCode,
        device_code: deviceCode,
        verification_uri: `https://${host}:${server.port}/device`,
        expires_in: 900,
        interval,
        message: "To sign in, use a browser.",
      },
    };
  }

  /** Where a person enters the code that a program shows. */
  function takeCode(asked: Asked): Answer {
    if (asked.method === "GET") return page(codePage(user.username, "Enter the code that the program shows."));
    const form = postedForm(asked);
    const decision = value(form, "decision");
    if (decision !== "accept" && decision !== "decline") throw new Violation(`nobody can ${decision}`);
    const said = decide(value(form, "code").trim().toUpperCase(), decision)
      ? "Done. You may close this page."
      : "There is no such code.";
    return page(codePage(user.username, said));
  }

  function decide(code: string, decision: "accept" | "decline"): boolean {
    const entered = [...deviceCodes.values()].find(({ userCode }) => userCode === code);
    if (entered !== undefined) entered.decision = decision;
    return entered !== undefined;
  }

  function giveTokens(asked: Asked): Answer {
    const form = postedForm(asked);
    for (const proof of ["code_verifier", "client_assertion"]) if (form.has(proof)) secrets.add(value(form, proof));
    const kind = value(form, "grant_type");
    const byKind = {
      authorization_code: redeemCode,
      device_code: redeemDeviceCode,
      refresh_token: renew,
      client_credentials: admitApplication,
    };
    if (!Object.hasOwn(byKind, kind)) throw new Violation(`there is no grant ${kind}`);
    grants.push(kind);
    const isAsking = kind === "device_code" && deviceCodes.get(value(form, "device_code"))?.decision === null;
    const refusal = isAsking ? null : (refusesAll ?? refusals.shift() ?? null);
    if (refusal !== null) return refused(refusal);
    return byKind[kind as keyof typeof byKind](form);
  }

  function redeemCode(form: Form): Answer {
    expectOnly(form, [...["grant_type", "client_id", "scope", "code", "code_verifier", "redirect_uri", "claims"]]);
    const found = codes.get(value(form, "code"));
    codes.delete(value(form, "code"));
    if (found === undefined) throw new Violation("the code is unknown, or was used before");
    expectValue(form, "client_id", found.clientId);
    expectValue(form, "redirect_uri", found.redirectUri);
    const challenge = createHash("sha256").update(value(form, "code_verifier")).digest("base64url");
    if (challenge !== found.challenge) throw new Violation("the verifier is not that of the code");
    return userTokens({ ...grantOf(form), user: found.user });
  }

  function redeemDeviceCode(form: Form): Answer {
    expectOnly(form, ["grant_type", "client_id", "scope", "device_code", "claims"]);
    const found = deviceCodes.get(value(form, "device_code"));
    if (found === undefined) throw new Violation("the device code is unknown");
    if (Date.now() - found.polledAt < interval * 900) throw new Violation("it asks more often than it may");
    found.polledAt = Date.now();
    if (found.decision === null) return refused({ number: 70016, error: "authorization_pending" });
    deviceCodes.delete(value(form, "device_code"));
    if (found.decision === "decline") return refused({ number: 0, error: "authorization_declined" });
    return userTokens({ ...found, user });
  }

  function renew(form: Form): Answer {
    expectOnly(form, ["grant_type", "client_id", "scope", "refresh_token", "claims"]);
    expectValue(form, "client_id", publicClient);
    const known = refreshTokens.has(value(form, "refresh_token"));
    return known
      ? userTokens(grantOf(form))
      : refused({ number: 50173, error: "invalid_grant", suberror: "bad_token" });
  }

  function admitApplication(form: Form): Answer {
    expectOnly(form, [
      ...["grant_type", "client_id", "scope", "client_secret", "client_assertion", "client_assertion_type", "claims"],
    ]);
    const application = applications.find(({ clientId }) => clientId === value(form, "client_id"));
    if (application === undefined) return refused({ number: 700016, error: "unauthorized_client" });
    const scopes = value(form, "scope").split(" ");
    if (scopes.length !== 1) throw new Violation(`an application asks for ${scopes.join(" ")}`);
    const resource = resourceOf(scopes);
    if (form.has("client_assertion")) {
      expectValue(form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      const { clientId, certificate = "" } = application;
      const facts = { clientId, certificate, audience: tokenEndpoint, used: usedAssertions };
      if (certificate === "" || !isAssertionOf(value(form, "client_assertion"), facts)) {
        return refused({ number: 700027, error: "invalid_client" });
      }
    } else if (value(form, "client_secret") !== application.secret) {
      return refused({ number: 7000215, error: "invalid_client" });
    }
    const who = { oid: application.clientId, appid: application.clientId, upn: null };
    return {
      status: 200,
      body: { token_type: "Bearer", expires_in: lifetime, access_token: accessToken(resource, who, claimsOf(form)) },
    };
  }

  function grantOf(form: Form): Grant {
    const scope = value(form, "scope");
    const scopes = scope.split(" ");
    const missing = openIdScopes.filter((wanted) => !scopes.includes(wanted));
    if (missing.length > 0 || scopes.length !== openIdScopes.length + 1)
      throw new Violation(`a user asks for ${scope}`);
    resourceOf(scopes.filter((one) => !openIdScopes.includes(one)));
    return { user, clientId: value(form, "client_id"), scope, claims: claimsOf(form) };
  }

  /** The one resource that is asked for whole. */
  function resourceOf([scope = ""]: readonly string[]): string {
    const resource = resources.find((one) => scope === `${one}/.default`);
    if (resource === undefined) throw new Violation(`there is no resource for ${scope}`);
    return resource;
  }

  function claimsOf(form: Form): string | null {
    const text = form.get("claims");
    if (text === undefined) return null;
    const claims = JSON.parse(text) as { readonly access_token?: { readonly xms_cc?: { readonly values: string[] } } };
    if (claims.access_token?.xms_cc?.values.join() !== "CP1") throw new Violation(`it can do ${text}`);
    return text;
  }

  function userTokens({ user, clientId, scope, claims }: Grant): Answer {
    const resource = resourceOf(scope.split(" ").filter((one) => !openIdScopes.includes(one)));
    const refreshToken = randomUUID();
    secrets.add(refreshToken);
    refreshTokens.set(refreshToken, { user, clientId, scope, claims });
    const idToken = { oid: user.id, tid: tenant, sub: user.id, preferred_username: user.username, name: "Eva" };
    return {
      status: 200,
      body: {
        token_type: "Bearer",
        scope,
        expires_in: lifetime,
        access_token: accessToken(resource, { oid: user.id, appid: clientId, upn: user.username }, claims),
        refresh_token: refreshToken,
        id_token: signed(idToken),
        client_info: clientInfo(user),
      },
    };
  }

  function accessToken(aud: string, who: Pick<TokenClaims, "oid" | "appid" | "upn">, claims: string | null): string {
    const exp = Math.floor(Date.now() / 1000) + lifetime;
    return signed({ ...who, aud, tid: tenant, exp, claims, jti: randomUUID() });
  }

  function signed(claims: object): string {
    const token = tokens.sign(claims);
    secrets.add(token);
    return token;
  }

  function clientInfo({ id }: EntraUser): string {
    return encoded({ uid: id, utid: tenant });
  }

  server.host(host, answer);
  return {
    seat: (next) => void (user = next),
    refuse: (...more) => void refusals.push(...more),
    refuseAll: (refusal) => void (refusesAll = refusal),
    accept: () => void (refusesAll = null),
    setLifetime: (seconds) => void (lifetime = seconds),
    revokeAll: () => refreshTokens.clear(),
    read(token, audience) {
      const claims = tokens.read(token);
      return claims?.aud === audience ? claims : null;
    },
    enterCode(code, decision) {
      if (!decide(code, decision)) throw new Error(`There is no code ${code}.`);
    },
    grants: () => grants,
    secrets: () => [...secrets],
  };
}

function refused({ number, error, suberror, claims }: Refusal): Answer {
  return {
    status: error === "invalid_client" ? 401 : 400,
    body: {
      error,
      error_description: sentenceOf({ number, error }),
      ...(number === 0 ? {} : { error_codes: [number] }),
      ...(suberror === undefined ? {} : { suberror }),
      ...(claims === undefined ? {} : { claims }),
      trace_id: randomUUID(),
      correlation_id: randomUUID(),
    },
  };
}

/** As Entra writes them: with what only its makers need. */
function sentenceOf({ number, error }: Refusal): string {
  const ids = `Trace ID: ${randomUUID()} Correlation ID: ${randomUUID()} Timestamp: 2026-11-30 12:00:00Z`;
  return number === 0 ? `The user said ${error}. ${ids}` : `AADSTS${number}: Entra's sentence for ${error}. ${ids}`;
}
