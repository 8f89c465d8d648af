import { failure, type Result, success } from "../../contract/problem.ts";
import type { CommandValues } from "./command-values.ts";
import type { NamedWorkspace } from "../../workspace/azure/azure.ts";
import { flag, oneOf, optional, text } from "./usage.ts";

/** Every command takes these. */
export const globalOptions = [
  text("output", "json|jsonc|yaml|table|tsv|none", "how the result is printed; left out: in words, for people", {
    letter: "o",
  }),
  text("query", "JMESPATH", "the part of the result that is printed, as JSON unless --output says otherwise"),
  flag("json", "the same as --output json"),
  text("home", "DIR", "the workspace; left out: BATCHDECK_HOME, else that of the desktop"),
  flag("debug", "show the stack of an internal error"),
  flag("help", "show this", { letter: "h" }),
] as const;

/** What every command of `az ml` takes and has no meaning on this computer. */
export const azureOptions = [
  text("resource-group", "RG", "", { letter: "g" }),
  text("workspace-name", "W", "", { letter: "w" }),
  text("subscription", "S", ""),
  flag("only-show-errors", ""),
  flag("verbose", ""),
] as const;

/** Which Azure ML workspace a command means, where it can mean one. */
export const azurePlaceOptions = {
  workspace: text("workspace-name", "W", "the Azure ML workspace of that name, instead of this computer", {
    letter: "w",
    isCheckedByCommand: true,
  }),
  resourceGroup: text("resource-group", "RG", "its resource group, where several have that name", { letter: "g" }),
  subscription: text("subscription", "S", "its subscription, by id or name"),
} as const;

/** `[-w W [-g RG] [--subscription S] | --remote]`, of a command with `onAzure`. */
export const azurePlace = optional(
  oneOf(
    [azurePlaceOptions.workspace, optional(azurePlaceOptions.resourceGroup), optional(azurePlaceOptions.subscription)],
    [flag("remote", "the Azure ML workspace that was chosen with: batchdeck workspace use")],
  ),
);

/** The same of a command that changes something there. */
export const azureChange = [azurePlace, optional(flag("no-wait", "in Azure: do not wait until it is done"))] as const;

/** The workspace that `-w` names; null: it was not given. */
export function namedWorkspace(values: CommandValues): NamedWorkspace | null {
  const workspace = values.text("workspace-name");
  if (workspace === null) return null;
  return { workspace, resourceGroup: values.text("resource-group"), subscription: values.text("subscription") };
}

/** Of Azure's commands that make, change or delete something: here that is done when they end. */
export const noWaitOption = flag("no-wait", "");
/** Of Azure's updates: here every value of `--set` is a text anyway. */
export const forceStringOption = flag("force-string", "");
export const registryOption = text("registry-name", "R", "");

/** `-n`, whose value is called by what it names. */
export const nameOption = (placeholder = "NAME", help = "its name") => text("name", placeholder, help, { letter: "n" });
/** Beside a file, whose name it goes before. */
export const nameOverFile = nameOption("NAME", "its name, instead of the file's");
export const endpointOption = text("endpoint-name", "ENDPOINT", "its endpoint", { letter: "e" });
export const deploymentOption = text("deployment-name", "DEPLOYMENT", "instead of the endpoint's default deployment", {
  letter: "d",
});
export const fileOption = text("file", "FILE", "Azure ML's YAML file of it", { letter: "f" });
export const versionOption = text("version", "V", "default: the latest", { alias: "v" });
export const newVersionOption = text("version", "V", "default: the next number", { alias: "v" });
/** A setting for one job, or for the jobs of a watch. */
export const setOption = text("set", "k=v", "a setting for this job only, as often as needed", { isRepeated: true });
/** What a file says, changed before it is used. */
export const setInFileOption = text("set", "a.b=v", "a value that replaces the file's, as often as needed", {
  isRepeated: true,
});
export const labelOption = text("label", "latest", "the version made last", { alias: "l" });
export const maxResultsOption = text("max-results", "N", "at most so many", { alias: "r" });

/** There is one label, and it means the version that is taken when none is given. */
export function checkLabel(values: CommandValues): Result<null> {
  const label = values.text("label");
  if (label === null || label === "latest") return success(null);
  return failure("usage/invalid", `There is no label "${label}".`, "Use --label latest, or --version V.");
}

/** Without it nothing is deleted. */
export const yesOption = flag("yes", "delete without asking again", { alias: "y", isCheckedByCommand: true });

/** To be asked when it is known that there is something to delete. */
export function confirmed(values: CommandValues, whatIsDeleted: string): Result<null> {
  if (values.flag("yes")) return success(null);
  return failure("usage/invalid", `This deletes ${whatIsDeleted}.`, "Repeat the command with --yes.");
}
