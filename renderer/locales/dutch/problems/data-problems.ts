import { someNames } from "../../../../electron/contract/words/name-list.ts";
import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { dataProblems as english } from "../../../../electron/contract/words/english/data-problems.ts";
import { assetNameRule } from "../parts/common.ts";

export const dataProblems: SameKinds<typeof english> = {
  "data/invalid:name": ({ name }) => [
    `"${name}" kan niet de naam of versie van een gegevensasset zijn.`,
    assetNameRule,
  ],
  "data/invalid:version-exists": ({ name, version }) => [
    `De gegevensasset "${name}" heeft al een versie ${version}.`,
    "Geef een andere versie op, of geen.",
  ],
  "data/invalid:is-asset": ({ path }) => [
    `"${path}" is zelf een gegevensasset.`,
    "Geef de plaats op waar die voor staat.",
  ],
  "data/invalid:secret": () => [
    "Het adres bevat een sleutel of een gebruikersnaam, die leesbaar in de werkruimte zou blijven staan.",
    "Laat weg wat na de ? staat, en het deel vóór de @.",
  ],
  "data/invalid:mltable": () => [
    "Batcheindpunten nemen geen MLTable aan, hier net zo min als in Azure ML.",
    "Noem de map of het bestand met de gegevens, als uri_folder of uri_file.",
  ],
  "data/invalid:type": ({ type }) => [
    `Er is geen soort gegevens met de naam "${type}".`,
    "Gebruik uri_folder of uri_file.",
  ],
  "data/not-found": ({ name }) => [
    `Er is geen gegevensasset "${name}" in deze werkruimte.`,
    "Geef op het scherm Gegevens een plaats deze naam.",
  ],
  "data/not-found:version": ({ name, version, known }) => [
    `De gegevensasset "${name}" heeft geen versie ${version}.`,
    `De versies zijn: ${someNames(known)}.`,
  ],
  "datastore/invalid:name": ({ name }) => [`"${name}" kan niet de naam van een gegevensarchief zijn.`, assetNameRule],
  "datastore/invalid:no-folder": ({ path }) => [
    `Er is geen map op deze plaats: ${path}.`,
    "Een gegevensarchief staat voor een map van deze computer of het netwerk: maak de map, of verbind de netwerkmap.",
  ],
  "datastore/not-found": ({ name }) => [
    `Er is geen gegevensarchief "${name}" in deze werkruimte.`,
    `Noem in een terminal de map die hier de bestanden ervan bevat: batchdeck datastore create -n ${name} --path MAP`,
  ],
};
