import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { Violation } from "../server.ts";

/** What the published data plane takes as a job of a model deployment, by the names of its client. */
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const modelInput = z.strictObject({
  jobInputType: z.enum(["UriFile", "UriFolder"]),
  uri: z
    .string()
    .regex(
      /^(azureml:\/\/datastores\/[^/]+\/paths\/.*|\/subscriptions\/.+\/data\/[^/]+\/versions\/[^/]+|https:\/\/.+)$/,
    ),
  mode: z.enum(["ReadOnlyMount", "Download", "Direct"]).optional(),
});
const modelOutput = z.strictObject({
  /** "Job output type must be 'uri_file'." */
  jobOutputType: z.literal("UriFile"),
  uri: z.string().regex(/^azureml:\/\/datastores\/[^/]+\/paths\/.+$/),
});
const bodySchema = z.strictObject({
  properties: z.strictObject({
    name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}$/),
    // Of a model deployment, one and no more.
    inputData: z.record(z.string().regex(/^\w+$/), modelInput).refine((inputs) => Object.keys(inputs).length === 1),
    outputData: z.strictObject({ score: modelOutput }),
    compute: z.strictObject({ instanceCount: z.number().int().positive() }).optional(),
    miniBatchSize: z.number().int().positive().optional(),
    errorThreshold: z.number().int().min(-1).optional(),
    maxConcurrencyPerInstance: z.number().int().positive().optional(),
    retrySettings: z
      .strictObject({
        maxRetries: z.number().int().min(0).optional(),
        timeout: z
          .string()
          .regex(/^PT\d+S$/)
          .optional(),
      })
      .optional(),
    loggingLevel: z.enum(["Info", "Warning", "Debug"]).optional(),
    outputFileName: z.string().optional(),
    properties: z.record(z.string(), z.string()).optional(),
    tags: z.record(z.string(), z.string()).optional(),
    description: z.string().optional(),
  }),
});
export type JobRequest = z.infer<typeof bodySchema>["properties"];

/** Throws `Violation`. */
export function readJobRequest(
  body: string,
  headers: IncomingHttpHeaders,
): {
  readonly request: JobRequest;
  readonly requestId: string;
  readonly deployment: string | null;
} {
  if (headers["content-type"] !== "application/json") throw new Violation(`it is ${headers["content-type"]}`);
  const requestId = headers["repeatability_request-id"];
  if (typeof requestId !== "string" || !uuid.test(requestId))
    throw new Violation("its repeatability_request-id is no UUID");
  const parsed = bodySchema.safeParse(JSON.parse(body));
  if (!parsed.success) {
    throw new Violation(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  }
  const deployment = headers["azureml-model-deployment"];
  return { request: parsed.data.properties, requestId, deployment: typeof deployment === "string" ? deployment : null };
}
