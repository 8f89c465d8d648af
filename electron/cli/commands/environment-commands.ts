import { failure } from "../../contract/problem.ts";
import {
  createEnvironment,
  deleteEnvironment,
  environmentView,
  showEnvironment,
} from "../../deployments/scripts/environments.ts";
import type { Command } from "../terminal/command.ts";
import { nameOption, usageProblem } from "../terminal/command.ts";
import { showDeleted, showList, showOne } from "../terminal/show.ts";

export const environmentCommands: readonly Command[] = [
  {
    words: "environment create",
    usage: "-n NAME --python PATH | --node",
    summary: "name the Python, or Node, that runs scoring scripts",
    details: [
      "--python PATH  the interpreter, such as that of a virtual environment; a bare command is looked up on the PATH now",
      "--node         Node, which is Batchdeck's own",
      "Nothing is installed: a script finds the packages that the interpreter has.",
    ],
    options: { ...nameOption, python: { type: "string" }, node: { type: "boolean" } },
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const python = values.text("python");
      if ((python !== null) === values.flag("node")) return usageProblem("Give either --python or --node.", this);
      const made = await createEnvironment(context.workspace.registry, { name: values.text("name") ?? "", python });
      if (!made.ok) return made;
      const { environment, isNew } = made.value;
      if (!isNew) {
        context.terminal.note(`The environment ${environment.name} was there already and was overwritten.`);
      }
      return showOne(context, environmentView(environment));
    },
  },
  {
    words: "environment list",
    usage: "",
    summary: "list environments",
    options: {},
    required: [],
    positionals: 0,
    async run(context) {
      const views = context.workspace.registry.environments.list().map(environmentView);
      return showList(
        context,
        views,
        ["name", "kind", "version", "interpreter"],
        "There are no environments yet. Make one: batchdeck environment create -n NAME --python PATH",
      );
    },
  },
  {
    words: "environment show",
    usage: "-n NAME",
    summary: "show an environment",
    options: nameOption,
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const found = showEnvironment(context.workspace.registry, values.text("name") ?? "");
      return found.ok ? showOne(context, environmentView(found.value)) : found;
    },
  },
  {
    words: "environment delete",
    usage: "-n NAME --yes",
    summary: "forget an environment that no deployment uses; its interpreter stays",
    options: { ...nameOption, yes: { type: "boolean", short: "y" } },
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const name = values.text("name") ?? "";
      if (!values.flag("yes")) {
        return failure("usage/invalid", `This deletes the environment ${name}.`, "Repeat the command with --yes.");
      }
      const deleted = deleteEnvironment(context.workspace.registry, name);
      return deleted.ok ? showDeleted(context, { name }, `Deleted ${name}; its interpreter stays.`) : deleted;
    },
  },
];
