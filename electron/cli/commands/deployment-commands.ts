import { type Result, success } from "../../contract/problem.ts";
import { runningScript } from "../../contract/views/what-runs.ts";
import { runningScriptText } from "../../contract/words/english/script-problems.ts";
import type { SavedDeployment } from "../../workspace/deployments.ts";
import { askForOne } from "../terminal/ask.ts";
import { confirmed, endpointOption, fileOption, nameOption, yesOption } from "../terminal/common-options.ts";
import { type Command, type CommandContext, type CommandValues, keyValues, usageProblem } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { showDeleted, showList, showOne } from "../terminal/show.ts";
import { flag, oneOf, optionals, text } from "../terminal/usage.ts";

const deploymentColumns = ["name", "endpoint_name", "model", "compute"];
const trustOption = flag("trust");
const environmentOption = text("environment", "NAME");
const scriptDetails = [
  "--trust             says that the scoring script may run, as it is now; after any change it is asked again",
  "--environment NAME  the environment of this workspace that runs the script; remembered for what the file calls its own",
];

export const deploymentCommands: readonly Command[] = [
  {
    words: "deployment create",
    usage: [fileOption, ...optionals(endpointOption, flag("set-default"), trustOption, environmentOption)],
    summary: "make (or overwrite) a deployment from its YAML",
    details: scriptDetails,
    async run(context, values) {
      const saved = await context.workspace.deployments.create({
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
    usage: [endpointOption],
    summary: "list the deployments of an endpoint",
    async run(context, values) {
      const endpoint = values.text("endpoint-name") ?? "";
      const found = context.workspace.deployments.list(endpoint);
      if (!found.ok) return found;
      return showList(context, found.value, deploymentColumns, `The endpoint ${endpoint} has no deployments yet.`);
    },
  },
  {
    words: "deployment show",
    usage: [nameOption(), endpointOption],
    summary: "show a deployment",
    async run(context, values) {
      const found = context.workspace.deployments.show(values.text("endpoint-name") ?? "", values.text("name") ?? "");
      return found.ok ? showOne(context, found.value) : found;
    },
  },
  {
    words: "deployment update",
    usage: [
      oneOf(
        [fileOption, ...optionals(endpointOption, trustOption, environmentOption)],
        [
          nameOption(),
          endpointOption,
          ...optionals(trustOption, text("set", "description=TEXT | tags.NAME=TEXT", { isRepeated: true })),
        ],
      ),
    ],
    summary: "change a deployment to what its YAML says now, or its description and tags, or trust its script",
    details: scriptDetails,
    async run(context, values) {
      const [file, name, endpoint] = [values.text("file"), values.text("name"), values.text("endpoint-name")];
      const isSet = values.list("set").length > 0;
      if (file !== null) {
        if (name !== null || isSet) return usageProblem("Give either --file, or --name and --set.", this);
        const request = { ...requestOf(context, values), setDefault: false };
        return shownWithNotices(context, await context.workspace.deployments.update(request));
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
      const changed = context.workspace.deployments.describe(endpoint, name, set.value);
      return changed.ok ? showOne(context, changed.value) : changed;
    },
  },
  {
    words: "deployment delete",
    usage: [nameOption(), endpointOption, yesOption],
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
    words: "deployment export",
    usage: [nameOption(), endpointOption],
    summary: "print a deployment as YAML that Azure ML accepts",
    async run(context, values) {
      const yaml = context.workspace.deployments.export(values.text("endpoint-name") ?? "", values.text("name") ?? "");
      if (!yaml.ok) return yaml;
      context.terminal.document(context.terminal.isJson ? JSON.stringify({ yaml: yaml.value }) : yaml.value.trimEnd());
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
      `${runningScriptText(runningScript(runs, deployment.name))}. Nothing runs before you trust it: look at it, then ` +
        `"deployment update -n ${deployment.name} -e ${deployment.endpoint_name} --trust".`,
    );
  }
  return showOne(context, deployment);
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
