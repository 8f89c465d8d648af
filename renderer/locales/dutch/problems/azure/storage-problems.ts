import type { SameKinds } from "../../../../../electron/contract/words/english-problems.ts";
import {
  hostIn,
  type storageProblems as english,
} from "../../../../../electron/contract/words/english/azure/storage-problems.ts";

export const storageProblems: SameKinds<typeof english> = {
  "datastore/invalid:blobs": ({ address }) => [
    `De gegevens van het gegevensarchief noemen geen container met blobs: "${address}".`,
    "Kies een gegevensarchief met blobs, of verbeter de gegevens in Azure.",
  ],
  "datastore/not-found:container": ({ container }) => [
    `Er is geen container ${container}.`,
    "Maak de container, of verbeter de gegevens van het gegevensarchief in Azure.",
  ],
  "azure/forbidden:blobs": ({ container, role }) => [
    `Uw account mag de blobs van ${container} niet ${role === "Storage Blob Data Reader" ? "lezen" : "schrijven"}.`,
    `Vraag een eigenaar van het opslagaccount om de rol "${role}". Een nieuwe rol werkt na enkele minuten; meld u daarna opnieuw aan.`,
  ],
  "azure/forbidden:storage-network": ({ container }) => [
    `Het opslagaccount van ${container} is gesloten voor dit netwerk.`,
    `Vraag een eigenaar van het opslagaccount om dit netwerk toe te staan. Heeft het account een privé-eindpunt, vraag dan de beheerder van de DNS van dit netwerk om ${hostIn(container)} naar het privéadres ervan te laten leiden.`,
  ],
  "input/changed:blob": ({ container, name }) => [
    `De blob "${name}" in ${container} is inmiddels een andere.`,
    "Begin opnieuw om de blob op te halen zoals die nu is.",
  ],
  "input/unsupported:blob-name": ({ container, name }) => [
    `${container} bevat "${name}", en dat kan hier geen bestand zijn.`,
    "Geef de blob een andere naam. Er is niets opgehaald.",
  ],
  "input/unsupported:blob-twice": ({ container, name }) => [
    `${container} bevat "${name}" twee keer: met andere hoofdletters, of als bestand en als map.`,
    "Geef een van beide een andere naam. Er is niets opgehaald.",
  ],
  "azure/unexpected-answer:blob": ({ container, name }) => [
    `De blob "${name}" van ${container} kwam niet zoals Azure die beschrijft: de lengte of de MD5 is een andere.`,
    "Probeer het opnieuw; helpt dat niet, dan is de blob zelf beschadigd.",
  ],
  "output/unwritable:through-link": ({ folder }) => [
    `"${folder}" is een koppeling, en daardoorheen wordt niets geschreven.`,
    "Verwijder de koppeling, of kies een andere map.",
  ],
  "output/no-space:fetching": ({ folder, needed, free }) => [
    `Wat wordt opgehaald neemt ${Math.ceil(needed / 1e6)} MB in, en ${folder} heeft ${Math.floor(free / 1e6)} MB vrij.`,
    "Maak ruimte, of kies een andere map.",
  ],
  "azure/host-refused:private": ({ host }) => [
    `Van ${host} wordt niets opgehaald: invoer per adres komt via https van openbare hosts, en niet uit een eigen netwerk.`,
    "Download de bestanden en geef dan de lokale map of het lokale bestand.",
  ],
  "azure/host-refused:redirects": ({ host }) => [
    `${host} stuurt de aanvraag steeds verder door.`,
    "Controleer het adres van de invoer.",
  ],
  "input/unsupported:web-status": ({ address, status }) => [
    `"${address}" kan niet worden opgehaald (status ${status}).`,
    "Controleer het adres; wat een eigen aanmelding vraagt, moet daarmee worden gedownload.",
  ],
  "input/unsupported:web-size": ({ address, most }) => [
    `"${address}" noemt geen grootte, of is groter dan ${Math.round(most / 1e9)} GB.`,
    "Download het en geef dan het lokale bestand.",
  ],
  "input/changed:web": ({ address }) => [
    `Op "${address}" staat inmiddels een ander bestand.`,
    "Begin opnieuw om het op te halen zoals het nu is.",
  ],
  "datastore/invalid:no-blobs": ({ name, type }) => [
    `Het gegevensarchief "${name}" is van het type ${type}, en alleen blobs kunnen worden opgehaald.`,
    "Download de bestanden en geef dan de lokale map of het lokale bestand.",
  ],
  "engine/bug:content": ({ reason }) => [`Het lezen van de bestanden stopte op een eigen fout: ${reason}.`],
};
