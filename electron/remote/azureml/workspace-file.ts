import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { failure, type Result, success } from "../../contract/problem.ts";
import { provider, readId } from "./addresses.ts";
import type { NamedWorkspace } from "./workspaces.ts";

/** The `config.json` that Azure ML studio offers for download. It may hold more. */
const fileSchema = z.object({
  subscription_id: z.string().min(1),
  resource_group: z.string().min(1),
  workspace_name: z.string().min(1),
});

const mostBytes = 64 * 1024;

/** Problem: usage/invalid. */
export async function readWorkspaceFile(named: string): Promise<Result<NamedWorkspace>> {
  const file = path.resolve(named);
  const read = fileSchema.safeParse(readJson(file));
  if (!read.success) return failure("usage/invalid:workspace-file", { file });
  const { subscription_id: subscription, resource_group: resourceGroup, workspace_name: workspace } = read.data;
  return success({ workspace, resourceGroup, subscription });
}

/** Undefined: it cannot be read, or is no JSON. */
function readJson(file: string): unknown {
  try {
    const stats = fs.statSync(file);
    if (!stats.isFile() || stats.size > mostBytes) return undefined;
    return JSON.parse(fs.readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/**
 * Pages of Azure ML studio name their workspace by its id: `https://ml.azure.com/…?wsid=/subscriptions/…`. Addresses that
 * Azure's libraries print leave the provider out of it. Problem: usage/invalid.
 */
export function placeOfAddress(address: string): Result<NamedWorkspace> {
  const named = URL.canParse(address) ? (new URL(address).searchParams.get("wsid") ?? "") : "";
  const id = named.replace(/(\/resourcegroups\/[^/]+)(?=\/workspaces\/)/i, `$1/providers/${provider}`);
  const place = readId(id)?.place;
  if (place === undefined) return failure("usage/invalid:workspace-address", { address });
  return success({
    workspace: place.workspace,
    resourceGroup: place.resource_group,
    subscription: place.subscription,
  });
}
