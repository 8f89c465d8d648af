import { type Result, success } from "../../contract/problem.ts";
import {
  azureChange,
  azurePlace,
  confirmed,
  fileOption,
  forceStringOption,
  maxResultsOption,
  nameOption,
  nameOverFile,
  noWaitOption,
  setInFileOption,
  yesOption,
} from "../terminal/common-options.ts";
import { type WorkspaceCommand, type CommandContext, usageProblem } from "../terminal/command.ts";
import { type CommandValues, fileEdits, keyValues } from "../terminal/command-values.ts";
import { firstOf, showDeleted, showList, showOne } from "../terminal/show.ts";
import { oneOf, optional, text } from "../terminal/usage.ts";
import { createOnAzure, deleteOnAzure, updateOnAzure } from "./azure/change-endpoint.ts";
import { azureColumns, listSeen, showSeen } from "./azure/show-seen.ts";
import { invokeCommand } from "./job-commands.ts";
import { jobListOptions, listAzureJobs, listJobs } from "./job-list-command.ts";

const endpointColumns = ["name", "description", "defaults"];

export const endpointCommands: readonly WorkspaceCommand[] = [
  {
    words: "endpoint create",
    usage: [oneOf([nameOverFile], [fileOption]), optional(setInFileOption), ...azureChange],
    withoutEffect: [noWaitOption],
    summary: "make (or overwrite) an endpoint, by its name or from its YAML",
    onAzure: createOnAzure,
    async run(context, values) {
      const [file, name] = [values.text("file"), values.text("name")];
      if (file === null && name === null) return usageProblem("Give --name, --file, or both.", this);
      return saveEndpoint(context, values);
    },
  },
  {
    words: "endpoint list",
    usage: [optional(maxResultsOption), azurePlace],
    summary: "list endpoints",
    async run(context, values) {
      const endpoints = firstOf(context.workspace.endpoints.list(), values);
      if (!endpoints.ok) return endpoints;
      const whenEmpty = "There are no endpoints yet. Make one: batchdeck endpoint create -n NAME";
      return showList(context, endpoints.value, endpointColumns, whenEmpty);
    },
    onAzure: (context, values, { endpoints }) =>
      listSeen(context, values, endpoints.list, azureColumns.endpoint, "The Azure workspace has no batch endpoints."),
  },
  {
    words: "endpoint show",
    usage: [nameOption(), azurePlace],
    summary: "show an endpoint",
    async run(context, values) {
      const found = context.workspace.endpoints.show(values.text("name") ?? "");
      return found.ok ? showOne(context, found.value, endpointColumns) : found;
    },
    onAzure: async (context, values, { endpoints }) =>
      showSeen(context, await endpoints.show(values.text("name") ?? ""), azureColumns.endpoint),
  },
  {
    words: "endpoint update",
    usage: [
      oneOf(
        [
          nameOption(),
          text("set", "defaults.deployment_name=D | description=TEXT | tags.NAME=TEXT", "what is to change", {
            isRepeated: true,
            isCheckedByCommand: true,
          }),
        ],
        [fileOption],
      ),
      ...azureChange,
    ],
    withoutEffect: [noWaitOption, forceStringOption],
    summary: "change an endpoint",
    onAzure: updateOnAzure,
    async run(context, values) {
      const [file, name, set] = [values.text("file"), values.text("name"), values.list("set")];
      if (file !== null) {
        const found = name === null ? success(null) : context.workspace.endpoints.show(name);
        return found.ok ? saveEndpoint(context, values) : found;
      }
      if (name === null) return usageProblem("--name is missing.", this);
      if (set.length === 0) return usageProblem("--set is missing.", this);
      const changes = keyValues("set", set);
      if (!changes.ok) return changes;
      const changed = context.workspace.endpoints.update(name, changes.value);
      return changed.ok ? showOne(context, changed.value, endpointColumns) : changed;
    },
  },
  {
    words: "endpoint delete",
    usage: [nameOption(), yesOption, ...azureChange],
    withoutEffect: [noWaitOption],
    onAzure: deleteOnAzure,
    summary: "delete an endpoint and its deployments; jobs and outputs stay",
    async run(context, values) {
      const name = values.text("name") ?? "";
      const { endpoints } = context.workspace;
      const found = endpoints.show(name);
      if (!found.ok) return found;
      const sure = confirmed(values, `the endpoint ${name} and all its deployments`);
      if (!sure.ok) return sure;
      const deleted = await endpoints.delete(name);
      if (!deleted.ok) return deleted;
      const { deployments } = deleted.value;
      const count = `${deployments} ${deployments === 1 ? "deployment" : "deployments"}`;
      return showDeleted(context, { name, deployments }, `Deleted ${name} and ${count}; its jobs and outputs stay.`);
    },
  },
  { ...invokeCommand, words: "endpoint invoke" },
  {
    words: "endpoint list-jobs",
    usage: [nameOption("ENDPOINT"), ...jobListOptions, azurePlace],
    summary: "list the jobs of an endpoint, newest first",
    async run(context, values) {
      const found = context.workspace.endpoints.show(values.text("name") ?? "");
      return found.ok ? listJobs(context, values, { endpoint: found.value.name, deployment: null }) : found;
    },
    onAzure: (context, values, resources) =>
      listAzureJobs(context, values, resources, { endpoint: values.text("name"), deployment: null }),
  },
];

/** From its file, its name and what was set, the name going first. */
async function saveEndpoint(
  { workspace, terminal, ...others }: CommandContext,
  values: CommandValues,
): Promise<Result<number>> {
  const [file, name] = [values.text("file"), values.text("name")];
  const edits = fileEdits(values, ["name"]);
  if (!edits.ok) return edits;
  const isNameAlone = file === null && Object.keys(edits.value.set).length === 0;
  const made = await workspace.endpoints.create(isNameAlone ? { name: name ?? "" } : { file, edits: edits.value });
  if (!made.ok) return made;
  const { endpoint, isNew, notices } = made.value;
  if (!isNew) terminal.note(`The endpoint ${endpoint.name} was there already and was overwritten.`);
  for (const notice of notices) terminal.note(notice);
  return showOne({ workspace, terminal, ...others }, endpoint, endpointColumns);
}
