import type { CallOutput } from "../../electron/contract/channels.ts";
import type { AccountView, SignInPrompt } from "../../electron/contract/views/account.ts";
import type { AzureEndpointCard, AzureOverview } from "../../electron/contract/views/azure-card.ts";
import type { Fetched } from "./fetched.ts";

/** A sign-in that waits for its user. `prompt` null: for Azure, which has not said yet for what. */
export type SignInWait = {
  readonly kind: SignInPrompt["kind"];
  readonly prompt: SignInPrompt | null;
  /** When the prompt arrived: milliseconds since 1970. */
  readonly toldAt: number;
};

/** What the sheets of Azure are opened for: who is signed in, which workspace is chosen, or what is published there. */
export type AzureSheetName = "account" | "workspaces" | "publish";

/** The endpoints of the chosen workspace, in whose account and place they were asked for. */
export type AzureEndpoints = {
  readonly of: string;
  readonly answer: Fetched<CallOutput<"azure:endpoints">>;
  /** They are asked for again while the last answer is shown. */
  readonly isAsking: boolean;
};

export function activeAccount(azure: Fetched<AzureOverview>): AccountView | null {
  return azure.state === "ready" ? (azure.value.accounts.find(({ active }) => active) ?? null) : null;
}

export function chosenWorkspace(azure: Fetched<AzureOverview>): AzureOverview["workspace"] {
  return azure.state === "ready" ? azure.value.workspace : null;
}

/** The endpoint of the chosen workspace of that name, as last seen in Azure. */
export function azureEndpointOf(endpoints: AzureEndpoints | null, name: string): AzureEndpointCard | null {
  if (endpoints?.answer.state !== "ready") return null;
  return endpoints.answer.value.view.find((endpoint) => endpoint.name === name) ?? null;
}

/** Whose endpoints of which workspace there are to see; null: nobody is signed in, or none is chosen. */
export function endpointsKey(azure: Fetched<AzureOverview>): string | null {
  const account = activeAccount(azure);
  const workspace = chosenWorkspace(azure);
  if (account === null || workspace === null) return null;
  const { username, tenant_id, cloud } = account;
  return JSON.stringify([username, tenant_id, cloud, workspace]);
}
