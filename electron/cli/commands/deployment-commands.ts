import { type Result, success } from "../../contract/problem.ts";
import { runningScript } from "../../contract/views/what-runs.ts";
import { runningScriptText } from "../../contract/words/english/script-problems.ts";
import type { SavedDeployment } from "../../workspace/deployments.ts";
import { askForOne } from "../terminal/ask.ts";
import {
  azureChange,
  azurePlace,
  confirmed,
  endpointOption,
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
import { exitCodes } from "../terminal/exit-codes.ts";
import { firstOf, showDeleted, showList, showOne } from "../terminal/show.ts";
import { flag, oneOf, optional, optionals, text } from "../terminal/usage.ts";
import { createOnAzure, deleteOnAzure, updateOnAzure } from "./azure/change-deployment.ts";
import { azureColumns, listSeen, showSeen } from "./azure/show-seen.ts";
import { jobListOptions, listAzureJobs, listJobs } from "./job-list-command.ts";

const deploymentColumns = ["name", "endpoint_name", "model", "compute"];
const trustOption = flag("trust", "the scoring script may run, as it is now; after any change it is asked again");
const environmentOption = text(
  "environment",
  "NAME",
  "the environment of this workspace that runs the script; remembered for what the file calls its own",
);
const overFile = [nameOverFile, endpointOption, setInFileOption] as const;

const forOption = text("for", "azure", "write it for Azure Machine Learning", { isCheckedByCommand: true });
const folderOption = text("output-path", "DIR", "the folder that it is written to; nothing there is replaced", {
  isCheckedByCommand: true,
});

const changeOption = text("set", "description=TEXT | tags.NAME=TEXT | settings.KEY=V", "what is to change", {
  isRepeated: true,
});

export const deploymentCommands: readonly WorkspaceCommand[] = [
  {
    words: "deployment create",
    usage: [
      { ...fileOption, isCheckedByCommand: true },
      ...optionals(
        ...overFile,
        flag("set-default", "invocations that name no deployment go to this one"),
        trustOption,
        environmentOption,
      ),
      ...azureChange,
    ],
    withoutEffect: [noWaitOption, flag("skip-script-validation", "")],
    summary: "make (or overwrite) a deployment from its YAML",
    details: [
      "In Azure, without a file, -n and -e name a deployment of this computer, which is published with all that belongs to it.",
    ],
    onAzure: createOnAzure,
    async run(context, values) {
      if (values.text("file") === null) return usageProblem("--file is missing.", this);
      const request = requestOf(context, values);
      if (!request.ok) return request;
      const setDefault = values.flag("set-default");
      const saved = await context.workspace.deployments.create({ ...request.value, setDefault });
      if (saved.ok && !saved.value.isNew) {
        context.terminal.note(`The deployment ${saved.value.deployment.name} was there already and was overwritten.`);
      }
      return shownWithNotices(context, saved);
    },
  },
  {
    words: "deployment list",
    usage: [endpointOption, optional(maxResultsOption), azurePlace],
    summary: "list the deployments of an endpoint",
    async run(context, values) {
      const endpoint = values.text("endpoint-name") ?? "";
      const found = context.workspace.deployments.list(endpoint);
      const first = found.ok ? firstOf(found.value, values) : found;
      if (!first.ok) return first;
      return showList(context, first.value, deploymentColumns, `The endpoint ${endpoint} has no deployments yet.`);
    },
    onAzure(context, values, { deployments }) {
      const endpoint = values.text("endpoint-name") ?? "";
      const whenEmpty = `The endpoint ${endpoint} has no deployments yet.`;
      return listSeen(context, values, deployments(endpoint).list, azureColumns.deployment, whenEmpty);
    },
  },
  {
    words: "deployment show",
    usage: [nameOption(), endpointOption, azurePlace],
    summary: "show a deployment",
    async run(context, values) {
      const found = context.workspace.deployments.show(values.text("endpoint-name") ?? "", values.text("name") ?? "");
      return found.ok ? showOne(context, found.value, deploymentColumns) : found;
    },
    async onAzure(context, values, { deployments }) {
      const ofEndpoint = deployments(values.text("endpoint-name") ?? "");
      return showSeen(context, await ofEndpoint.show(values.text("name") ?? ""), azureColumns.deployment);
    },
  },
  {
    words: "deployment update",
    usage: [
      oneOf(
        [fileOption, ...optionals(...overFile, trustOption, environmentOption)],
        [nameOption(), endpointOption, ...optionals(trustOption, changeOption)],
      ),
      ...azureChange,
    ],
    onAzure: updateOnAzure,
    withoutEffect: [noWaitOption, forceStringOption, flag("skip-script-validation", "")],
    summary: "change a deployment to what its YAML says now, or some of its settings, or trust its script",
    details: [
      "Without a file, --set takes description, tags.NAME, properties.NAME, compute, resources.instance_count and settings.…",
    ],
    async run(context, values) {
      const [file, name, endpoint] = [values.text("file"), values.text("name"), values.text("endpoint-name")];
      const isSet = values.list("set").length > 0;
      if (file !== null) {
        const request = requestOf(context, values);
        if (!request.ok) return request;
        return shownWithNotices(
          context,
          await context.workspace.deployments.update({ ...request.value, setDefault: false }),
        );
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
      const changed = context.workspace.deployments.change(endpoint, name, set.value);
      if (!changed.ok) return changed;
      for (const notice of changed.value.notices) context.terminal.note(notice);
      return showOne(context, changed.value.deployment, deploymentColumns);
    },
  },
  {
    words: "deployment delete",
    usage: [nameOption(), endpointOption, yesOption, ...azureChange],
    withoutEffect: [noWaitOption],
    onAzure: deleteOnAzure,
    summary: "delete a deployment; its jobs and outputs stay",
    async run(context, values) {
      const name = values.text("name") ?? "";
      const endpoint = values.text("endpoint-name") ?? "";
      const { deployments } = context.workspace;
      const found = deployments.show(endpoint, name);
      if (!found.ok) return found;
      const sure = confirmed(values, `the deployment ${name}`);
      if (!sure.ok) return sure;
      const deleted = await deployments.delete(endpoint, name);
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
    words: "deployment list-jobs",
    usage: [nameOption(), endpointOption, ...jobListOptions, azurePlace],
    summary: "list the jobs of a deployment, newest first",
    async run(context, values) {
      const [endpoint, deployment] = [values.text("endpoint-name") ?? "", values.text("name") ?? ""];
      const found = context.workspace.deployments.show(endpoint, deployment);
      return found.ok ? listJobs(context, values, { endpoint, deployment }) : found;
    },
    onAzure: (context, values, resources) =>
      listAzureJobs(context, values, resources, {
        endpoint: values.text("endpoint-name"),
        deployment: values.text("name"),
      }),
  },
  {
    words: "deployment export",
    usage: [nameOption(), endpointOption, optional(forOption, folderOption)],
    summary: "print a deployment as YAML that Azure ML accepts, or write it as a folder that runs there",
    details: [
      "With --for azure a built-in scorer becomes a scoring script beside the YAML, with its model and environment.",
    ],
    async run(context, values) {
      const [endpoint, name] = [values.text("endpoint-name") ?? "", values.text("name") ?? ""];
      const [target, folder] = [values.text("for"), values.text("output-path")];
      if (target !== null || folder !== null) {
        if (target !== "azure" || folder === null) {
          return usageProblem("Give --for azure and --output-path together.", this);
        }
        const exported = await context.workspace.deployments.exportForAzure(endpoint, name, folder);
        return exported.ok ? showOne(context, exported.value) : exported;
      }
      const yaml = context.workspace.deployments.export(endpoint, name);
      if (!yaml.ok) return yaml;
      const { print, document } = context.terminal;
      if (print === null || print.format === "yaml") document(yaml.value.trimEnd());
      else print.view({ yaml: yaml.value });
      return success(exitCodes.done);
    },
  },
];

function requestOf({ terminal }: CommandContext, values: CommandValues) {
  const { ask } = terminal;
  const edits = fileEdits(values, ["name"]);
  if (!edits.ok) return edits;
  return success({
    file: values.text("file") ?? "",
    endpointName: values.text("endpoint-name"),
    edits: edits.value,
    trust: values.flag("trust"),
    environment: values.text("environment"),
    askEnvironment:
      ask === null ? null : (question: string, names: readonly string[]) => askForOne(terminal, ask, question, names),
  });
}

function shownWithNotices(context: CommandContext, saved: Result<SavedDeployment>): Result<number> {
  if (!saved.ok) return saved;
  const { deployment, runs, notices } = saved.value;
  for (const notice of notices) context.terminal.note(notice);
  if (runs !== null && !runs.isTrusted) {
    context.terminal.note(
      `${runningScriptText(runningScript(runs, deployment.name))}. Nothing runs before you trust it: look at it, then ` +
        `"deployment update -n ${deployment.name} -e ${deployment.endpoint_name} --trust".`,
    );
  }
  return showOne(context, deployment, deploymentColumns);
}

/** Says what is trusted, so that it can be looked at in a log later. */
async function trustShown(
  { workspace, terminal }: CommandContext,
  endpoint: string,
  name: string,
): Promise<Result<null>> {
  const trusted = await workspace.deployments.trustAsItIs(endpoint, name);
  if (!trusted.ok) return trusted;
  terminal.note(`Trusted: ${runningScriptText(runningScript(trusted.value, name))}.`);
  return success(null);
}
