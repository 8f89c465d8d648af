import { failure } from "../../contract/problem.ts";
import {
  createEndpoint,
  deleteEndpoint,
  endpointView,
  showEndpoint,
  updateEndpoint,
} from "../../deployments/endpoints.ts";
import type { Command } from "../terminal/command.ts";
import { fileOption, keyValues, nameOption, usageProblem } from "../terminal/command.ts";
import { showDeleted, showList, showOne } from "../terminal/show.ts";

const endpointColumns = ["name", "description", "defaults"];
const askFirst = "Repeat the command with --yes.";

export const endpointCommands: readonly Command[] = [
  {
    words: "endpoint create",
    usage: "-n NAME | -f FILE",
    summary: "make an endpoint",
    options: { ...nameOption, ...fileOption },
    required: [],
    positionals: 0,
    async run(context, values) {
      const file = values.text("file");
      const name = values.text("name");
      if ((file === null) === (name === null)) return usageProblem("Give either --name or --file.", this);
      const made = await createEndpoint(context.workspace.registry, file !== null ? { file } : { name: name ?? "" });
      if (!made.ok) return made;
      const { endpoint, isNew, notices } = made.value;
      if (!isNew) context.terminal.note(`The endpoint ${endpoint.name} was there already and was overwritten.`);
      for (const notice of notices) context.terminal.note(notice);
      return showOne(context, endpointView(endpoint));
    },
  },
  {
    words: "endpoint list",
    usage: "",
    summary: "list endpoints",
    options: {},
    required: [],
    positionals: 0,
    async run(context) {
      const views = context.workspace.endpoints.list().map(endpointView);
      return showList(
        context,
        views,
        endpointColumns,
        "There are no endpoints yet. Make one: batchdeck endpoint create -n NAME",
      );
    },
  },
  {
    words: "endpoint show",
    usage: "-n NAME",
    summary: "show an endpoint",
    options: nameOption,
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const found = showEndpoint(context.workspace.registry, values.text("name") ?? "");
      return found.ok ? showOne(context, endpointView(found.value)) : found;
    },
  },
  {
    words: "endpoint update",
    usage: "-n NAME --set defaults.deployment_name=D | description=TEXT | tags.NAME=TEXT …",
    summary: "change an endpoint",
    options: { ...nameOption, set: { type: "string", multiple: true } },
    required: ["name", "set"],
    positionals: 0,
    async run(context, values) {
      const set = keyValues("set", values.list("set"));
      if (!set.ok) return set;
      const changed = updateEndpoint(context.workspace.registry, values.text("name") ?? "", set.value);
      return changed.ok ? showOne(context, endpointView(changed.value)) : changed;
    },
  },
  {
    words: "endpoint delete",
    usage: "-n NAME --yes",
    summary: "delete an endpoint and its deployments; jobs and outputs stay",
    options: { ...nameOption, yes: { type: "boolean", short: "y" } },
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const name = values.text("name") ?? "";
      if (!values.flag("yes")) {
        return failure("usage/invalid", `This deletes the endpoint ${name} and all its deployments.`, askFirst);
      }
      const deleted = await deleteEndpoint(context.workspace.deploymentTools, name);
      if (!deleted.ok) return deleted;
      const { deployments } = deleted.value;
      const count = `${deployments} ${deployments === 1 ? "deployment" : "deployments"}`;
      return showDeleted(context, { name, deployments }, `Deleted ${name} and ${count}; its jobs and outputs stay.`);
    },
  },
];
