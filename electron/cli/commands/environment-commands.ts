import { type Result, success } from "../../contract/problem.ts";
import { type CommandValues, fileEdits } from "../terminal/command-values.ts";
import {
  azurePlace,
  confirmed,
  fileOption,
  labelOption,
  maxResultsOption,
  nameOption,
  nameOverFile,
  noWaitOption,
  registryOption,
  setInFileOption,
  versionOption,
  yesOption,
} from "../terminal/common-options.ts";
import { type CommandContext, usageProblem, type WorkspaceCommand } from "../terminal/command.ts";
import { firstOf, showDeleted, showList, showOne } from "../terminal/show.ts";
import { flag, oneOf, optional, optionals, text } from "../terminal/usage.ts";
import { listAzureAssets, showAzureAsset } from "./azure/asset-commands.ts";

const pathPython = process.platform === "win32" ? "python" : "python3";
/** What Azure makes an image of. */
const imageOptions = [
  text("image", "IMAGE", "", { alias: "i" }),
  text("conda-file", "FILE", "", { alias: "c" }),
  text("build-context", "DIR", "", { alias: "b" }),
  ...["dockerfile-path", "datastore", "description", "os-type"].map((name) => text(name, "X", "")),
  text("tags", "k=v", "", { isRepeated: true }),
  text("version", "V", "", { alias: "v" }),
  registryOption,
  noWaitOption,
];
const environmentColumns = ["name", "kind", "version", "interpreter"];

export const environmentCommands: readonly WorkspaceCommand[] = [
  {
    words: "environment create",
    usage: [
      oneOf([nameOverFile], [fileOption]),
      oneOf(
        [text("python", "PATH", "an interpreter, such as that of a virtual environment, or a command of the PATH")],
        [flag("node", "Node, which is Batchdeck's own")],
      ),
      optional(setInFileOption),
    ],
    withoutEffect: imageOptions,
    summary: "name the Python, or Node, that runs scoring scripts",
    details: [
      `Of Azure's file the name is taken. Without --python and --node it is then ${pathPython}, as found on the PATH.`,
      "Nothing is installed: a script finds the packages that the interpreter has.",
    ],
    async run(context, values) {
      const name = await nameOf(context, values, this);
      if (!name.ok) return name;
      const python = values.text("python");
      const isAzures = values.text("file") !== null || imageOptions.some((option) => values.text(option.name) !== null);
      const isNamed = python !== null || values.flag("node");
      if ((python !== null && values.flag("node")) || !(isNamed || isAzures)) {
        return usageProblem("Give either --python or --node.", this);
      }
      const made = await context.workspace.environments.create({
        name: name.value,
        python: isNamed ? python : pathPython,
      });
      if (!made.ok) return made;
      const { environment, isNew } = made.value;
      if (!isNew) {
        context.terminal.note(`The environment ${environment.name} was there already and was overwritten.`);
      }
      if (!isNamed) {
        context.terminal.note(
          `No image is used on this computer: scripts of ${environment.name} run in ${environment.interpreter}. ` +
            "Choose another with --python PATH.",
        );
      }
      return showOne(context, environment);
    },
  },
  {
    words: "environment list",
    usage: [optional(maxResultsOption), azurePlace],
    withoutEffect: [registryOption],
    summary: "list environments",
    async run(context, values) {
      const environments = firstOf(context.workspace.environments.list(), values);
      if (!environments.ok) return environments;
      const whenEmpty = "There are no environments yet. Make one: batchdeck environment create -n NAME --python PATH";
      return showList(context, environments.value, environmentColumns, whenEmpty);
    },
    onAzure: listAzureAssets("environment"),
  },
  {
    words: "environment show",
    usage: [nameOption(), ...optionals(versionOption, labelOption), azurePlace],
    withoutEffect: [registryOption],
    summary: "show an environment",
    async run(context, values) {
      const idle = ["version", "label"].filter((name) => values.text(name) !== null);
      if (idle.length > 0) context.terminal.note(`Without effect on this computer: --${idle.join(", --")}.`);
      const found = context.workspace.environments.show(values.text("name") ?? "");
      return found.ok ? showOne(context, found.value) : found;
    },
    onAzure: showAzureAsset("environment"),
  },
  {
    words: "environment delete",
    usage: [nameOption(), yesOption],
    summary: "forget an environment that no deployment uses; its interpreter stays",
    async run(context, values) {
      const name = values.text("name") ?? "";
      const { environments } = context.workspace;
      const found = environments.show(name);
      if (!found.ok) return found;
      const sure = confirmed(values, `the environment ${name}`);
      if (!sure.ok) return sure;
      const deleted = environments.delete(name);
      return deleted.ok ? showDeleted(context, { name }, `Deleted ${name}; its interpreter stays.`) : deleted;
    },
  },
];

/** That of the option, else of the file. */
async function nameOf(
  { workspace, terminal }: CommandContext,
  values: CommandValues,
  command: WorkspaceCommand,
): Promise<Result<string>> {
  const [file, name] = [values.text("file"), values.text("name")];
  if (file === null) return name === null ? usageProblem("Give --name, --file, or both.", command) : success(name);
  const edits = fileEdits(values, ["name"]);
  const read = edits.ok ? await workspace.environments.readFile(file, edits.value) : edits;
  if (!read.ok) return read;
  const { withoutEffect } = read.value;
  if (withoutEffect.length > 0) terminal.note(`Without effect on this computer: ${withoutEffect.join(", ")}.`);
  return success(read.value.name);
}
