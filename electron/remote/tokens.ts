import type { Result } from "../contract/problem.ts";

/** What a token is for: Azure Resource Manager, the workspace's own services, blobs. */
export type Audience = "resource-manager" | "ml" | "storage";

export type AccessToken = {
  /** Secret: it goes into the `Authorization` header of a request to the cloud's hosts, and nowhere else. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOn: number;
};

/** Gives tokens of the account that is signed in, renewed when they are about to expire. It asks nobody anything. */
export type TokenSource = {
  /**
   * `claims`: what a service demanded in the `WWW-Authenticate` header of a 401, decoded; the token is then made anew.
   * `refused`: a token that a service did not take, though it has not expired by this computer's clock; another one is given.
   * Problems: azure/sign-in-needed (the user has to sign in, or again), azure/sign-in-failed, azure/unreachable,
   * azure/cancelled.
   */
  readonly token: (
    audience: Audience,
    options?: { readonly claims?: string; readonly refused?: string; readonly signal?: AbortSignal },
  ) => Promise<Result<AccessToken>>;
};
