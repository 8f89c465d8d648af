import type { WordTable } from "../speaker.ts";
import { type NameList, quotedNames } from "../name-list.ts";

/** What is looked for in an Azure ML workspace. */
type Sought = { readonly name: string; readonly workspace: string };

/** Which part of an answer of Azure's is not as its published interface says. */
const answerFaults = {
  "not-json": "it is no JSON",
  shape: "something in it is missing or of another type",
  "too-large": "it is larger than any such answer may be",
  "endless-list": "its list has no end",
  "other-place": "its list goes on at an address of somebody else",
} as const;
export type AnswerFault = keyof typeof answerFaults;

function notInWorkspace(noun: string, { name, workspace }: Sought, list: string): [string, string] {
  return [`There is no ${noun} "${name}" in the Azure workspace ${workspace}.`, `See: batchdeck ${list} --remote`];
}

type RefusedFields = { status: number; fields: { field: string; reason: string }[] };

/** Azure's words, each behind the field that it is about. */
export function fieldSentences(fields: RefusedFields["fields"]): string {
  return fields.map(({ field, reason }) => `${field}: ${reason}`).join(" ");
}

/** What Azure Resource Manager and the workspaces behind it answer. */
export const controlPlaneProblems = {
  "azure/sign-in-needed:refused": ({ host }: { host: string }) => [
    `${host} does not accept the account's sign-in any more.`,
    "Run: batchdeck login",
  ],
  "azure/no-workspace": () => [
    "No Azure workspace is chosen.",
    "Choose one with: batchdeck workspace use -w W -g RG, or name it with -w W.",
  ],
  "azure/no-workspace:other-cloud": ({
    workspace,
    cloud,
    active,
  }: Record<"workspace" | "cloud" | "active", string>) => [
    `The chosen workspace ${workspace} is in the cloud ${cloud}, and the account that is signed in is of ${active}.`,
    "Sign in there with: batchdeck login --cloud CLOUD, or choose another workspace with: batchdeck workspace use",
  ],
  "azure/workspace-not-found": ({ workspace }: { workspace: string }) => [
    `There is no Azure workspace "${workspace}" that your account may see.`,
    "See: batchdeck workspace list",
  ],
  "azure/workspace-ambiguous": ({ workspace, places }: { workspace: string; places: NameList }) => [
    `Several workspaces are called "${workspace}": ${quotedNames(places, "and", (more) => `${more} more`)}.`,
    "Add -g RESOURCE_GROUP, or --subscription S.",
  ],
  "azure/subscription-not-found": ({ subscription }: { subscription: string }) => [
    `There is no subscription "${subscription}" that your account may see.`,
    "Give its id, as the Azure portal shows it, or its exact name.",
  ],
  "azure/forbidden": ({ action, scope, role }: { action: string; scope: string; role: string }) => [
    `Azure does not let your account do "${action}" on "${scope}".`,
    `Ask an owner there for the role "${role}". A new role takes a few minutes; sign in again after that.`,
  ],
  "azure/forbidden:untold": ({ address, reason, role }: Record<"address" | "reason" | "role", string>) => [
    `Azure refused "${address}": ${reason}`,
    `If a right is missing, ask an owner of the workspace for the role "${role}".`,
  ],
  "azure/refused": ({ status, code, reason }: { status: number; code: string; reason: string }) => [
    `Azure refused the request (${status} ${code}): ${reason}`,
  ],
  "azure/refused:fields": ({ status, fields }: RefusedFields) => [
    `Azure refused the request (${status}): ${fieldSentences(fields)}`,
    "Correct what is named, and try again.",
  ],
  "azure/unexpected-answer": ({ address, fault }: { address: string; fault: AnswerFault }) => [
    `What "${address}" answered is not what Azure ML's interface says: ${answerFaults[fault]}.`,
    "Try again; if that does not help, update Batchdeck or report it.",
  ],
  "usage/invalid:workspace-file": ({ file }: { file: string }) => [
    `The file "${file}" does not name a workspace.`,
    "Take the config.json that Azure ML studio offers for download: it has subscription_id, resource_group and workspace_name.",
  ],
  "usage/invalid:workspace-address": ({ address }: { address: string }) => [
    `"${address}" is not the address of a workspace.`,
    "Copy the whole address of a page of Azure ML studio, with its wsid=, or give -w W -g RG.",
  ],
  "usage/invalid:azure-name": ({
    name,
    what,
  }: {
    name: string;
    what: "subscription" | "resource group" | "workspace" | "model" | "environment" | "data asset";
  }) => [`"${name}" cannot be the name of a ${what} in Azure.`, "Check its spelling."],
  "endpoint/not-found:azure": (sought: Sought) => notInWorkspace("endpoint", sought, "endpoint list"),
  "deployment/not-found:azure": ({ endpoint, ...sought }: Sought & { endpoint: string }) =>
    notInWorkspace(`deployment of "${endpoint}"`, sought, `deployment list -e ${endpoint}`),
  "compute/not-found:azure": (sought: Sought) => notInWorkspace("compute", sought, "compute list"),
  "model/not-found:azure": (sought: Sought) => notInWorkspace("model", sought, "model list"),
  "data/not-found:azure": (sought: Sought) => notInWorkspace("data asset", sought, "data list"),
  "environment/not-found:azure": (sought: Sought) => notInWorkspace("environment", sought, "environment list"),
  "component/not-found:azure": (sought: Sought) => notInWorkspace("component", sought, "component list"),
  "datastore/not-found:azure": (sought: Sought) => notInWorkspace("datastore", sought, "datastore list"),
  "job/not-found:azure": (sought: Sought) => notInWorkspace("job", sought, "job list"),
} satisfies Partial<WordTable>;
