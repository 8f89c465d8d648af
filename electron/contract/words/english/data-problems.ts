import { someNames } from "../name-list.ts";
import { assetNameRule } from "../../names.ts";
import type { WordTable } from "../speaker.ts";

/** Data assets and datastores. */
export const dataProblems = {
  "data/invalid:name": ({ name }: { name: string }) => [
    `"${name}" cannot be the name or version of a data asset.`,
    assetNameRule,
  ],
  "data/invalid:version-exists": ({ name, version }: { name: string; version: string }) => [
    `The data asset "${name}" has a version ${version} already.`,
    "Give another version, or none.",
  ],
  "data/invalid:is-asset": ({ path }: { path: string }) => [
    `"${path}" is a data asset itself.`,
    "Give the place that it stands for.",
  ],
  "data/invalid:secret": () => [
    "The address holds a key or a user's name, which would be kept readable in the workspace.",
    "Leave out what follows the ?, and the part before the @.",
  ],
  "data/invalid:mltable": () => [
    "Batch endpoints do not take MLTable, here as in Azure ML.",
    "Name the folder or file that holds the data, as uri_folder or uri_file.",
  ],
  "data/invalid:type": ({ type }: { type: string }) => [
    `There is no type of data "${type}".`,
    "Use uri_folder or uri_file.",
  ],
  "data/not-found": ({ name }: { name: string }) => [
    `There is no data asset "${name}" in this workspace.`,
    `Make it: batchdeck data create -n ${name} --path PATH`,
  ],
  "data/not-found:version": ({ name, version, known }: { name: string; version: string; known: readonly string[] }) => [
    `The data asset "${name}" has no version ${version}.`,
    `Its versions: ${someNames(known)}.`,
  ],
  "datastore/invalid:name": ({ name }: { name: string }) => [
    `"${name}" cannot be the name of a datastore.`,
    assetNameRule,
  ],
  "datastore/invalid:no-folder": ({ path }: { path: string }) => [
    `There is no folder on target path: ${path}.`,
    "A datastore stands for a folder of this computer or network: make it, or connect the share.",
  ],
  "datastore/not-found": ({ name }: { name: string }) => [
    `There is no datastore "${name}" in this workspace.`,
    `Name the folder that holds its files here: batchdeck datastore create -n ${name} --path DIR`,
  ],
} satisfies Partial<WordTable>;
