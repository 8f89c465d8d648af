import type { Seen } from "../../../contract/views/azure.ts";
import { type Result } from "../../../contract/problem.ts";
import { problemSentence } from "../../../contract/words/english-problems.ts";
import type { CommandContext } from "../../terminal/command.ts";
import { type CommandValues, wholeNumber } from "../../terminal/command-values.ts";
import { showList, showOne } from "../../terminal/show.ts";

type View = Readonly<Record<string, unknown>>;

/** Prints one thing of Azure's as one of this computer is printed, and says so when it is what was seen earlier. */
export function showSeen(
  context: CommandContext,
  seen: Result<Seen<View>>,
  columns?: readonly string[],
): Result<number> {
  if (!seen.ok) return seen;
  noteHowSeen(context, seen.value);
  return showOne(context, seen.value.view, columns);
}

/** The same of a list, of which `--max-results` may ask for the beginning. */
export async function listSeen(
  context: CommandContext,
  values: CommandValues,
  list: (most: number | null) => Promise<Result<Seen<readonly View[]>>>,
  columns: readonly string[],
  whenEmpty: string,
): Promise<Result<number>> {
  const most = wholeNumber(values, "max-results", 1);
  if (!most.ok) return most;
  const seen = await list(most.value);
  if (!seen.ok) return seen;
  noteHowSeen(context, seen.value);
  return showList(context, seen.value.view, columns, whenEmpty);
}

function noteHowSeen({ terminal }: CommandContext, { offline, unreadable }: Seen<unknown>): void {
  if (offline !== null) terminal.note(`${problemSentence(offline.problem)} This is as last seen at ${offline.seenAt}.`);
  if (unreadable > 0) {
    const entries = unreadable === 1 ? "1 entry" : `${unreadable} entries`;
    terminal.note(`${entries} of Azure's answer could not be read: left out.`);
  }
}

/** What a table of each noun shows of a workspace in Azure. */
export const azureColumns = {
  endpoint: ["name", "description", "defaults", "provisioning_state", "location"],
  deployment: ["name", "endpoint_name", "type", "model", "component", "compute", "provisioning_state"],
  compute: ["name", "type", "size", "min_instances", "max_instances", "tier", "provisioning_state"],
  datastore: ["name", "type", "account_name", "container_name", "is_default"],
  asset: ["name", "version", "type", "path", "created_at"],
  job: ["name", "status", "endpoint_name", "deployment_name", "experiment_name", "created_at"],
} as const;
