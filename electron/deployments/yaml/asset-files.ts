import * as z from "zod";
import { type Result, success } from "../../contract/problem.ts";
import { type ModelType, modelTypeSchema } from "../../contract/views/model.ts";
import { textMapSchema } from "./endpoint-file.ts";
import { type FileEdits, readEditedFile } from "./file-edits.ts";
import { localPath } from "./local-paths.ts";
import { schemaProblem, withoutNulls, type YamlFile } from "./read-yaml.ts";

/** Azure's files of models, computes and environments. `$schema` is never fetched. Problems: usage/invalid. */

const versionSchema = z.union([z.string(), z.number()]).transform(String).optional();
const numberSchema = z.preprocess(
  (value) => (typeof value === "string" && value.trim() !== "" ? Number(value) : value),
  z.number().int().min(0),
);

const modelFileSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1),
  version: versionSchema,
  path: z.string().min(1),
  type: modelTypeSchema.optional(),
  description: z.string().optional(),
  stage: z.string().optional(),
  tags: textMapSchema.optional(),
  properties: textMapSchema.optional(),
  flavors: z.record(z.string(), z.unknown()).optional(),
});

export type ModelFile = {
  readonly name: string;
  readonly version: string | null;
  /** Absolute, or as written when it is an address. */
  readonly path: string;
  /** Null: left out. */
  readonly type: ModelType | null;
  /** Keys that a workspace does not keep. */
  readonly withoutEffect: readonly string[];
};

export async function readModelFile(file: string, edits: FileEdits): Promise<Result<ModelFile>> {
  const read = await readAs(modelFileSchema, file, edits);
  if (!read.ok) return read;
  const { $schema: _schema, name, version = null, path, type = null, ...others } = read.value.data;
  return success({
    name,
    version,
    path: localPath(read.value.yaml.file, path) ?? path,
    type,
    withoutEffect: givenKeys(others),
  });
}

/** What a local compute has of Azure's clusters, and two keys of ours; the machines that Azure makes are passed over. */
const computeFileSchema = z.looseObject({
  $schema: z.string().optional(),
  name: z.string().min(1),
  max_instances: numberSchema.optional(),
  idle_time_before_scale_down: numberSchema.optional(),
  tier: z.string().optional(),
  device: z.string().optional(),
  price_per_hour: z.union([z.string(), z.number()]).transform(String).optional(),
});

export type ComputeFile = {
  readonly name: string;
  readonly maxInstances: number | null;
  readonly idleSecondsBeforeScaleDown: number | null;
  readonly tier: string | null;
  readonly device: string | null;
  readonly pricePerHour: string | null;
  readonly withoutEffect: readonly string[];
};

export async function readComputeFile(file: string, edits: FileEdits): Promise<Result<ComputeFile>> {
  const read = await readAs(computeFileSchema, file, edits);
  if (!read.ok) return read;
  const {
    $schema: _schema,
    name,
    max_instances,
    idle_time_before_scale_down,
    tier,
    device,
    price_per_hour,
    ...others
  } = read.value.data;
  return success({
    name,
    maxInstances: max_instances ?? null,
    idleSecondsBeforeScaleDown: idle_time_before_scale_down ?? null,
    tier: tier?.toLowerCase().replace("lowpriority", "low_priority") ?? null,
    device: device ?? null,
    pricePerHour: price_per_hour ?? null,
    withoutEffect: givenKeys(others),
  });
}

/** An image and its packages, which nothing is made of here: only the name is taken. */
const environmentFileSchema = z.looseObject({ $schema: z.string().optional(), name: z.string().min(1) });

export type EnvironmentFile = { readonly name: string; readonly withoutEffect: readonly string[] };

export async function readEnvironmentFile(file: string, edits: FileEdits): Promise<Result<EnvironmentFile>> {
  const read = await readAs(environmentFileSchema, file, edits);
  if (!read.ok) return read;
  const { $schema: _schema, name, ...others } = read.value.data;
  return success({ name, withoutEffect: givenKeys(others) });
}

async function readAs<Schema extends z.ZodType>(
  schema: Schema,
  file: string,
  edits: FileEdits,
): Promise<Result<{ readonly data: z.output<Schema>; readonly yaml: YamlFile }>> {
  const yaml = await readEditedFile(file, "usage/invalid", edits);
  if (!yaml.ok) return yaml;
  const parsed = schema.safeParse(withoutNulls(yaml.value.value));
  return parsed.success
    ? success({ data: parsed.data, yaml: yaml.value })
    : schemaProblem(yaml.value, parsed.error, "usage/invalid");
}

function givenKeys(values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [key]));
}
