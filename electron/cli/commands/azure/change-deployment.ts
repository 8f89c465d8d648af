import { failure, type Result, success } from "../../../contract/problem.ts";
import type { AzureChanges, AzureResources, PublishSource } from "../../../workspace/azure/azure.ts";
import { deploymentUpdate } from "../../../workspace/azure/azure-requests.ts";
import { type CommandContext, type OnAzure, usageProblem, type WorkspaceCommand } from "../../terminal/command.ts";
import { type CommandValues, fileEdits, keyValues } from "../../terminal/command-values.ts";
import { confirmed } from "../../terminal/common-options.ts";
import { showDeleted, showOne } from "../../terminal/show.ts";
import { differenceText } from "../../text/azure-progress-text.ts";
import { azureColumns, showSeen } from "./show-seen.ts";
import { writeToAzure } from "./write-to-azure.ts";

/** From a file, or of the deployment of this computer that `-n` and `-e` name. */
export const createOnAzure: OnAzure = function (context, values, _resources, changes) {
  return publish(context, values, this, changes, false);
};

export const updateOnAzure: OnAzure = async function (context, values, resources, changes) {
  if (values.text("file") !== null) return publish(context, values, this, changes, true);
  const [name, endpoint] = [values.text("name"), values.text("endpoint-name")];
  if (name === null || endpoint === null || values.list("set").length === 0) {
    return usageProblem("Give --file, or --name, --endpoint-name and --set.", this);
  }
  const set = keyValues("set", values.list("set"));
  if (!set.ok) return set;
  const deployments = resources.deployments(endpoint);
  const there = await deployments.show(name);
  if (!there.ok) return there;
  const update = deploymentUpdate(there.value.view, set.value);
  if (!update.ok) return update;
  return writeToAzure(
    context,
    values,
    (waiting) =>
      update.value.kind === "words"
        ? changes.describeDeployment(endpoint, name, update.value.words, waiting)
        : changes.updateDeployment(endpoint, name, update.value.change, waiting),
    async () => showSeen(context, await deployments.show(name), azureColumns.deployment),
  );
};

export const deleteOnAzure: OnAzure = async (context, values, resources, changes) => {
  const [name, endpoint] = [values.text("name") ?? "", values.text("endpoint-name") ?? ""];
  const found = await resources.deployments(endpoint).show(name);
  if (!found.ok) return found;
  const sure = confirmed(values, `the deployment ${name} of the Azure workspace`);
  if (!sure.ok) return sure;
  const wasDefault = await isDefault(resources, endpoint, name);
  if (!wasDefault.ok) return wasDefault;
  return writeToAzure(
    context,
    values,
    (waiting) => changes.deleteDeployment(endpoint, name, waiting),
    () => {
      const sentence = values.flag("no-wait") ? `Azure deletes ${name}.` : `Deleted ${name}.`;
      const advice = `It was the default of ${endpoint}: invocations must name a deployment until another one is.`;
      const deleted = { name, endpoint_name: endpoint, was_default: wasDefault.value };
      return showDeleted(context, deleted, wasDefault.value ? `${sentence} ${advice}` : sentence);
    },
  );
};

async function isDefault({ endpoints }: AzureResources, endpoint: string, name: string): Promise<Result<boolean>> {
  const shown = await endpoints.show(endpoint);
  return shown.ok ? success(shown.value.view.defaults.deployment_name === name) : shown;
}

async function publish(
  context: CommandContext,
  values: CommandValues,
  command: WorkspaceCommand,
  { publishSource }: AzureChanges,
  mustExist: boolean,
): Promise<Result<number>> {
  const setDefault = values.flag("set-default");
  if (setDefault && values.flag("no-wait")) {
    return failure(
      "usage/invalid",
      "A deployment becomes the default when it is made.",
      "Give one of --set-default and --no-wait.",
    );
  }
  const source = sourceOf(values, command);
  if (!source.ok) return source;
  const { terminal } = context;
  const idle = ["trust", "environment"].filter((name) => values.flag(name) || values.text(name) !== null);
  if (idle.length > 0) terminal.note(`Without effect on Azure: ${idle.map((name) => `--${name}`).join(", ")}.`);
  return writeToAzure(
    context,
    values,
    (waiting) =>
      publishSource(source.value, {
        setDefault,
        mustExist,
        agree(differences) {
          for (const difference of differences) terminal.note(differenceText(difference));
          return true;
        },
        waiting,
      }),
    ({ deployment, isNew, isEndpointNew }) => {
      if (isEndpointNew) terminal.note(`Made the endpoint ${deployment.endpoint_name}.`);
      if (!isNew && !mustExist)
        terminal.note(`The deployment ${deployment.name} was there already and was overwritten.`);
      return showOne(context, deployment, azureColumns.deployment);
    },
  );
}

function sourceOf(values: CommandValues, command: WorkspaceCommand): Result<PublishSource> {
  const [file, name, endpoint] = [values.text("file"), values.text("name"), values.text("endpoint-name")];
  const edits = fileEdits(values, file === null ? [] : ["name"]);
  if (!edits.ok) return edits;
  if (file !== null) return success({ file, endpointName: endpoint, edits: edits.value });
  if (name === null || endpoint === null) {
    return usageProblem("Give --file, or --name and --endpoint-name of a deployment of this computer.", command);
  }
  return success({ endpoint, deployment: name, edits: edits.value });
}
