import type { JobPriority } from "../../contract/nouns/deployment.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Problem, Result } from "../../contract/problem.ts";
import { jobFolder, seenListing } from "../folder/job-files.ts";
import {
  checkInvocation,
  type InvocationTools,
  type InvokeRequest,
  type PlannedInvocation,
} from "./check-invocation.ts";
import { chooseSpeed, type SpeedTools } from "./choose-speed.ts";
import { asIncremental } from "./incremental.ts";
import { checkNobodyWrites } from "./resolve-output.ts";

/** Makes a job of an invocation, or refuses it for everything that is wrong with it. `enqueue` stores the job. */
export async function submit<Job>(
  tools: InvocationTools & SpeedTools,
  request: InvokeRequest,
  enqueue: (spec: JobSpec, priority: JobPriority) => Result<Job>,
): Promise<Result<Job>> {
  const { problems, planned } = await checkInvocation(tools, request, { asOf: "now", signal: null });
  if (planned === null || problems.length > 0) return refusal(problems);
  const spec = await completeSpec(tools, request, planned);
  // Measuring may have taken a while.
  const free = await checkNobodyWrites(tools.registry, spec.output.folder);
  if (!free.ok) return free;
  const queued = enqueue(spec, planned.priority);
  if (queued.ok) tools.looks.handOver(spec, seenListing(jobFolder(tools.home, spec.name)));
  return queued;
}

/** The job with what decides its speed, and with the job whose rows it takes over. */
export async function completeSpec(
  tools: InvocationTools & SpeedTools,
  request: InvokeRequest,
  { spec, preview, device }: PlannedInvocation,
): Promise<JobSpec> {
  const chosen = await chooseSpeed(tools, spec, preview, device);
  return request.incremental === true ? asIncremental(tools.registry, tools.home, chosen) : chosen;
}

/** All that stands against an invocation, which is at least one thing. */
function refusal([problem, ...others]: readonly Problem[]): Result<never> {
  if (problem === undefined) throw new Error("An invocation is refused for a reason.");
  return { ok: false, problem, others };
}
