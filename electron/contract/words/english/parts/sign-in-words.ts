import type { FactOf, FactTable, WrittenWords } from "../../speaker.ts";

/**
 * Why Microsoft Entra refused to sign somebody in, or to renew a sign-in: what it is, and what helps beyond signing in again.
 * Its numbers (AADSTS…) are sorted into these by `remote/identity/aadsts.ts`.
 */
export const signInRefusals = {
  expired: () => ["The sign-in has expired."],
  unused: () => ["The sign-in was not used for too long."],
  "session-ended": () => ["The session in the browser has ended."],
  revoked: () => ["The sign-in was revoked, as happens when a password is changed."],
  "password-expired": () => ["The password has expired.", "Set a new one in the browser."],
  "second-factor": () => ["The organization asks for multifactor authentication."],
  "stronger-proof": () => ["Azure asks for a stronger proof of who signs in."],
  "conditional-access": () => [
    "A Conditional Access policy of the organization does not allow it from here.",
    "Use a computer and network that it allows, or ask an administrator.",
  ],
  device: () => [
    "The organization allows it only from a managed device.",
    "Use a managed computer, or ask an administrator.",
  ],
  consent: () => [
    "The organization has not consented to this application.",
    "Ask an administrator of the tenant for consent.",
  ],
  declined: () => ["It was declined in the browser."],
  "code-expired": () => ["The code was not entered in time."],
  abandoned: ({ minutes }: { minutes: number }) => [`Nobody finished it within ${minutes} minutes.`],
  "wrong-secret": () => [
    "The client secret is wrong.",
    "Set AZURE_CLIENT_SECRET to the secret's value, not to its ID.",
  ],
  "expired-secret": () => ["The client secret has expired.", "Make a new one in Microsoft Entra."],
  "unknown-certificate": () => [
    "The certificate is not registered for this application, or it has expired.",
    "Add it to the application in Microsoft Entra.",
  ],
  "unknown-application": () => [
    "The tenant does not know this application.",
    "Check the application ID and the tenant.",
  ],
  "unknown-tenant": () => ["There is no such tenant.", "Check the tenant and the cloud."],
  "unknown-user": () => ["The tenant does not know this user.", "Name the user's tenant."],
  "disabled-user": () => ["The account is disabled or locked.", "Ask an administrator."],
  "not-assigned": () => ["The user has no access to this application.", "Ask an administrator for access."],
  "wrong-password": () => ["The user name or the password is wrong."],
  "unknown-resource": () => [
    "The tenant does not use Azure Machine Learning, or not in this cloud.",
    "Name the tenant of the subscription.",
  ],
  "no-identity": () => [
    "This computer has no such managed identity.",
    "Use --identity on a virtual machine or service of Azure, and -u for a user-assigned identity.",
  ],
  "no-tokens": () => ["Its tokens are not kept on this computer."],
  "unreadable-tokens": () => ["Its tokens cannot be read with the key in the system's keyring."],
  /** What Entra says itself: a code, or a sentence of its own without the full stop. */
  other: ({ text }: { text: string }) => [`Microsoft Entra says: ${text}.`],
} satisfies FactTable<WrittenWords>;

export type SignInRefusal = FactOf<typeof signInRefusals>;
