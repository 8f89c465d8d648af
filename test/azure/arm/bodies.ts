import * as z from "zod";

/** What Azure's published interface takes in the body of each write: no other key, and what is required. */
const texts = z.record(z.string(), z.string());
const reference = z.strictObject({ referenceType: z.literal("Id"), assetId: z.string().min(1) });
const identity = z.strictObject({
  type: z.enum(["None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"]),
  userAssignedIdentities: z.record(z.string(), z.strictObject({})).optional(),
});
const sku = z.strictObject({
  name: z.string(),
  tier: z.string().optional(),
  size: z.string().optional(),
  family: z.string().optional(),
  capacity: z.number().optional(),
});
const tracked = {
  location: z.string().min(1),
  tags: texts.optional(),
  kind: z.string().optional(),
  identity: identity.optional(),
  sku: sku.optional(),
};
const name = z.string().regex(/^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/);
const count = z.number().int().min(1);

const endpoint = z.strictObject({
  ...tracked,
  properties: z.strictObject({
    description: z.string().optional(),
    properties: texts.optional(),
    // The interface has other modes, which batch endpoints do not.
    authMode: z.literal("AADToken"),
    defaults: z.strictObject({ deploymentName: name }).optional(),
  }),
});

const deployment = z.strictObject({
  ...tracked,
  properties: z.strictObject({
    description: z.string().optional(),
    properties: texts.optional(),
    codeConfiguration: z.strictObject({ codeId: z.string().optional(), scoringScript: z.string().min(1) }).optional(),
    environmentId: z.string().optional(),
    environmentVariables: texts.optional(),
    compute: z.string().optional(),
    errorThreshold: z.number().int().min(-1).optional(),
    retrySettings: z
      .strictObject({
        maxRetries: z.number().int().min(0),
        timeout: z.string().regex(/^P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$/),
      })
      .optional(),
    miniBatchSize: count.optional(),
    loggingLevel: z.enum(["Info", "Warning", "Debug"]).optional(),
    model: reference.optional(),
    maxConcurrencyPerInstance: count.optional(),
    outputAction: z.enum(["SummaryOnly", "AppendRow"]).optional(),
    outputFileName: z.string().min(1).optional(),
    resources: z
      .strictObject({
        instanceCount: count.optional(),
        instanceType: z.string().optional(),
        properties: z.record(z.string(), z.unknown()).optional(),
      })
      .optional(),
  }),
});

const asset = {
  description: z.string().optional(),
  tags: texts.optional(),
  properties: texts.optional(),
  isAnonymous: z.boolean().optional(),
  isArchived: z.boolean().optional(),
};
const version = (own: z.core.$ZodLooseShape) => z.strictObject({ properties: z.strictObject({ ...asset, ...own }) });

export const bodies = {
  BatchEndpoints_CreateOrUpdate: endpoint,
  BatchEndpoints_Update: z.strictObject({ tags: texts.optional(), identity: identity.optional() }),
  BatchDeployments_CreateOrUpdate: deployment,
  BatchDeployments_Update: z.strictObject({
    properties: z.strictObject({ description: z.string().optional() }).optional(),
    tags: texts.optional(),
  }),
  ModelVersions_CreateOrUpdate: version({
    modelType: z.enum(["custom_model", "mlflow_model", "triton_model"]),
    modelUri: z.string().startsWith("azureml://subscriptions/"),
    flavors: z.record(z.string(), z.strictObject({ data: texts })).optional(),
  }),
  CodeVersions_CreateOrUpdate: version({ codeUri: z.url({ protocol: /^https$/ }) }),
  EnvironmentVersions_CreateOrUpdate: version({
    image: z.string().min(1),
    condaFile: z.string().optional(),
    osType: z.enum(["Linux", "Windows"]).optional(),
  }),
  DataVersions_CreateOrUpdate: version({
    dataType: z.enum(["uri_file", "uri_folder", "mltable"]),
    dataUri: z.string().min(1),
  }),
} as const;
