import { englishWords } from "../../../contract/words/english-problems.ts";
import type { EstimateRange } from "../../../contract/nouns/preflight.ts";
import { type Result, success } from "../../../contract/problem.ts";
import { englishAzureEstimateSentences } from "../../../contract/sentences/azure-estimate-sentences.ts";
import type { AzureResources, AzureWhere } from "../../../workspace/azure/azure.ts";
import type { AzureForecast, AzureInvocation, PlannedAzureJob } from "../../../workspace/jobs/azure-submission.ts";
import type { CommandContext } from "../../terminal/command.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { estimateLines } from "../../text/azure-estimate-text.ts";
import { numberText } from "../../text/numbers.ts";
import { showJob } from "../show-job.ts";
import { waitForJob } from "../wait-for-job.ts";

type How = { readonly isDryRun: boolean; readonly isAwaited: boolean };

/** Sends an invocation to Azure, where its job is in the queue here like any other; or says what would be sent. */
export async function invokeInAzure(
  context: CommandContext,
  request: AzureInvocation,
  { resources, at }: { readonly resources: AzureResources; readonly at: AzureWhere },
  { isDryRun, isAwaited }: How,
): Promise<Result<number>> {
  const { workspace, terminal } = context;
  if (isDryRun) {
    return showPlan(
      context,
      await workspace.jobs.planForAzure(request, resources, at, null),
      await timeHere(context, request),
    );
  }
  const submitted = await workspace.jobs.submitToAzure(request, resources, at);
  if (!submitted.ok) return submitted;
  const { job, planned } = submitted.value;
  terminal.note(runsAs(at));
  for (const line of leftOut(planned)) terminal.note(line);
  if (isAwaited) {
    terminal.note(`Job ${job.name}`);
    return waitForJob(context, job.name);
  }
  terminal.note(
    `The job ${job.name} is queued. It is sent as soon as Batchdeck is open, or with: batchdeck job stream -n ${job.name}`,
  );
  return showJob(context, job);
}

/** How long the same would take on this computer; null: the endpoint is not here, or nothing is known. */
async function timeHere({ workspace }: CommandContext, request: AzureInvocation): Promise<EstimateRange | null> {
  if (!workspace.endpoints.show(request.endpointName).ok) return null;
  const { estimate } = await workspace.jobs.preflight({ ...request, jobName: null }, "quick");
  return estimate?.seconds ?? null;
}

function runsAs({ username, place }: AzureWhere): string {
  return `It runs in the Azure workspace ${place.workspace}, as ${username}.`;
}

function leftOut({ listed }: PlannedAzureJob): readonly string[] {
  const nested = listed?.nested ?? 0;
  if (nested === 0) return [];
  const files = nested === 1 ? "1 file in a folder is" : `${numberText(nested)} files in folders are`;
  return [`${files} left out: Azure does not look into the folders of an input.`];
}

/** What Azure does otherwise than this computer. */
const differences: readonly string[] = [
  "Azure writes rows in no order and without a header; Batchdeck puts them in the order of the input, under a header.",
  "Azure splits an input by files alone: a large file is scored by one worker.",
];

/** Exit 2 when anything is wrong, as the invocation itself would. */
function showPlan({ terminal }: CommandContext, planned: AzureForecast, here: EstimateRange | null): Result<number> {
  const { problems, spec, listed } = planned;
  if (terminal.print !== null) terminal.print.view(planJson(planned, here));
  else terminal.result(planLines(planned, here));
  if (terminal.print === null && spec !== null && listed !== null && problems.length === 0) {
    terminal.note("Nothing was sent.");
  }
  return success(problems.length === 0 ? exitCodes.done : exitCodes.refused);
}

function planJson(planned: AzureForecast, here: EstimateRange | null) {
  const { problems, spec, listed, estimate, missingRights } = planned;
  return {
    problems: problems.map((problem) => ({ code: problem.code, ...englishWords(problem) })),
    runs_on: "azure",
    azure: spec === null ? null : { ...spec.azure.place, job_name: spec.azure.jobName, run_as: spec.azure.runAs },
    endpoint_name: spec?.endpointName ?? null,
    deployment_name: spec?.deploymentName ?? null,
    input_path: spec?.input.path ?? null,
    /** What is uploaded; null: nothing is, or it is not known. */
    upload:
      listed === null
        ? null
        : { files: listed.files, bytes: listed.bytes, skipped: listed.skipped, nested_files: listed.nested },
    output_path: spec?.output.folder ?? null,
    output_file: spec?.output.fileName ?? null,
    overrides: spec?.azure.overrides ?? {},
    /** What it would take in Azure, and how long on this computer; null: not known. */
    estimate,
    seconds_here: here === null ? null : { low: here.low, high: here.high },
    missing_rights: missingRights,
    differences: [...leftOut(planned), ...differences],
  };
}

function planLines(planned: AzureForecast, here: EstimateRange | null): readonly string[] {
  const { problems, spec, listed, estimate, missingRights } = planned;
  const wrong = problems.map((problem) => {
    const { message, remedy } = englishWords(problem);
    return `  ${message}${remedy === "" ? "" : ` ${remedy}`}`;
  });
  if (spec === null) return ["This would be refused:", ...wrong];
  const { place, runAs, datastore } = spec.azure;
  const input =
    listed === null
      ? `${spec.input.path}, as it lies in Azure`
      : `${numberText(listed.files)} ${listed.files === 1 ? "file" : "files"}, ${numberText(listed.bytes)} bytes, to the datastore ${datastore.name}`;
  return [
    ...(wrong.length === 0 ? [] : ["This would be refused:", ...wrong, ""]),
    `Endpoint    ${spec.endpointName}, deployment ${spec.deploymentName}, in the Azure workspace ${place.workspace}`,
    `Runs as     ${runAs}`,
    `Input       ${input}`,
    `Output      ${spec.output.folder}`,
    ...(estimate === null ? [] : estimateLines(estimate, here)),
    "",
    ...missingRights.map((right) => `  ${englishAzureEstimateSentences.missingRight(right)}`),
    ...[...leftOut(planned), ...differences].map((line) => `  ${line}`),
  ];
}
