import * as z from "zod";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import { failure, problemOf, type Result, success } from "../../contract/problem.ts";
import { addressIn } from "../azureml/addresses.ts";
import { endpoint } from "../azureml/nouns/endpoints.ts";
import { type Missing, refusal } from "../azureml/refusals.ts";
import type { AzureSession } from "../identity/session.ts";
import { createService, plain, type ServiceAnswer } from "./service.ts";
import { submitBody } from "./submit-body.ts";

/** A job as Azure describes it. */
export type SeenJob = {
  readonly name: string;
  /** Azure's word. */
  readonly status: string;
  readonly studioUrl: string | null;
  /** Why it failed, where Azure says so. */
  readonly reason: string;
  /** Where its output is, relative to its datastore; null: unknown. */
  readonly outputPath: string | null;
  readonly secondsToWait: number | null;
};

/** `refused`: Azure said no, so that there is no job. `exists`: there is one of that name. */
export type Submitted = { readonly kind: "made"; readonly job: SeenJob } | { readonly kind: "exists" };

/**
 * The jobs of one endpoint. Problems: those of a `Service`; endpoint/not-found, azure/not-ready, azure/forbidden, azure/refused,
 * azure/unexpected-answer.
 */
export type BatchJobs = {
  /** By its name, from the endpoint and then from the workspace; null: neither knows it. */
  readonly find: (name: string, signal: AbortSignal) => Promise<Result<SeenJob | null>>;
  /** Sent once: of a problem other than a refusal nobody knows whether it arrived. */
  readonly submit: (inputUri: string, signal: AbortSignal) => Promise<Result<Submitted>>;
  /** True: Azure accepted it, or the job has ended already. */
  readonly cancel: (name: string, signal: AbortSignal) => Promise<Result<boolean>>;
};

const text = z.string().nullish();
const jobSchema = z.object({
  id: text,
  name: text,
  properties: z.object({
    status: text,
    interactionEndpoints: z.record(z.string(), z.object({ endpoint: text }).nullish()).nullish(),
    services: z.record(z.string(), z.object({ endpoint: text }).nullish()).nullish(),
    output: z.object({ path: text }).nullish(),
    error: z.object({ message: text }).nullish(),
  }),
});

export function openBatchJobs(session: AzureSession, spec: AzureJobSpec): BatchJobs {
  const [data, manager] = [createService(session, "ml"), createService(session, "resource-manager")];
  const { place } = spec.azure;
  const inWorkspace = (names: readonly string[]) =>
    new URL(session.cloud.resource_manager).origin + addressIn(place, names);
  const missing: Missing = {
    thing: problemOf("endpoint/not-found:azure", { name: spec.endpointName, workspace: place.workspace }),
    place: problemOf("azure/workspace-not-found", { workspace: place.workspace }),
  };
  let known: string | null = null;

  function refused(answer: ServiceAnswer, url: string): Result<never> {
    return {
      ok: false,
      problem: refusal({ status: answer.status, address: plain(url), body: answer.text, isReading: false }, missing),
    };
  }

  /** Where the endpoint is invoked, as Azure says it now. */
  async function scoringUri(signal: AbortSignal): Promise<Result<string>> {
    if (known !== null) return success(known);
    const url = inWorkspace(["batchEndpoints", spec.endpointName]);
    const answer = await manager({ method: "GET", url, signal });
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return refused(answer.value, url);
    const parsed = endpoint.safeParse(answer.value.json);
    if (!parsed.success) return unexpected(url);
    const { scoring_uri: uri, provisioning_state: state } = parsed.data;
    const what = `endpoint "${spec.endpointName}"`;
    if (uri === null || !URL.canParse(uri))
      return failure("azure/not-ready", { what, state: state ?? "without an address" });
    known = uri.replace(/\/+$/, "");
    return success(known);
  }

  async function look(from: typeof data, url: string, signal: AbortSignal): Promise<Result<SeenJob | null>> {
    const answer = await from({ method: "GET", url, signal });
    if (!answer.ok) return answer;
    if (answer.value.status === 404) return success(null);
    if (answer.value.status !== 200) return refused(answer.value, url);
    const job = seenJob(answer.value);
    return job === null ? unexpected(url) : success(job);
  }

  return {
    async find(name, signal) {
      const uri = await scoringUri(signal);
      // Jobs outlive their endpoint.
      if (!uri.ok && uri.problem.code === "endpoint/not-found")
        return look(manager, inWorkspace(["jobs", name]), signal);
      if (!uri.ok) return uri;
      const seen = await look(data, `${uri.value}/${encodeURIComponent(name)}`, signal);
      if (!seen.ok || seen.value !== null) return seen;
      return look(manager, inWorkspace(["jobs", name]), signal);
    },

    async submit(inputUri, signal) {
      const uri = await scoringUri(signal);
      if (!uri.ok) return uri;
      const headers = {
        "azureml-model-deployment": spec.deploymentName,
        "repeatability_request-id": spec.azure.requestId,
      };
      const body = submitBody(spec, inputUri);
      const answer = await data({ method: "POST", url: uri.value, headers, body, signal });
      if (!answer.ok) return answer;
      if (answer.value.status === 409) return success({ kind: "exists" });
      if (answer.value.status >= 300) return refused(answer.value, uri.value);
      const job = seenJob(answer.value);
      return job === null ? unexpected(uri.value) : success({ kind: "made", job });
    },

    async cancel(name, signal) {
      const url = inWorkspace(["jobs", name, "cancel"]);
      const answer = await manager({ method: "POST", url, signal });
      if (!answer.ok) return answer;
      const { status } = answer.value;
      // One that has ended cannot be cancelled; its status shows how.
      return status < 300 || status === 400 || status === 409
        ? success(true)
        : status === 404
          ? success(false)
          : refused(answer.value, url);
    },
  };
}

function seenJob({ json, secondsToWait }: ServiceAnswer): SeenJob | null {
  const parsed = jobSchema.safeParse(json).data;
  if (parsed === undefined) return null;
  const { id, name, properties } = parsed;
  const known = id?.split("/").at(-1) ?? name ?? "";
  if (known === "") return null;
  const studio = properties.interactionEndpoints?.["Studio"] ?? properties.services?.["Studio"];
  return {
    name: known,
    status: properties.status ?? "NotStarted",
    studioUrl: webAddress(studio?.endpoint ?? null),
    reason: (properties.error?.message ?? "").slice(0, 600),
    outputPath: properties.output?.path ?? null,
    secondsToWait,
  };
}

/** A link that people may be shown: a page of the web, and nothing else. */
function webAddress(address: string | null): string | null {
  return address !== null && /^https:\/\/[^\s"'<>]{1,2000}$/.test(address) ? address : null;
}

function unexpected(url: string): Result<never> {
  return failure("azure/unexpected-answer", { address: plain(url), fault: "shape" });
}
