import { type Result, success } from "../../contract/problem.ts";
import type { AssetRequest } from "../../workspace/data.ts";
import { fileOption, nameOption, versionOption } from "../terminal/common-options.ts";
import { type Command, type CommandContext, type CommandValues, usageProblem } from "../terminal/command.ts";
import { showList, showOne } from "../terminal/show.ts";
import { oneOf, optional, optionals, text } from "../terminal/usage.ts";

const places = [
  "A path is a folder or file of this computer or network, a file: URI, azureml://datastores/NAME/paths/PATH,",
  "azureml://jobs/JOB/outputs/score, or an address in a storage account. Nothing is copied.",
];

export const dataCommands: readonly Command[] = [
  {
    words: "data create",
    usage: [
      oneOf(
        [
          nameOption(),
          text("path", "P"),
          ...optionals(versionOption, text("type", "uri_folder|uri_file"), text("description", "TEXT")),
        ],
        [fileOption],
      ),
    ],
    summary: "give a folder or file a name and a version, to invoke endpoints with",
    details: [
      ...places,
      "--version V   1, 2, … when left out; azureml:NAME@latest is the version made last",
      "-f FILE       Azure ML's file of a data asset",
    ],
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
    usage: [],
    summary: "list data assets, newest version first",
    async run(context) {
      const views = context.workspace.assets.list();
      const whenEmpty = "There are no data assets yet. Make one: batchdeck data create -n NAME --path PATH";
      return showList(context, views, ["name", "version", "type", "path"], whenEmpty);
    },
  },
  {
    words: "data show",
    usage: [nameOption(), optional(versionOption)],
    summary: "show a data asset; the version made last when none is given",
    async run(context, values) {
      const found = context.workspace.assets.show(values.text("name") ?? "", values.text("version"));
      return found.ok ? showOne(context, found.value) : found;
    },
  },
];

export const datastoreCommands: readonly Command[] = [
  {
    words: "datastore create",
    usage: [nameOption(), text("path", "DIR")],
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
    usage: [],
    summary: "list datastores",
    async run(context) {
      const views = context.workspace.datastores.list();
      const whenEmpty = "There are no datastores yet. Make one: batchdeck datastore create -n NAME --path DIR";
      return showList(context, views, ["name", "path"], whenEmpty);
    },
  },
  {
    words: "datastore show",
    usage: [nameOption()],
    summary: "show a datastore",
    async run(context, values) {
      const found = context.workspace.datastores.show(values.text("name") ?? "");
      return found.ok ? showOne(context, found.value) : found;
    },
  },
];

type Requested = AssetRequest & { readonly hasTags: boolean };

/** The asset that the options name, or that of the file. */
async function requested(
  { workspace }: CommandContext,
  values: CommandValues,
  command: Command,
): Promise<Result<Requested>> {
  const file = values.text("file");
  const given = ["name", "path", "version", "type", "description"].filter((option) => values.text(option) !== null);
  if (file !== null) {
    return given.length === 0
      ? workspace.assets.readFile(file)
      : usageProblem("Give either --file, or the asset's options.", command);
  }
  const [name, path] = [values.text("name"), values.text("path")];
  if (name === null || path === null) return usageProblem("Give --name and --path, or --file.", command);
  const [version, type, description] = [values.text("version"), values.text("type"), values.text("description") ?? ""];
  return success({ name, path, version, type, description, hasTags: false });
}
