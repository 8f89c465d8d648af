import { success } from "../../../contract/problem.ts";
import { endpointForAzure, endpointUpdate } from "../../../workspace/azure/azure-requests.ts";
import { fileEdits, keyValues } from "../../terminal/command-values.ts";
import { type OnAzure, usageProblem } from "../../terminal/command.ts";
import { confirmed } from "../../terminal/common-options.ts";
import { showDeleted } from "../../terminal/show.ts";
import { azureColumns, showSeen } from "./show-seen.ts";
import { writeToAzure } from "./write-to-azure.ts";

/** Makes or overwrites it, by its name or from its file. */
export const createOnAzure: OnAzure = async function (context, values, resources, changes) {
  const [file, name] = [values.text("file"), values.text("name")];
  if (file === null && name === null) return usageProblem("Give --name, --file, or both.", this);
  const edits = fileEdits(values, ["name"]);
  if (!edits.ok) return edits;
  const wanted = await endpointForAzure(file, edits.value);
  if (!wanted.ok) return wanted;
  const { name: endpoint, change } = wanted.value;
  return writeToAzure(
    context,
    values,
    (waiting) => changes.createEndpoint(endpoint, change, waiting),
    async ({ isNew }) => {
      if (!isNew) context.terminal.note(`The endpoint ${endpoint} was there already and was overwritten.`);
      return showSeen(context, await resources.endpoints.show(endpoint), azureColumns.endpoint);
    },
  );
};

/** From its file, or what `--set` says. */
export const updateOnAzure: OnAzure = async function (context, values, resources, changes) {
  const [file, set] = [values.text("file"), values.list("set")];
  const name = values.text("name");
  if (file === null && name === null) return usageProblem("--name is missing.", this);
  if (file === null && set.length === 0) return usageProblem("--set is missing.", this);
  const edits = fileEdits(values, ["name"]);
  if (!edits.ok) return edits;
  const wanted =
    file === null ? success({ name: name ?? "", change: null }) : await endpointForAzure(file, edits.value);
  if (!wanted.ok) return wanted;
  const endpoint = wanted.value.name;
  const there = await resources.endpoints.show(endpoint);
  if (!there.ok) return there;
  const sets = keyValues("set", set);
  if (!sets.ok) return sets;
  const change =
    wanted.value.change === null ? endpointUpdate(there.value.view, sets.value) : success(wanted.value.change);
  if (!change.ok) return change;
  return writeToAzure(
    context,
    values,
    (waiting) => changes.updateEndpoint(endpoint, change.value, waiting),
    async () => showSeen(context, await resources.endpoints.show(endpoint), azureColumns.endpoint),
  );
};

export const deleteOnAzure: OnAzure = async (context, values, resources, changes) => {
  const name = values.text("name") ?? "";
  const found = await resources.endpoints.show(name);
  if (!found.ok) return found;
  const sure = confirmed(values, `the endpoint ${name} of the Azure workspace and all its deployments`);
  if (!sure.ok) return sure;
  return writeToAzure(
    context,
    values,
    (waiting) => changes.deleteEndpoint(name, waiting),
    () => {
      const isLeft = values.flag("no-wait");
      const sentence = isLeft ? `Azure deletes ${name} and its deployments.` : `Deleted ${name} and its deployments.`;
      return showDeleted(context, { name }, `${sentence} Its jobs and outputs stay.`);
    },
  );
};
