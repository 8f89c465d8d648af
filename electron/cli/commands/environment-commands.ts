import {
  confirmed,
  labelOption,
  maxResultsOption,
  nameOption,
  registryOption,
  versionOption,
  yesOption,
} from "../terminal/common-options.ts";
import { type WorkspaceCommand, usageProblem } from "../terminal/command.ts";
import { firstOf, showDeleted, showList, showOne } from "../terminal/show.ts";
import { flag, oneOf, optional, text } from "../terminal/usage.ts";

const environmentColumns = ["name", "kind", "version", "interpreter"];

export const environmentCommands: readonly WorkspaceCommand[] = [
  {
    words: "environment create",
    usage: [
      nameOption(),
      oneOf(
        [text("python", "PATH", "an interpreter, such as that of a virtual environment, or a command of the PATH")],
        [flag("node", "Node, which is Batchdeck's own")],
      ),
    ],
    summary: "name the Python, or Node, that runs scoring scripts",
    details: ["Nothing is installed: a script finds the packages that the interpreter has."],
    async run(context, values) {
      const python = values.text("python");
      if ((python !== null) === values.flag("node")) return usageProblem("Give either --python or --node.", this);
      const made = await context.workspace.environments.create({ name: values.text("name") ?? "", python });
      if (!made.ok) return made;
      const { environment, isNew } = made.value;
      if (!isNew) {
        context.terminal.note(`The environment ${environment.name} was there already and was overwritten.`);
      }
      return showOne(context, environment);
    },
  },
  {
    words: "environment list",
    usage: [optional(maxResultsOption)],
    withoutEffect: [registryOption],
    summary: "list environments",
    async run(context, values) {
      const environments = firstOf(context.workspace.environments.list(), values);
      if (!environments.ok) return environments;
      const whenEmpty = "There are no environments yet. Make one: batchdeck environment create -n NAME --python PATH";
      return showList(context, environments.value, environmentColumns, whenEmpty);
    },
  },
  {
    words: "environment show",
    usage: [nameOption()],
    withoutEffect: [registryOption, versionOption, labelOption],
    summary: "show an environment",
    async run(context, values) {
      const found = context.workspace.environments.show(values.text("name") ?? "");
      return found.ok ? showOne(context, found.value) : found;
    },
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
