import { failure, type Result, success } from "../contract/problem.ts";
import {
  createDeployment,
  deleteDeployment,
  deploymentView,
  describeDeployment,
  exportDeployment,
  listDeployments,
  type SavedDeployment,
  showDeployment,
  updateDeployment,
} from "../deployments/deployments.ts";
import {
  createEndpoint,
  deleteEndpoint,
  endpointView,
  showEndpoint,
  updateEndpoint,
} from "../deployments/endpoints.ts";
import type { Command, CommandContext } from "./command.ts";
import { endpointOption, fileOption, keyValues, nameOption, usageProblem } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import { showDeleted, showList, showOne } from "./show.ts";

const endpointColumns = ["name", "description", "defaults"];
const deploymentColumns = ["name", "endpoint_name", "model", "compute"];
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
      const deleted = deleteEndpoint(context.workspace.registry, name);
      if (!deleted.ok) return deleted;
      const { deployments } = deleted.value;
      const count = `${deployments} ${deployments === 1 ? "deployment" : "deployments"}`;
      return showDeleted(context, { name, deployments }, `Deleted ${name} and ${count}; its jobs and outputs stay.`);
    },
  },
];

export const deploymentCommands: readonly Command[] = [
  {
    words: "deployment create",
    usage: "-f FILE [-e ENDPOINT] [--set-default]",
    summary: "make (or overwrite) a deployment from its YAML",
    options: { ...fileOption, ...endpointOption, "set-default": { type: "boolean" } },
    required: ["file"],
    positionals: 0,
    async run(context, values) {
      const saved = await createDeployment(context.workspace.deploymentTools, {
        file: values.text("file") ?? "",
        endpointName: values.text("endpoint-name"),
        setDefault: values.flag("set-default"),
      });
      if (saved.ok && !saved.value.isNew) {
        context.terminal.note(`The deployment ${saved.value.deployment.name} was there already and was overwritten.`);
      }
      return shownWithNotices(context, saved);
    },
  },
  {
    words: "deployment list",
    usage: "-e ENDPOINT",
    summary: "list the deployments of an endpoint",
    options: endpointOption,
    required: ["endpoint-name"],
    positionals: 0,
    async run(context, values) {
      const endpoint = values.text("endpoint-name") ?? "";
      const found = listDeployments(context.workspace.registry, endpoint);
      if (!found.ok) return found;
      return showList(
        context,
        found.value.map(deploymentView),
        deploymentColumns,
        `The endpoint ${endpoint} has no deployments yet.`,
      );
    },
  },
  {
    words: "deployment show",
    usage: "-n NAME -e ENDPOINT",
    summary: "show a deployment",
    options: { ...nameOption, ...endpointOption },
    required: ["name", "endpoint-name"],
    positionals: 0,
    async run(context, values) {
      const found = showDeployment(
        context.workspace.registry,
        values.text("endpoint-name") ?? "",
        values.text("name") ?? "",
      );
      return found.ok ? showOne(context, deploymentView(found.value)) : found;
    },
  },
  {
    words: "deployment update",
    usage: "-f FILE [-e ENDPOINT] | -n NAME -e ENDPOINT --set description=TEXT | tags.NAME=TEXT …",
    summary: "change a deployment to what its YAML says now, or its description and tags",
    options: { ...fileOption, ...nameOption, ...endpointOption, set: { type: "string", multiple: true } },
    required: [],
    positionals: 0,
    async run(context, values) {
      const [file, name, endpoint] = [values.text("file"), values.text("name"), values.text("endpoint-name")];
      const isSet = values.list("set").length > 0;
      if (file !== null) {
        if (name !== null || isSet) return usageProblem("Give either --file, or --name and --set.", this);
        const request = { file, endpointName: endpoint, setDefault: false };
        return shownWithNotices(context, await updateDeployment(context.workspace.deploymentTools, request));
      }
      if (name === null || endpoint === null || !isSet) {
        return usageProblem("Give --file, or --name, --endpoint-name and --set.", this);
      }
      const set = keyValues("set", values.list("set"));
      if (!set.ok) return set;
      const changed = describeDeployment(context.workspace.registry, endpoint, name, set.value);
      return changed.ok ? showOne(context, deploymentView(changed.value)) : changed;
    },
  },
  {
    words: "deployment delete",
    usage: "-n NAME -e ENDPOINT --yes",
    summary: "delete a deployment; its jobs and outputs stay",
    options: { ...nameOption, ...endpointOption, yes: { type: "boolean", short: "y" } },
    required: ["name", "endpoint-name"],
    positionals: 0,
    async run(context, values) {
      const name = values.text("name") ?? "";
      if (!values.flag("yes")) return failure("usage/invalid", `This deletes the deployment ${name}.`, askFirst);
      const endpoint = values.text("endpoint-name") ?? "";
      const deleted = deleteDeployment(context.workspace.registry, endpoint, name);
      if (!deleted.ok) return deleted;
      const { wasDefault } = deleted.value;
      const noDefault = `${name} was the default of ${endpoint}, which has none now: invocations must name a deployment.`;
      return showDeleted(
        context,
        { name, endpoint_name: endpoint, was_default: wasDefault },
        wasDefault ? `Deleted ${name}. ${noDefault}` : `Deleted ${name}.`,
      );
    },
  },
  {
    words: "deployment export",
    usage: "-n NAME -e ENDPOINT",
    summary: "print a deployment as YAML that Azure ML accepts",
    options: { ...nameOption, ...endpointOption },
    required: ["name", "endpoint-name"],
    positionals: 0,
    async run(context, values) {
      const text = exportDeployment(
        context.workspace.registry,
        values.text("endpoint-name") ?? "",
        values.text("name") ?? "",
      );
      if (!text.ok) return text;
      context.terminal.result(context.terminal.isJson ? JSON.stringify({ yaml: text.value }) : text.value.trimEnd());
      return success(exitCodes.done);
    },
  },
];

function shownWithNotices(context: CommandContext, saved: Result<SavedDeployment>): Result<number> {
  if (!saved.ok) return saved;
  for (const notice of saved.value.notices) context.terminal.note(notice);
  return showOne(context, deploymentView(saved.value.deployment));
}
