import { failure, type Result, success } from "../../contract/problem.ts";
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
} from "../../deployments/deployments.ts";
import { nothingToTrust, whatRunsSentence } from "../../deployments/scripts/trust.ts";
import { askForOne } from "../terminal/ask.ts";
import type { Command, CommandContext, CommandValues } from "../terminal/command.ts";
import { endpointOption, fileOption, keyValues, nameOption, usageProblem } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { showDeleted, showList, showOne } from "../terminal/show.ts";

const deploymentColumns = ["name", "endpoint_name", "model", "compute"];
const scriptOptions = { trust: { type: "boolean" }, environment: { type: "string" } } as const;
const scriptDetails = [
  "--trust             says that the scoring script may run, as it is now; after any change it is asked again",
  "--environment NAME  the environment of this workspace that runs the script; remembered for what the file calls its own",
];

export const deploymentCommands: readonly Command[] = [
  {
    words: "deployment create",
    usage: "-f FILE [-e ENDPOINT] [--set-default] [--trust] [--environment NAME]",
    summary: "make (or overwrite) a deployment from its YAML",
    details: scriptDetails,
    options: { ...fileOption, ...endpointOption, ...scriptOptions, "set-default": { type: "boolean" } },
    required: ["file"],
    positionals: 0,
    async run(context, values) {
      const saved = await createDeployment(context.workspace.deploymentTools, {
        ...requestOf(context, values),
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
    usage:
      "-f FILE [-e ENDPOINT] [--trust] [--environment NAME] | " +
      "-n NAME -e ENDPOINT [--trust] [--set description=TEXT | tags.NAME=TEXT …]",
    summary: "change a deployment to what its YAML says now, or its description and tags, or trust its script",
    details: scriptDetails,
    options: {
      ...fileOption,
      ...nameOption,
      ...endpointOption,
      ...scriptOptions,
      set: { type: "string", multiple: true },
    },
    required: [],
    positionals: 0,
    async run(context, values) {
      const [file, name, endpoint] = [values.text("file"), values.text("name"), values.text("endpoint-name")];
      const isSet = values.list("set").length > 0;
      if (file !== null) {
        if (name !== null || isSet) return usageProblem("Give either --file, or --name and --set.", this);
        const request = { ...requestOf(context, values), setDefault: false };
        return shownWithNotices(context, await updateDeployment(context.workspace.deploymentTools, request));
      }
      const isTrusting = values.flag("trust");
      if (name === null || endpoint === null || (!isSet && !isTrusting) || values.text("environment") !== null) {
        return usageProblem("Give --file, or --name, --endpoint-name and one of --set and --trust.", this);
      }
      if (isTrusting) {
        const trusted = await trustShown(context, endpoint, name);
        if (!trusted.ok) return trusted;
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
      if (!values.flag("yes"))
        return failure("usage/invalid", `This deletes the deployment ${name}.`, "Repeat the command with --yes.");
      const endpoint = values.text("endpoint-name") ?? "";
      const deleted = await deleteDeployment(context.workspace.deploymentTools, endpoint, name);
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

function requestOf(context: CommandContext, values: CommandValues) {
  const { terminal } = context;
  const { ask } = terminal;
  return {
    file: values.text("file") ?? "",
    endpointName: values.text("endpoint-name"),
    trust: values.flag("trust"),
    environment: values.text("environment"),
    askEnvironment:
      ask === null ? null : (question: string, names: readonly string[]) => askForOne(terminal, ask, question, names),
  };
}

function shownWithNotices(context: CommandContext, saved: Result<SavedDeployment>): Result<number> {
  if (!saved.ok) return saved;
  const { deployment, runs, notices } = saved.value;
  for (const notice of notices) context.terminal.note(notice);
  if (runs !== null && !runs.isTrusted) {
    context.terminal.note(
      `${whatRunsSentence(runs, deployment.name)}. Nothing runs before you trust it: look at it, then ` +
        `"deployment update -n ${deployment.name} -e ${deployment.endpointName} --trust".`,
    );
  }
  return showOne(context, deploymentView(deployment));
}

/** Says what is trusted, so that it can be looked at in a log later. */
async function trustShown(
  { workspace, terminal }: CommandContext,
  endpoint: string,
  name: string,
): Promise<Result<null>> {
  const runs = await workspace.deployments.whatRuns(endpoint, name);
  if (!runs.ok) return runs;
  if (runs.value === null) return nothingToTrust(name);
  const trusted = workspace.deployments.trust(endpoint, name, runs.value.hash);
  if (!trusted.ok) return trusted;
  terminal.note(`Trusted: ${whatRunsSentence(runs.value, name)}.`);
  return success(null);
}
