import { type Result, success } from "../../contract/problem.ts";
import { dataAssetView, findAsset } from "../../data/names/assets.ts";
import { createAsset } from "../../data/names/create-asset.ts";
import { createDatastore, datastoreView, showDatastore } from "../../data/names/datastores.ts";
import { type DataFile, readDataFile } from "../../data/names/data-file.ts";
import type { Command, CommandValues } from "../terminal/command.ts";
import { fileOption, nameOption, usageProblem } from "../terminal/command.ts";
import { showList, showOne } from "../terminal/show.ts";

const versionOption = { version: { type: "string", short: "v" } } as const;
const assetOptions = { type: { type: "string" }, path: { type: "string" }, description: { type: "string" } } as const;
const places = [
  "A path is a folder or file of this computer or network, a file: URI, azureml://datastores/NAME/paths/PATH,",
  "azureml://jobs/JOB/outputs/score, or an address in a storage account. Nothing is copied.",
];

export const dataCommands: readonly Command[] = [
  {
    words: "data create",
    usage: "-n NAME --path P [--version V] [--type uri_folder|uri_file] [--description TEXT] | -f FILE",
    summary: "give a folder or file a name and a version, to invoke endpoints with",
    details: [
      ...places,
      "--version V   1, 2, … when left out; azureml:NAME@latest is the version made last",
      "-f FILE       Azure ML's file of a data asset",
    ],
    options: { ...nameOption, ...versionOption, ...assetOptions, ...fileOption },
    required: [],
    positionals: 0,
    async run(context, values) {
      const request = await requested(values, this);
      if (!request.ok) return request;
      if (request.value.hasTags) context.terminal.note("The tags and properties of the file are not kept.");
      const made = await createAsset(context.workspace.registry, request.value);
      return made.ok ? showOne(context, dataAssetView(made.value)) : made;
    },
  },
  {
    words: "data list",
    usage: "",
    summary: "list data assets, newest version first",
    options: {},
    required: [],
    positionals: 0,
    async run(context) {
      const views = context.workspace.registry.dataAssets.list().map(dataAssetView);
      const whenEmpty = "There are no data assets yet. Make one: batchdeck data create -n NAME --path PATH";
      return showList(context, views, ["name", "version", "type", "path"], whenEmpty);
    },
  },
  {
    words: "data show",
    usage: "-n NAME [--version V]",
    summary: "show a data asset; the version made last when none is given",
    options: { ...nameOption, ...versionOption },
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const found = findAsset(context.workspace.registry, values.text("name") ?? "", values.text("version"));
      return found.ok ? showOne(context, dataAssetView(found.value)) : found;
    },
  },
];

export const datastoreCommands: readonly Command[] = [
  {
    words: "datastore create",
    usage: "-n NAME --path DIR",
    summary: "let a local or network folder stand for a datastore",
    details: ["azureml://datastores/NAME/paths/PATH then names what lies in it, for inputs and outputs."],
    options: { ...nameOption, path: { type: "string" } },
    required: ["name", "path"],
    positionals: 0,
    async run(context, values) {
      const made = await createDatastore(context.workspace.registry, {
        name: values.text("name") ?? "",
        path: values.text("path") ?? "",
      });
      if (!made.ok) return made;
      const { datastore, isNew } = made.value;
      if (!isNew) context.terminal.note(`The datastore ${datastore.name} was there already and has this folder now.`);
      return showOne(context, datastoreView(datastore));
    },
  },
  {
    words: "datastore list",
    usage: "",
    summary: "list datastores",
    options: {},
    required: [],
    positionals: 0,
    async run(context) {
      const views = context.workspace.registry.datastores.list().map(datastoreView);
      const whenEmpty = "There are no datastores yet. Make one: batchdeck datastore create -n NAME --path DIR";
      return showList(context, views, ["name", "path"], whenEmpty);
    },
  },
  {
    words: "datastore show",
    usage: "-n NAME",
    summary: "show a datastore",
    options: nameOption,
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const found = showDatastore(context.workspace.registry, values.text("name") ?? "");
      return found.ok ? showOne(context, datastoreView(found.value)) : found;
    },
  },
];

type Requested = Omit<DataFile, "type"> & { readonly type: string | null };

/** The asset that the options name, or that of the file. */
async function requested(values: CommandValues, command: Command): Promise<Result<Requested>> {
  const file = values.text("file");
  const given = ["name", "path", "version", "type", "description"].filter((option) => values.text(option) !== null);
  if (file !== null) {
    return given.length === 0
      ? readDataFile(file)
      : usageProblem("Give either --file, or the asset's options.", command);
  }
  const [name, path] = [values.text("name"), values.text("path")];
  if (name === null || path === null) return usageProblem("Give --name and --path, or --file.", command);
  const [version, type, description] = [values.text("version"), values.text("type"), values.text("description") ?? ""];
  return success({ name, path, version, type, description, hasTags: false });
}
