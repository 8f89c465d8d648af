import * as z from "zod";
import { azureNameSchema } from "../../contract/names.ts";
import { type Result, success } from "../../contract/problem.ts";
import { type FileEdits, noEdits, readEditedFile } from "./file-edits.ts";
import { schemaProblem, withoutNulls, type YamlFile } from "./read-yaml.ts";
import { textMap } from "./tidy-settings.ts";

export const textMapSchema = z.preprocess(textMap, z.record(z.string(), z.string()));
export const nameSchema = z
  .string()
  .refine((name) => azureNameSchema.safeParse(name).success, { params: { rule: "azure-name" } });

/** Azure's batch endpoint file, with the read-only keys that Azure's own export adds. `$schema` is never fetched. */
const endpointFileSchema = z.strictObject({
  $schema: z.string().optional(),
  name: nameSchema,
  description: z.string().default(""),
  tags: textMapSchema.default({}),
  properties: textMapSchema.default({}),
  auth_mode: z.string().default("aad_token"),
  defaults: z.strictObject({ deployment_name: nameSchema.optional() }).default({}),
  id: z.string().optional(),
  location: z.string().optional(),
  openapi_uri: z.string().optional(),
  provisioning_state: z.string().optional(),
  scoring_uri: z.string().optional(),
});

export type EndpointFile = {
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly authMode: string;
  readonly defaultDeployment: string | null;
  /** The file's content, whole. */
  readonly source: Readonly<Record<string, unknown>>;
};

/** `file` null: all of it is in the edits. Problems: endpoint/invalid, with line and column; usage/invalid. */
export async function readEndpointFile(file: string | null, edits: FileEdits = noEdits): Promise<Result<EndpointFile>> {
  const yaml = await readEditedFile(file, "endpoint/invalid", edits);
  return yaml.ok ? endpointFromYaml(yaml.value) : yaml;
}

/** As `readEndpointFile`, of a file that was read. */
export function endpointFromYaml(yaml: YamlFile): Result<EndpointFile> {
  const parsed = endpointFileSchema.safeParse(withoutNulls(yaml.value));
  if (!parsed.success) return schemaProblem(yaml, parsed.error, "endpoint/invalid");
  const { name, description, tags, properties, auth_mode: authMode, defaults } = parsed.data;
  const defaultDeployment = defaults.deployment_name ?? null;
  return success({ name, description, tags, properties, authMode, defaultDeployment, source: yaml.value });
}
