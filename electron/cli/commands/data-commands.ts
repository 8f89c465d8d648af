import { type Result, success } from "../../contract/problem.ts";
import type { AssetRequest } from "../../workspace/data.ts";
import {
  azureChange,
  azurePlace,
  checkLabel,
  fileOption,
  labelOption,
  maxResultsOption,
  nameOption,
  noWaitOption,
  setInFileOption,
  newVersionOption,
  versionOption,
} from "../terminal/common-options.ts";
import { type WorkspaceCommand, type CommandContext, usageProblem } from "../terminal/command.ts";
import { type CommandValues, fileEdits, typedPath } from "../terminal/command-values.ts";
import { firstOf, showList, showOne } from "../terminal/show.ts";
import { oneOf, optional, optionals, text } from "../terminal/usage.ts";
import { registerData } from "./azure/register-asset.ts";
import { listAzureAssets, showAzureAsset } from "./azure/asset-commands.ts";
import { azureColumns, listSeen, showSeen } from "./azure/show-seen.ts";

const assetColumns = ["name", "version", "type", "path"];
const places = [
  "A path is a folder or file of this computer or network, a file: URI, azureml://datastores/NAME/paths/PATH,",
  "azureml://jobs/JOB/outputs/score, or an address in a storage account. Nothing is copied.",
];

export const dataCommands: readonly WorkspaceCommand[] = [
  {
    words: "data create",
    usage: [
      oneOf([nameOption(), text("path", "P", "a folder, a file, or an address", { alias: "p" })], [fileOption]),
      ...optionals(
        newVersionOption,
        text("type", "uri_folder|uri_file", "left out: as the path is", { alias: "t" }),
        text("description", "TEXT", "what it is"),
        setInFileOption,
      ),
      ...azureChange,
    ],
    withoutEffect: [text("datastore", "D", ""), text("tags", "k=v", "", { isRepeated: true }), noWaitOption],
    summary: "give a folder or file a name and a version, to invoke endpoints with",
    details: [...places, "azureml:NAME:VERSION names it, and azureml:NAME@latest the version made last."],
    async onAzure(context, values, resources, changes) {
      const request = await requested(context, values, this);
      return request.ok ? registerData(context, values, request.value, resources, changes) : request;
    },
    async run(context, values) {
      const request = await requested(context, values, this);
      if (!request.ok) return request;
      if (request.value.hasTags) context.terminal.note("The tags and properties of the file are not kept.");
      const made = await context.workspace.assets.create(request.value);
      return made.ok ? showOne(context, made.value) : made;
    },
  },
  {
    words: "data list",
    usage: [...optionals(nameOption("NAME", "the versions of that one"), maxResultsOption), azurePlace],
    summary: "list data assets, newest version first",
    async run(context, values) {
      const name = values.text("name")?.toLowerCase() ?? null;
      const all = context.workspace.assets.list();
      const assets = firstOf(name === null ? all : all.filter((asset) => asset.name.toLowerCase() === name), values);
      if (!assets.ok) return assets;
      const make = "batchdeck data create -n NAME --path PATH";
      const whenEmpty =
        name === null ? `There are no data assets yet. Make one: ${make}` : `There is no data asset "${name}".`;
      return showList(context, assets.value, assetColumns, whenEmpty);
    },
    onAzure: listAzureAssets("data"),
  },
  {
    words: "data show",
    usage: [nameOption(), ...optionals(versionOption, labelOption), azurePlace],
    summary: "show a data asset; the version made last when none is given",
    async run(context, values) {
      const label = checkLabel(values);
      if (!label.ok) return label;
      const found = context.workspace.assets.show(values.text("name") ?? "", values.text("version"));
      return found.ok ? showOne(context, found.value) : found;
    },
    onAzure: showAzureAsset("data"),
  },
];

export const datastoreCommands: readonly WorkspaceCommand[] = [
  {
    words: "datastore create",
    usage: [nameOption(), text("path", "DIR", "a local or network folder")],
    summary: "let a local or network folder stand for a datastore",
    details: ["azureml://datastores/NAME/paths/PATH then names what lies in it, for inputs and outputs."],
    async run(context, values) {
      const made = await context.workspace.datastores.create({
        name: values.text("name") ?? "",
        path: values.text("path") ?? "",
      });
      if (!made.ok) return made;
      const { datastore, isNew } = made.value;
      if (!isNew) context.terminal.note(`The datastore ${datastore.name} was there already and has this folder now.`);
      return showOne(context, datastore);
    },
  },
  {
    words: "datastore list",
    usage: [optional(maxResultsOption), azurePlace],
    summary: "list datastores",
    async run(context, values) {
      const stores = firstOf(context.workspace.datastores.list(), values);
      if (!stores.ok) return stores;
      const whenEmpty = "There are no datastores yet. Make one: batchdeck datastore create -n NAME --path DIR";
      return showList(context, stores.value, ["name", "path"], whenEmpty);
    },
    onAzure: (context, values, { datastores }) =>
      listSeen(context, values, datastores.list, azureColumns.datastore, "The Azure workspace has no datastores."),
  },
  {
    words: "datastore show",
    usage: [nameOption(), azurePlace],
    summary: "show a datastore",
    async run(context, values) {
      const found = context.workspace.datastores.show(values.text("name") ?? "");
      return found.ok ? showOne(context, found.value) : found;
    },
    onAzure: async (context, values, { datastores }) =>
      showSeen(context, await datastores.show(values.text("name") ?? ""), azureColumns.datastore),
  },
];

type Requested = AssetRequest & { readonly hasTags: boolean };

/** The asset that the options name, or that of the file. */
async function requested(
  { workspace }: CommandContext,
  values: CommandValues,
  command: WorkspaceCommand,
): Promise<Result<Requested>> {
  const file = values.text("file");
  if (file !== null) {
    const edits = fileEdits(values, ["name", "version", "type", "description"]);
    if (!edits.ok) return edits;
    const options = { ...edits.value.options, path: typedPath(values) };
    return workspace.assets.readFile(file, { ...edits.value, options });
  }
  const [name, path] = [values.text("name"), values.text("path")];
  if (name === null || path === null) return usageProblem("Give --name and --path, or --file.", command);
  if (values.list("set").length > 0) return usageProblem("--set changes a file, and there is none.", command);
  const [version, type, description] = [values.text("version"), values.text("type"), values.text("description") ?? ""];
  return success({ name, path, version, type, description, hasTags: false });
}
