import { AuthError } from "@azure/msal-node";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { SignInRefusal } from "../../contract/words/english/parts/sign-in-words.ts";
import { refusalOf } from "./aadsts.ts";
import type { Trouble } from "./msal-network.ts";

/** Why a token was not given: the way there, or a refusal. */
export type Outcome =
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "refused"; readonly refusal: SignInRefusal; readonly claims: string | null };

/** What MSAL says when it had nothing to send: its own store was empty, or the user was the one to end it. */
const ownWords: readonly string[] = ["no_tokens_found", "refresh_token_expired", "no_account_in_silent_request"];

/** Of an exception of MSAL. `trouble`: what the network module saw last. Whatever else is thrown is a bug. */
export function outcomeOf(error: unknown, trouble: Trouble | null): Outcome {
  if (!(error instanceof AuthError) && trouble === null) throw error;
  const { errorCode = "", errorMessage = "", subError = "" } = error instanceof AuthError ? error : {};
  if (trouble !== null && !ownWords.includes(errorCode)) {
    if (trouble.kind === "network") return { kind: "problem", problem: trouble.problem };
    return { kind: "refused", refusal: refusalOf(trouble.refusal), claims: trouble.claims };
  }
  const refusal = refusalOf({ number: null, words: [subError, errorCode], description: errorMessage });
  return { kind: "refused", refusal, claims: null };
}

export function failedSignIn(outcome: Outcome): Problem {
  return outcome.kind === "problem" ? outcome.problem : problemOf("azure/sign-in-failed", { refusal: outcome.refusal });
}
