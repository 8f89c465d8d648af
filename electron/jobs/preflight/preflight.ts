import type { NoSample } from "../../contract/nouns/preflight-facts.ts";
import type { Preflight, PreflightScan } from "../../contract/nouns/preflight.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { scanModel } from "../../deployments/models/model-scan.ts";
import { scorerHash, type SpeedTools } from "../submit/choose-speed.ts";
import { estimateJob } from "./estimate.ts";
import { planOf } from "./preflight-plan.ts";
import { preflightWarnings } from "./preflight-warnings.ts";
import { type SampleRun, samplePredictions } from "./sample-predictions.ts";
import {
  checkInvocation,
  type InvocationTools,
  type InvokeRequest,
  type PlannedInvocation,
} from "../submit/check-invocation.ts";
import { completeSpec } from "../submit/submit.ts";

/**
 * `quick`: what a look at the registry and the input tells. `full`: the first items are scored, and the model is scanned
 * again, each in a process of its own that has about a second.
 */
export type PreflightDepth = "quick" | "full";

/** A scan that takes longer is ended, and left at what it was when the model came into the workspace. */
const scanTimeout = { ms: 1500, of: "answer" } as const;

/**
 * Looks at an invocation to the end, whatever is wrong with it. Starts no job, runs no script, leaves nothing behind. When
 * `signal` is aborted every process of it is ended, and what it answers is of no use.
 */
export async function preflight(
  tools: InvocationTools & SpeedTools,
  request: InvokeRequest,
  depth: PreflightDepth,
  signal: AbortSignal | null,
): Promise<Preflight> {
  const { registry } = tools;
  const { problems, deployment, planned } = await checkInvocation(tools, request, { asOf: "recently", signal });
  if (deployment === null || planned === null) {
    return {
      endpoint_name: deployment?.endpointName ?? request.endpointName,
      deployment_name: deployment?.name ?? null,
      problems: [...problems],
      warnings: [],
      plan: null,
      scan: null,
      sample: null,
      estimate: null,
    };
  }
  const { preview } = planned;
  const spec = await completeSpec({ ...tools, mayMeasure: false, signal }, request, planned);
  const chosen = { ...planned, spec };
  const [run, scan] =
    depth === "full"
      ? await Promise.all([sampleOf(tools, chosen, signal), scanOf(tools, chosen, signal)])
      : [null, scanAtCreation(chosen)];
  const key = { modelHash: spec.model.hash, scorerHash: scorerHash(spec.scorer), device: spec.device };
  const known = {
    history: registry.speeds.list(key),
    timing: run?.timing ?? null,
    tuning: registry.tunings.find(key.modelHash, key.scorerHash, key.device),
  };
  const estimate = estimateJob(spec, preview, known, planned.disks, Date.now());
  const compute = registry.computes.find(spec.compute);
  const fallback = run?.fallback ?? null;
  return {
    endpoint_name: spec.endpointName,
    deployment_name: spec.deploymentName,
    problems: [...problems, ...refusedScan(scan)],
    warnings: [...preflightWarnings(chosen, { deployment, compute, fallback, estimate })],
    plan: planOf(chosen),
    scan,
    sample: run?.sample ?? null,
    // The size of an input that is still to be downloaded is unknown.
    estimate: preview.items === 0 ? null : estimate,
  };
}

function sampleOf(
  { host, home }: InvocationTools,
  { spec, preview }: PlannedInvocation,
  signal: AbortSignal | null,
): Promise<SampleRun> | SampleRun {
  const [shown, timed] = preview.samples;
  if (spec.scorer.kind === "script") return noSample({ kind: "script" });
  if (shown === undefined || timed === undefined) return noSample({ kind: "not-downloaded" });
  return samplePredictions(host, home, spec, { shown, timed }, signal);
}

function noSample(why: NoSample): SampleRun {
  return { sample: { items: 0, columns: [], rows: [], errors: [], left_out: why }, timing: null, fallback: null };
}

async function scanOf(
  { host }: InvocationTools,
  planned: PlannedInvocation,
  signal: AbortSignal | null,
): Promise<PreflightScan | null> {
  const { model, scorer } = planned.spec;
  if (scorer.kind === "script") return null;
  const scanned = await scanModel(host, model.file, { timeout: scanTimeout, signal });
  if (!scanned.ok) return scanAtCreation(planned);
  const { facts, findings, memoryBytes } = scanned.value;
  return {
    verdict: findings.length === 0 ? "safe" : "refused",
    looked: "now",
    parameters: facts.parameters,
    memory_bytes: memoryBytes,
    opsets: [...facts.opsets],
    findings: [...findings],
  };
}

/** A model with findings does not come into a workspace. */
function scanAtCreation({ spec }: PlannedInvocation): PreflightScan | null {
  if (spec.scorer.kind === "script") return null;
  return { verdict: "safe", looked: "at_creation", parameters: null, memory_bytes: null, opsets: [], findings: [] };
}

/** The model's file in the workspace is not what it was. */
function refusedScan(scan: PreflightScan | null): Problem[] {
  const [finding] = scan?.findings ?? [];
  if (finding === undefined) return [];
  const { kind, params } = finding;
  return [problemOf("model/invalid:changed-in-workspace", { finding: { kind, params } })];
}
