import { factWords, type Speaker, type WordTable, type WrittenWords } from "../speaker.ts";
import { someNames } from "../name-list.ts";
import { type SignInRefusal, signInRefusals } from "./parts/sign-in-words.ts";

/** Where a request went: its host, and the proxy that it went through; null: none. */
export type Way = { readonly host: string; readonly proxy: string | null };

function refusalWords(refusal: SignInRefusal, speaker: Speaker): WrittenWords {
  return factWords<WrittenWords>(signInRefusals, refusal, speaker);
}

function through(proxy: string | null): string {
  return proxy === null ? "" : ` through the proxy ${proxy}`;
}

const checkConnection = "Check the connection, and HTTPS_PROXY and NO_PROXY if there is a proxy.";

/** Signing in to Azure, and the way there. */
export const azureProblems = {
  "azure/invalid-cloud:file": ({ file, errno, names }: { file: string; errno: string; names: readonly string[] }) => [
    `The cloud file "${file}" cannot be read (${errno}).`,
    `Name a JSON file, or one of ${names.join(", ")}.`,
  ],
  "azure/invalid-cloud:not-json": ({ file }: { file: string }) => [
    `"${file}" is not a JSON file of a cloud.`,
    "See docs/azure.md for its keys.",
  ],
  "azure/invalid-cloud:key": ({ file, key, fault }: { file: string; key: string; fault: string }) => [
    `"${key}" of the cloud file "${file}" cannot be used: ${fault}.`,
    "See docs/azure.md for its keys.",
  ],
  "azure/invalid-cloud:certificates": ({ file }: { file: string }) => [
    `The file "${file}" that the cloud names as ca_file has no certificate that can be read.`,
    "Name a PEM file of certificate authorities.",
  ],

  "azure/sign-in-needed": () => ["Nobody is signed in to Azure.", "Run: batchdeck login"],
  "azure/sign-in-needed:choose": ({ usernames }: { usernames: readonly string[] }) => [
    `None of the accounts is chosen: ${someNames(usernames)}.`,
    "Run: batchdeck account set --username U",
  ],
  "azure/sign-in-needed:again": (
    { username, command, refusal }: { username: string; command: string; refusal: SignInRefusal },
    speaker: Speaker,
  ) => {
    const [message, remedy = ""] = refusalWords(refusal, speaker);
    return [`${username} has to sign in again. ${message}`, `Run: ${command}${remedy === "" ? "" : `. ${remedy}`}`];
  },
  "azure/sign-in-failed": ({ refusal }: { refusal: SignInRefusal }, speaker: Speaker) => {
    const [message, remedy = ""] = refusalWords(refusal, speaker);
    return [`Signing in failed. ${message}`, remedy];
  },
  "azure/sign-in-failed:secret-missing": () => [
    "There is no secret to sign in with.",
    "Set AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH; a secret is never an argument.",
  ],
  "azure/sign-in-failed:certificate-file": ({ file, errno }: { file: string; errno: string }) => [
    `The certificate file "${file}" cannot be read (${errno}).`,
    "Check AZURE_CLIENT_CERTIFICATE_PATH.",
  ],
  "azure/sign-in-failed:certificate": ({ file }: { file: string }) => [
    `"${file}" does not hold an RSA certificate with its private key, both as PEM and without a password.`,
    "Make one such file of them, and name it with AZURE_CLIENT_CERTIFICATE_PATH.",
  ],
  "azure/sign-in-failed:tenant": ({ tenant }: { tenant: string }) => [
    `"${tenant}" cannot be a tenant.`,
    "Give its ID, or a domain name such as contoso.onmicrosoft.com.",
  ],
  "azure/account-not-found": ({ username, known }: { username: string; known: readonly string[] }) => [
    `"${username}" is not signed in.`,
    known.length === 0 ? "Nobody is. Run: batchdeck login" : `There are: ${someNames(known)}.`,
  ],
  "azure/account-not-found:several": ({ username, tenants }: { username: string; tenants: readonly string[] }) => [
    `"${username}" is signed in more than once.`,
    `Say which with --tenant: ${someNames(tenants)}.`,
  ],
  "azure/account-not-found:environment": () => [
    "The account comes from the environment (AZURE_CLIENT_ID), and goes before every other one.",
    "Unset AZURE_CLIENT_ID, or AZURE_TENANT_ID, to use another account.",
  ],
  "azure/keyring": ({ reason }: { reason: string }) => [
    `The keyring of this system cannot be used: ${reason}.`,
    "Unlock it, and try again.",
  ],
  "azure/keyring:none": () => [
    "This system has no keyring that can keep a key.",
    "Start one (GNOME Keyring, KWallet or KeePassXC on Linux), and sign in again.",
  ],
  "azure/cancelled": () => ["The request to Azure was cancelled."],

  "azure/unreachable:dns": ({ host, proxy }: Way) => [
    `The name ${proxy ?? host} is not known to this network${proxy === null ? "" : ` (the proxy for ${host})`}.`,
    checkConnection,
  ],
  "azure/unreachable:refused": ({ host, proxy }: Way) => [
    proxy === null ? `${host} refuses the connection.` : `The proxy ${proxy} refuses the connection to ${host}.`,
    checkConnection,
  ],
  "azure/unreachable:no-route": ({ host, proxy }: Way) => [
    `This computer's network has no route to ${proxy ?? host}${proxy === null ? "" : ` (the proxy for ${host})`}.`,
    checkConnection,
  ],
  "azure/unreachable:time": ({ host, proxy }: Way) => [
    `${host} did not answer in time${through(proxy)}.`,
    checkConnection,
  ],
  "azure/unreachable:closed": ({ host, proxy }: Way) => [
    `The connection to ${host}${through(proxy)} was closed before the answer.`,
    checkConnection,
  ],
  "azure/unreachable:certificate": ({ host, proxy, fault }: Way & { fault: string }) => [
    `The certificate that answers for ${host}${through(proxy)} is not trusted (${fault}).`,
    "If a proxy of your organization inspects traffic, name its certificate authority with NODE_EXTRA_CA_CERTS.",
  ],
  "azure/unreachable:certificate-name": ({ host, proxy }: Way) => [
    `The certificate that answers for ${host}${through(proxy)} belongs to another host.`,
    "Check the network, the proxy and, of a cloud file, its addresses.",
  ],
  "azure/unreachable:certificate-expired": ({ host, proxy }: Way) => [
    `The certificate that answers for ${host}${through(proxy)} is out of date.`,
    "Check the date of this computer, and ask who runs the host or the proxy.",
  ],
  "azure/unreachable:proxy-login": ({ host, proxy }: Way) => [
    `The proxy ${proxy ?? ""} asks for a user and a password on the way to ${host}.`,
    "Write them into HTTPS_PROXY as http://USER:PASSWORD@HOST:PORT.",
  ],
  "azure/unreachable:proxy-status": ({ host, proxy, status }: Way & { status: number }) => [
    `The proxy ${proxy ?? ""} does not connect to ${host} (status ${status}).`,
    `Ask who runs the proxy to allow ${host}, or name the host in NO_PROXY.`,
  ],
  "azure/unreachable:proxy-kind": ({ proxy }: { proxy: string }) => [
    `"${proxy}" is no proxy that can be used.`,
    "Name one in HTTPS_PROXY as http://HOST:PORT.",
  ],
  "azure/unreachable:busy": ({ host, status, seconds }: { host: string; status: number; seconds: number | null }) => [
    `${host} is busy or out of order (status ${status}).`,
    `Try again in ${seconds === null ? "a few minutes" : `${seconds} seconds`}.`,
  ],
  "azure/unreachable:answer": ({ host, proxy }: Way) => [
    `What answers for ${host}${through(proxy)} does not speak as Azure does.`,
    "Check the network: some ask to be signed in to first.",
  ],
  "azure/unreachable:other": ({ host, proxy, fault }: Way & { fault: string }) => [
    `The request to ${host}${through(proxy)} failed: ${fault}.`,
    checkConnection,
  ],
  "azure/host-refused": ({ host }: { host: string }) => [
    `Nothing is sent to ${host}: it is not one of the cloud's hosts, by https.`,
    "A private cloud names its hosts in its cloud file.",
  ],
  "azure/host-refused:redirect": ({ host, to }: { host: string; to: string }) => [
    `${host} sends the request on to ${to}, and nothing signed in is sent on.`,
    "Check the network and the proxy.",
  ],
} satisfies Partial<WordTable>;
