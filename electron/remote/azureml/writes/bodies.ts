import * as z from "zod";
import type { DeploymentSettings } from "../../../contract/nouns/deployment.ts";
import { hiddenValue } from "../nouns/deployments.ts";
import { optionalText, textMap, textOrEmpty } from "../nouns/resource.ts";
import type { DeploymentPlan, EndpointPlan } from "./plan.ts";

/** Parts of a resource that Batchdeck has no words for. */
const envelope = {
  location: z.string(),
  tags: textMap,
  kind: z.string().nullish(),
  sku: z.record(z.string(), z.unknown()).nullish(),
  identity: z
    .object({ type: z.string(), userAssignedIdentities: z.record(z.string(), z.unknown()).nullish() })
    .nullish(),
};
type Envelope = Readonly<z.output<z.ZodObject<typeof envelope>>>;

/** An endpoint as Azure has it, of the keys that a new one is made from: it can only be replaced whole. */
export const keptEndpointSchema = z.object({
  ...envelope,
  properties: z.object({
    description: textOrEmpty,
    properties: textMap,
    authMode: z.string(),
    defaults: z.object({ deploymentName: optionalText }).nullish(),
  }),
});
export type KeptEndpoint = z.output<typeof keptEndpointSchema>;

/** What an endpoint is to say of itself; left out: as it was. `defaultDeployment` null: none. */
export type EndpointChange = Partial<Omit<EndpointPlan, "name">> & { readonly defaultDeployment?: string | null };

const entra = "AADToken";

/** `kept` null: there is none. */
export function endpointBody(kept: KeptEndpoint | null, location: string, change: EndpointChange) {
  const own = kept?.properties;
  const { defaultDeployment = own?.defaults?.deploymentName ?? null } = change;
  return {
    location: kept?.location ?? location,
    tags: change.tags ?? kept?.tags ?? {},
    ...envelopeOf(kept),
    properties: {
      description: change.description ?? own?.description ?? "",
      properties: { ...withoutAzures(own?.properties ?? {}), ...change.properties },
      authMode: own?.authMode ?? entra,
      ...(defaultDeployment === null ? {} : { defaults: { deploymentName: defaultDeployment } }),
    },
  };
}

/** What is sent back as it came, without what Azure adds of its own. */
function envelopeOf(kept: Envelope | null) {
  const { kind = null, sku = null, identity = null } = kept ?? {};
  const users = identity?.userAssignedIdentities ?? null;
  return {
    ...(kind === null ? {} : { kind }),
    ...(sku === null ? {} : { sku }),
    ...(identity === null
      ? {}
      : {
          identity: {
            type: identity.type,
            ...(users === null
              ? {}
              : { userAssignedIdentities: Object.fromEntries(Object.keys(users).map((id) => [id, {}])) }),
          },
        }),
  };
}

/** Properties that Azure keeps for itself, such as where its last operation can be looked at. */
function withoutAzures(properties: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).filter(([key]) => !/^(azureml\.|azureasyncoperationuri$)/i.test(key)),
  );
}

/** A deployment as Azure has it, of the keys that a new one is made from. */
export const keptDeploymentSchema = z.object({
  ...envelope,
  properties: z.object({
    model: z.record(z.string(), z.unknown()).nullish(),
    codeConfiguration: z.record(z.string(), z.unknown()).nullish(),
    environmentId: optionalText,
    properties: textMap,
    /** With their values, which may be secrets: they go back to Azure, and nowhere else. */
    environmentVariables: textMap,
  }),
});
export type KeptDeployment = z.output<typeof keptDeploymentSchema>;

/** What a deployment consists of, by Azure's ids. */
export type DeploymentParts = {
  readonly model: Readonly<Record<string, unknown>> | null;
  /** Null: Azure's own scoring of MLflow models. */
  readonly code: Readonly<Record<string, unknown>> | null;
  readonly environmentId: string | null;
  readonly computeId: string;
};

/** The model, the code and the environment that a deployment has. */
export function partsOf({ properties }: KeptDeployment, computeId: string): DeploymentParts {
  const { model = null, codeConfiguration, environmentId } = properties;
  return { model, code: codeConfiguration ?? null, environmentId, computeId };
}

/** `kept` null: there is none of that name. */
export function deploymentBody(
  kept: KeptDeployment | null,
  location: string,
  { description, tags, properties, settings, instanceType }: DeploymentWords,
  { model, code, environmentId, computeId }: DeploymentParts,
) {
  return {
    location: kept?.location ?? location,
    tags,
    ...envelopeOf(kept),
    properties: {
      description,
      // Azure takes none away.
      properties: { ...withoutAzures(kept?.properties.properties ?? {}), ...withoutAzures(properties) },
      ...(model === null ? {} : { model }),
      ...(code === null ? {} : { codeConfiguration: code }),
      ...(environmentId === null ? {} : { environmentId }),
      compute: computeId,
      resources: {
        instanceCount: settings.instance_count ?? 1,
        ...(instanceType === null ? {} : { instanceType }),
      },
      ...settingsBody(settings),
      environmentVariables: withKeptValues(settings.environment_variables, kept?.properties.environmentVariables ?? {}),
    },
  };
}

type DeploymentWords = Pick<DeploymentPlan, "description" | "tags" | "properties" | "settings" | "instanceType">;

/** Run settings, with the defaults of Azure's reference written out. */
function settingsBody(settings: DeploymentSettings) {
  const { output_action, output_file_name, retry_settings, logging_level } = settings;
  const appends = output_action === "append_row";
  return {
    miniBatchSize: settings.mini_batch_size,
    maxConcurrencyPerInstance: settings.max_concurrency_per_instance ?? 1,
    retrySettings: { maxRetries: retry_settings.max_retries, timeout: `PT${retry_settings.timeout ?? 30}S` },
    outputAction: appends ? "AppendRow" : "SummaryOnly",
    ...(appends ? { outputFileName: output_file_name ?? "predictions.csv" } : {}),
    errorThreshold: settings.error_threshold,
    loggingLevel: `${logging_level[0]?.toUpperCase()}${logging_level.slice(1)}`,
  };
}

/** What was read of Azure and is written again holds no values: each is the one that Azure has, and without one there is no variable. */
function withKeptValues(
  variables: Readonly<Record<string, string>>,
  kept: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => {
      if (value !== hiddenValue) return [[name, value]];
      const known = kept[name];
      return known === undefined ? [] : [[name, known]];
    }),
  );
}
