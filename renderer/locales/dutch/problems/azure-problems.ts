import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { azureProblems as english } from "../../../../electron/contract/words/english/azure-problems.ts";
import { someNames } from "../../../../electron/contract/words/name-list.ts";
import { factWords, type Speaker, type WrittenWords } from "../../../../electron/contract/words/speaker.ts";
import { signInRefusals } from "../parts/sign-in-words.ts";

function refusalWords(refusal: { readonly kind: string; readonly params: object }, speaker: Speaker): WrittenWords {
  return factWords<WrittenWords>(signInRefusals, refusal, speaker);
}

function through(proxy: string | null): string {
  return proxy === null ? "" : ` via de proxy ${proxy}`;
}

const checkConnection = "Controleer de verbinding, en HTTPS_PROXY en NO_PROXY als er een proxy is.";

export const azureProblems: SameKinds<typeof english> = {
  "azure/invalid-cloud:file": ({ file, errno, names }) => [
    `Het cloudbestand "${file}" kan niet worden gelezen (${errno}).`,
    `Noem een JSON-bestand, of een van ${names.join(", ")}.`,
  ],
  "azure/invalid-cloud:not-json": ({ file }) => [
    `"${file}" is geen JSON-bestand van een cloud.`,
    "De sleutels ervan staan in docs/azure.md.",
  ],
  "azure/invalid-cloud:key": ({ file, key, fault }) => [
    `"${key}" van het cloudbestand "${file}" is niet bruikbaar: ${fault}.`,
    "De sleutels ervan staan in docs/azure.md.",
  ],
  "azure/invalid-cloud:certificates": ({ file }) => [
    `Het bestand "${file}", dat de cloud als ca_file noemt, bevat geen leesbaar certificaat.`,
    "Noem een PEM-bestand met certificeringsinstanties.",
  ],

  "azure/sign-in-needed": () => ["Niemand is aangemeld bij Azure.", "Meld u aan."],
  "azure/sign-in-needed:choose": ({ usernames }) => [
    `Geen van de accounts is gekozen: ${someNames(usernames)}.`,
    "Kies een account.",
  ],
  "azure/sign-in-needed:again": ({ username, refusal }, speaker) => {
    const [message, remedy = ""] = refusalWords(refusal, speaker);
    return [`${username} moet zich opnieuw aanmelden. ${message}`, `Meld u opnieuw aan. ${remedy}`.trimEnd()];
  },
  "azure/sign-in-failed": ({ refusal }, speaker) => {
    const [message, remedy = ""] = refusalWords(refusal, speaker);
    return [`Het aanmelden is mislukt. ${message}`, remedy];
  },
  "azure/sign-in-failed:secret-missing": () => [
    "Er is geen geheim om mee aan te melden.",
    "Geef AZURE_CLIENT_SECRET of AZURE_CLIENT_CERTIFICATE_PATH een waarde; een geheim is nooit een argument.",
  ],
  "azure/sign-in-failed:certificate-file": ({ file, errno }) => [
    `Het certificaatbestand "${file}" kan niet worden gelezen (${errno}).`,
    "Controleer AZURE_CLIENT_CERTIFICATE_PATH.",
  ],
  "azure/sign-in-failed:certificate": ({ file }) => [
    `"${file}" bevat geen RSA-certificaat met de persoonlijke sleutel, beide als PEM en zonder wachtwoord.`,
    "Maak er één bestand van, en noem dat met AZURE_CLIENT_CERTIFICATE_PATH.",
  ],
  "azure/sign-in-failed:tenant": ({ tenant }) => [
    `"${tenant}" kan geen tenant zijn.`,
    "Geef de id, of een domeinnaam zoals contoso.onmicrosoft.com.",
  ],
  "azure/account-not-found": ({ username, known }) => [
    `"${username}" is niet aangemeld.`,
    known.length === 0 ? "Er is niemand aangemeld. Meld u aan." : `Er zijn: ${someNames(known)}.`,
  ],
  "azure/account-not-found:several": ({ username, tenants }) => [
    `"${username}" is meer dan één keer aangemeld.`,
    `Kies de tenant: ${someNames(tenants)}.`,
  ],
  "azure/account-not-found:environment": () => [
    "Het account komt uit de omgeving (AZURE_CLIENT_ID), en gaat voor elk ander account.",
    "Verwijder AZURE_CLIENT_ID of AZURE_TENANT_ID uit de omgeving om een ander account te gebruiken.",
  ],
  "azure/keyring": ({ reason }) => [
    `De sleutelring van dit systeem is niet bruikbaar: ${reason}.`,
    "Ontgrendel de sleutelring, en probeer het opnieuw.",
  ],
  "azure/keyring:none": () => [
    "Dit systeem heeft geen sleutelring die een sleutel kan bewaren.",
    "Start er een (GNOME Keyring, KWallet of KeePassXC op Linux), en meld u opnieuw aan.",
  ],
  "azure/cancelled": () => ["Het verzoek aan Azure is geannuleerd."],

  "azure/unreachable:dns": ({ host, proxy }) => [
    `De naam ${proxy ?? host} is in dit netwerk niet bekend${proxy === null ? "" : ` (de proxy voor ${host})`}.`,
    checkConnection,
  ],
  "azure/unreachable:refused": ({ host, proxy }) => [
    proxy === null ? `${host} weigert de verbinding.` : `De proxy ${proxy} weigert de verbinding met ${host}.`,
    checkConnection,
  ],
  "azure/unreachable:no-route": ({ host, proxy }) => [
    `Het netwerk van deze computer heeft geen route naar ${proxy ?? host}${proxy === null ? "" : ` (de proxy voor ${host})`}.`,
    checkConnection,
  ],
  "azure/unreachable:time": ({ host, proxy }) => [`${host} antwoordde niet op tijd${through(proxy)}.`, checkConnection],
  "azure/unreachable:closed": ({ host, proxy }) => [
    `De verbinding met ${host}${through(proxy)} werd voor het antwoord verbroken.`,
    checkConnection,
  ],
  "azure/unreachable:certificate": ({ host, proxy, fault }) => [
    `Het certificaat dat voor ${host}${through(proxy)} antwoordt wordt niet vertrouwd (${fault}).`,
    "Als een proxy van uw organisatie het verkeer inspecteert, noem dan de certificeringsinstantie ervan met NODE_EXTRA_CA_CERTS.",
  ],
  "azure/unreachable:certificate-name": ({ host, proxy }) => [
    `Het certificaat dat voor ${host}${through(proxy)} antwoordt hoort bij een andere host.`,
    "Controleer het netwerk, de proxy en, bij een cloudbestand, de adressen erin.",
  ],
  "azure/unreachable:certificate-expired": ({ host, proxy }) => [
    `Het certificaat dat voor ${host}${through(proxy)} antwoordt is niet geldig op deze datum.`,
    "Controleer de datum van deze computer, en vraag de beheerder van de host of de proxy.",
  ],
  "azure/unreachable:proxy-login": ({ host, proxy }) => [
    `De proxy ${proxy ?? ""} vraagt om een gebruiker en een wachtwoord op weg naar ${host}.`,
    "Schrijf ze in HTTPS_PROXY als http://GEBRUIKER:WACHTWOORD@HOST:POORT.",
  ],
  "azure/unreachable:proxy-status": ({ host, proxy, status }) => [
    `De proxy ${proxy ?? ""} verbindt niet met ${host} (status ${status}).`,
    `Vraag de beheerder van de proxy om ${host} toe te staan, of noem de host in NO_PROXY.`,
  ],
  "azure/unreachable:proxy-kind": ({ proxy }) => [
    `"${proxy}" is geen bruikbare proxy.`,
    "Noem er een in HTTPS_PROXY als http://HOST:POORT.",
  ],
  "azure/unreachable:busy": ({ host, status, seconds }) => [
    `${host} is bezet of buiten werking (status ${status}).`,
    `Probeer het over ${seconds === null ? "een paar minuten" : `${seconds} seconden`} opnieuw.`,
  ],
  "azure/unreachable:answer": ({ host, proxy }) => [
    `Wat voor ${host}${through(proxy)} antwoordt, spreekt niet zoals Azure.`,
    "Controleer het netwerk: sommige vragen eerst om een eigen aanmelding.",
  ],
  "azure/unreachable:other": ({ host, proxy, fault }) => [
    `Het verzoek aan ${host}${through(proxy)} is mislukt: ${fault}.`,
    checkConnection,
  ],
  "azure/host-refused": ({ host }) => [
    `Er wordt niets naar ${host} gestuurd: het is geen host van de cloud, via https.`,
    "Een eigen cloud noemt zijn hosts in het cloudbestand.",
  ],
  "azure/host-refused:redirect": ({ host, to }) => [
    `${host} stuurt het verzoek door naar ${to}, en wat is aangemeld wordt niet doorgestuurd.`,
    "Controleer het netwerk en de proxy.",
  ],
};
