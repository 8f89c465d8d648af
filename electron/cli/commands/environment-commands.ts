import { confirmed, nameOption, yesOption } from "../terminal/common-options.ts";
import { type Command, usageProblem } from "../terminal/command.ts";
import { showDeleted, showList, showOne } from "../terminal/show.ts";
import { flag, oneOf, text } from "../terminal/usage.ts";

export const environmentCommands: readonly Command[] = [
  {
    words: "environment create",
    usage: [nameOption(), oneOf([text("python", "PATH")], [flag("node")])],
    summary: "name the Python, or Node, that runs scoring scripts",
    details: [
      "--python PATH  the interpreter, such as that of a virtual environment; a bare command is looked up on the PATH now",
      "--node         Node, which is Batchdeck's own",
      "Nothing is installed: a script finds the packages that the interpreter has.",
    ],
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
    usage: [],
    summary: "list environments",
    async run(context) {
      return showList(
        context,
        context.workspace.environments.list(),
        ["name", "kind", "version", "interpreter"],
        "There are no environments yet. Make one: batchdeck environment create -n NAME --python PATH",
      );
    },
  },
  {
    words: "environment show",
    usage: [nameOption()],
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
