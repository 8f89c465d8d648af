import { seePictures } from "../../compute/ask-picture-process.ts";
import type { NoSample } from "../../contract/nouns/preflight-facts.ts";
import type { Preflight, PreflightScan } from "../../contract/nouns/preflight.ts";
import { maxSeenPictures, type SeenPicture } from "../../contract/nouns/pictures/shown-picture.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { type Problem, problemOf, type Result } from "../../contract/problem.ts";
import { scanModel } from "../../deployments/models/model-scan.ts";
import type { DownloadLooks, SeenDownload } from "../submit/download-looks.ts";
import { scorerHash, type SpeedTools } from "../submit/choose-speed.ts";
import { estimateJob } from "./estimate.ts";
import { planOf } from "./preflight-plan.ts";
import { isUnreachable, preflightWarnings } from "./preflight-warnings.ts";
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
 * again, each in a process of its own that has about a second. `with-pictures`: and the first pictures are shown as the
 * model sees them.
 */
export type PreflightDepth = "quick" | "full" | "with-pictures";

type PreflightTools = InvocationTools & SpeedTools & { readonly downloads: DownloadLooks };

/** A scan that takes longer is ended, and left at what it was when the model came into the workspace. */
const scanTimeout = { ms: 1500, of: "answer" } as const;

/**
 * Looks at an invocation to the end, whatever is wrong with it. Starts no job, runs no script, leaves nothing behind. When
 * `signal` is aborted every process of it is ended, and what it answers is of no use.
 */
export async function preflight(
  tools: PreflightTools,
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
  const download = depth === "quick" ? null : await seeDownload(tools, spec, signal);
  const [run, scan, seen] =
    depth === "quick" ? [null, scanAtCreation(chosen), null] : await closeLook(tools, chosen, depth, signal);
  const key = { modelHash: spec.model.hash, scorerHash: scorerHash(spec.scorer), device: spec.device };
  const known = {
    history: registry.speeds.list(key),
    timing: run?.timing ?? null,
    tuning: registry.tunings.find(key.modelHash, key.scorerHash, key.device),
  };
  const seenDownload = download?.ok === true ? download.value : null;
  const estimate = estimateJob(spec, preview, known, planned.disks, Date.now());
  const compute = registry.computes.find(spec.compute);
  const fallback = run?.fallback ?? null;
  return {
    endpoint_name: spec.endpointName,
    deployment_name: spec.deploymentName,
    problems: [...problems, ...refusedScan(scan), ...refusedDownload(download)],
    warnings: [...preflightWarnings(chosen, { deployment, compute, fallback, estimate, download })],
    plan: planOf(chosen, seenDownload),
    scan,
    sample: run?.sample ?? null,
    // The size of an input that is still to be downloaded is unknown.
    estimate: preview.items === 0 ? null : estimate,
    ...(seen !== null && { seen: [...seen] }),
  };
}

/** Null: the input is on this computer. */
async function seeDownload(
  { downloads }: PreflightTools,
  { input: { download, kind } }: JobSpec,
  signal: AbortSignal | null,
): Promise<Result<SeenDownload> | null> {
  return download === undefined ? null : downloads.look(download.address, kind, signal);
}

function refusedDownload(download: Result<SeenDownload> | null): Problem[] {
  return download === null || download.ok || isUnreachable(download.problem) ? [] : [download.problem];
}

/** Pictures are decoded once the sample was scored: they would take the processor from what is timed. */
function closeLook(
  tools: InvocationTools,
  planned: PlannedInvocation,
  depth: Exclude<PreflightDepth, "quick">,
  signal: AbortSignal | null,
): Promise<[SampleRun, PreflightScan | null, readonly SeenPicture[] | null]> {
  const sampled = sampleOf(tools, planned, signal);
  const seen = depth === "full" ? null : sampled.then(() => seenOf(tools, planned, signal));
  return Promise.all([sampled, scanOf(tools, planned, signal), seen]);
}

/** Null: the model reads no pictures, or none that are here. */
async function seenOf(
  { host }: InvocationTools,
  { spec: { scorer, input }, preview }: PlannedInvocation,
  signal: AbortSignal | null,
): Promise<readonly SeenPicture[] | null> {
  const [first] = preview.samples;
  if (scorer.kind !== "image" || first === undefined) return null;
  const parts = first.parts.filter(({ problem }) => problem === null).slice(0, maxSeenPictures);
  return seePictures(host, { input, scorer, parts }, signal);
}

async function sampleOf(
  { host, home }: InvocationTools,
  { spec, preview }: PlannedInvocation,
  signal: AbortSignal | null,
): Promise<SampleRun> {
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
