import type { Result } from "../../contract/problem.ts";
import { type CommandContext, usageProblem, type WorkspaceCommand } from "../terminal/command.ts";
import type { CommandValues } from "../terminal/command-values.ts";
import type { AzureResources } from "../../workspace/azure/azure.ts";
import { azurePlace, maxResultsOption } from "../terminal/common-options.ts";
import { firstOf, showList } from "../terminal/show.ts";
import { flag, optional, optionals, text } from "../terminal/usage.ts";
import { jobJson, whyText } from "../text/job-report.ts";
import { jobColumns } from "../text/job-text.ts";
import { azureColumns, listSeen } from "./azure/show-seen.ts";
import { asTheyAre } from "./show-job.ts";

/** What every list of jobs takes. */
export const jobListOptions = optionals(
  maxResultsOption,
  flag("include-archived", "archived ones too"),
  flag("archived-only", "archived ones only"),
);

/** Null: of any. */
type WhichJobs = { readonly endpoint: string | null; readonly deployment: string | null };

/** Newest first; of every endpoint, of one, or of one of its deployments. */
export function listJobs(
  context: CommandContext,
  values: CommandValues,
  { endpoint, deployment }: WhichJobs,
): Result<number> {
  const ofEndpoint = context.workspace.jobs.list(endpoint ?? undefined);
  const [only, also] = [values.flag("archived-only"), values.flag("include-archived")];
  const named = ofEndpoint.filter(
    (job) =>
      (deployment === null || isSameName(job.deployment_name, deployment)) &&
      (only ? job.archived : also || !job.archived),
  );
  const first = firstOf(named, values);
  if (!first.ok) return first;
  const jobs = asTheyAre(context, first.value);
  const whose = endpoint === null ? "There are no jobs" : `There are no jobs of the endpoint "${endpoint}"`;
  return showList(
    context,
    context.terminal.print !== null ? jobs.map(jobJson) : jobs.map((job) => ({ ...job, why: whyText(job) })),
    [...jobColumns, "why"],
    `${whose} yet. Make one: batchdeck invoke -n ${endpoint ?? "ENDPOINT"} --input PATH`,
  );
}

/** The same of the jobs in an Azure ML workspace. */
export function listAzureJobs(
  context: CommandContext,
  values: CommandValues,
  { jobs }: AzureResources,
  which: WhichJobs,
): Promise<Result<number>> {
  const [only, also] = [values.flag("archived-only"), values.flag("include-archived")];
  const archived = only ? "only" : also ? "with" : "without";
  const list = (most: number | null) => jobs.list({ ...which, archived }, most);
  return listSeen(context, values, list, azureColumns.job, "The Azure workspace has no such jobs.");
}

/** Names that differ in case alone are one name, as in the registry. */
function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export const jobListCommand: WorkspaceCommand = {
  words: "job list",
  usage: [
    optional(
      text("endpoint-name", "ENDPOINT", "the jobs of that endpoint", { letter: "e" }),
      optional(text("deployment-name", "DEPLOYMENT", "and of that deployment", { letter: "d" })),
    ),
    ...jobListOptions,
    optional(text("parent-job-name", "JOB", "the jobs that one has started: batch jobs start none", { alias: "p" })),
    azurePlace,
  ],
  withoutEffect: [text("all-results", "true|false", "")],
  summary: "list jobs, newest first",
  async run(context, values) {
    const [endpoint, deployment] = [values.text("endpoint-name"), values.text("deployment-name")];
    if (deployment !== null && endpoint === null) return usageProblem("--endpoint-name is missing.", this);
    if (values.text("parent-job-name") !== null) {
      const parent = context.workspace.jobs.show(values.text("parent-job-name") ?? "");
      return parent.ok
        ? showList(context, [], jobColumns, `The job ${parent.value.name} has started no others.`)
        : parent;
    }
    return listJobs(context, values, { endpoint, deployment });
  },
  async onAzure(context, values, resources) {
    const [endpoint, deployment] = [values.text("endpoint-name"), values.text("deployment-name")];
    if (deployment !== null && endpoint === null) return usageProblem("--endpoint-name is missing.", this);
    if (values.text("parent-job-name") !== null) {
      return usageProblem("--parent-job-name is for jobs on this computer.", this);
    }
    return listAzureJobs(context, values, resources, { endpoint, deployment });
  },
};
