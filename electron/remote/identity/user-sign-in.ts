import type { AuthenticationResult, DeviceCodeRequest, PublicClientApplication } from "@azure/msal-node";
import type { Clock } from "../../compute/clock.ts";
import type { SignInPrompt } from "../../contract/views/account.ts";

/** What a sign-in needs of whoever shows it. */
export type SignInHost = {
  /** Asks the system to open the address, a page of `authority`; false: there is nothing to open it with, or it is none. */
  readonly openBrowser: (address: string, authority: string) => Promise<boolean>;
  readonly tell: (prompt: SignInPrompt) => void;
  /** Ends the sign-in; left out: only the end of the program does. */
  readonly signal?: AbortSignal;
};

/** Nobody finished the sign-in in time, or somebody called it off. */
export class SignInEnded extends Error {
  readonly why: "abandoned" | "cancelled";

  constructor(why: SignInEnded["why"]) {
    super(`The sign-in was ${why}.`);
    this.why = why;
  }
}

/** Longer than anybody looks for a phone, and then the port is closed. */
export const minutesToSignIn = 10;

type UserRequest = { readonly scopes: string[]; readonly claims: string | null; readonly authority: string };

/**
 * Signs in with the system's browser, which sends its answer to a port of this computer. Throws what MSAL throws, and
 * `SignInEnded`.
 */
export async function signInWithBrowser(
  client: PublicClientApplication,
  { scopes, claims, authority }: UserRequest,
  host: SignInHost,
  clock: Clock,
): Promise<AuthenticationResult> {
  let ended: SignInEnded | null = null;
  let stopWaiting = () => {};
  const end = (why: SignInEnded["why"]) => {
    ended ??= new SignInEnded(why);
    stopWaiting();
  };
  const cancel = () => end("cancelled");
  const timer = clock.setTimeout(() => end("abandoned"), minutesToSignIn * 60_000);
  host.signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await client.acquireTokenInteractive({
      scopes,
      prompt: "select_account",
      ...(claims === null ? {} : { claims }),
      successTemplate: page("You are signed in", "Batchdeck has what it needs. You can close this window."),
      errorTemplate: page("Signing in failed", "Batchdeck says why. You can close this window."),
      async openBrowser(address) {
        stopWaiting = () => void sayCancelled(address);
        if (ended !== null) return stopWaiting();
        host.tell({ kind: "browser", address, isOpened: await host.openBrowser(address, authority) });
      },
    });
  } catch (error) {
    throw ended ?? error;
  } finally {
    timer.cancel();
    host.signal?.removeEventListener("abort", cancel);
  }
}

/** Signs in with any browser, on this computer or another one, where the user enters a code. Throws what MSAL throws, and `SignInEnded`. */
export async function signInWithCode(
  client: PublicClientApplication,
  { scopes, claims }: UserRequest,
  { tell, signal }: SignInHost,
): Promise<AuthenticationResult | null> {
  const request: DeviceCodeRequest = {
    scopes,
    ...(claims === null ? {} : { claims }),
    deviceCodeCallback({ userCode, verificationUri, expiresIn }) {
      tell({ kind: "device-code", address: verificationUri, code: userCode, expiresIn });
    },
  };
  const asked = client.acquireTokenByDeviceCode(request);
  if (signal === undefined) return asked;
  // MSAL looks at this before it asks again, seconds later, and nobody waits for that.
  const cancelled = new Promise<never>((_resolve, reject) => {
    const cancel = () => {
      request.cancel = true;
      reject(new SignInEnded("cancelled"));
    };
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
  });
  return Promise.race([asked, cancelled]);
}

/** MSAL waits for an answer on its port for ever: it is given the one of a user who says no. */
async function sayCancelled(address: string): Promise<void> {
  const { searchParams } = new URL(address);
  const { port } = new URL(searchParams.get("redirect_uri") ?? "");
  const body = new URLSearchParams({ error: "access_denied", state: searchParams.get("state") ?? "" });
  await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body }).catch(() => {
    // It was closed meanwhile.
  });
}

function page(title: string, text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body style="font:16px system-ui;margin:3em"><h1>${title}</h1><p>${text}</p></body></html>`;
}
