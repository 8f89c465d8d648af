import type { azureProblems } from "../../../electron/contract/words/english/azure-problems.ts";
import type { SignInRefusal, signInRefusals } from "../../../electron/contract/words/english/parts/sign-in-words.ts";
import type { SamplesOf } from "./samples-of.ts";

const file = "/home7/lab.json";
const host = "management.lab7";
const proxy = "proxy7:3128";
const way = { host, proxy };
const direct = { host, proxy: null };
const username = "eva7@contoso.com";

/** Every reason that Entra has for refusing, with parameters for those that have some. */
const refusals: { readonly [Kind in keyof typeof signInRefusals]: SignInRefusal } = {
  expired: { kind: "expired", params: {} },
  unused: { kind: "unused", params: {} },
  "session-ended": { kind: "session-ended", params: {} },
  revoked: { kind: "revoked", params: {} },
  "password-expired": { kind: "password-expired", params: {} },
  "second-factor": { kind: "second-factor", params: {} },
  "stronger-proof": { kind: "stronger-proof", params: {} },
  "conditional-access": { kind: "conditional-access", params: {} },
  device: { kind: "device", params: {} },
  consent: { kind: "consent", params: {} },
  declined: { kind: "declined", params: {} },
  "code-expired": { kind: "code-expired", params: {} },
  abandoned: { kind: "abandoned", params: { minutes: 17 } },
  "wrong-secret": { kind: "wrong-secret", params: {} },
  "expired-secret": { kind: "expired-secret", params: {} },
  "unknown-certificate": { kind: "unknown-certificate", params: {} },
  "unknown-application": { kind: "unknown-application", params: {} },
  "unknown-tenant": { kind: "unknown-tenant", params: {} },
  "unknown-user": { kind: "unknown-user", params: {} },
  "disabled-user": { kind: "disabled-user", params: {} },
  "not-assigned": { kind: "not-assigned", params: {} },
  "wrong-password": { kind: "wrong-password", params: {} },
  "unknown-resource": { kind: "unknown-resource", params: {} },
  "no-identity": { kind: "no-identity", params: {} },
  "no-tokens": { kind: "no-tokens", params: {} },
  "unreadable-tokens": { kind: "unreadable-tokens", params: {} },
  other: { kind: "other", params: { text: "AADSTS777: Something else" } },
};

/** Of Azure: clouds, signing in, and the way there. */
export const azureSamples: SamplesOf<typeof azureProblems> = {
  "azure/invalid-cloud:file": [{ file, errno: "ENOENT", names: ["AzureCloud", "AzureLab7"] }],
  "azure/invalid-cloud:not-json": [{ file }],
  "azure/invalid-cloud:key": [{ file, key: "hosts.7", fault: "must be HOST7" }],
  "azure/invalid-cloud:certificates": [{ file }],
  "azure/sign-in-needed": [{}],
  "azure/sign-in-needed:choose": [{ usernames: [username, "app7"] }],
  "azure/sign-in-needed:again": [
    { username, command: "batchdeck login", refusal: refusals.expired },
    { username, command: "batchdeck login", refusal: refusals.device },
  ],
  "azure/sign-in-failed": [{ refusal: refusals.other }, ...Object.values(refusals).map((refusal) => ({ refusal }))],
  "azure/sign-in-failed:secret-missing": [{}],
  "azure/sign-in-failed:certificate-file": [{ file, errno: "EACCES" }],
  "azure/sign-in-failed:certificate": [{ file }],
  "azure/sign-in-failed:tenant": [{ tenant: "a/7" }],
  "azure/account-not-found": [
    { username, known: [] },
    { username, known: ["other7"] },
  ],
  "azure/account-not-found:several": [{ username, tenants: ["tenant7", "tenant8"] }],
  "azure/account-not-found:environment": [{}],
  "azure/keyring": [{ reason: "it is locked7" }],
  "azure/keyring:none": [{}],
  "azure/cancelled": [{}],
  "azure/unreachable:dns": [way, direct],
  "azure/unreachable:refused": [way, direct],
  "azure/unreachable:no-route": [way, direct],
  "azure/unreachable:time": [way, direct],
  "azure/unreachable:closed": [way, direct],
  "azure/unreachable:certificate": [{ ...way, fault: "SELF_SIGNED_7" }],
  "azure/unreachable:certificate-name": [way],
  "azure/unreachable:certificate-expired": [direct],
  "azure/unreachable:proxy-login": [way],
  "azure/unreachable:proxy-status": [{ ...way, status: 403 }],
  "azure/unreachable:proxy-kind": [{ proxy: "socks7:" }],
  "azure/unreachable:busy": [
    { host, status: 503, seconds: null },
    { host, status: 429, seconds: 17 },
  ],
  "azure/unreachable:answer": [way],
  "azure/unreachable:other": [{ ...direct, fault: "EPROTO7" }],
  "azure/host-refused": [{ host }],
  "azure/host-refused:redirect": [{ host, to: "evil7" }],
};
