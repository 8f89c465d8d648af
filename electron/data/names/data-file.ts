import * as z from "zod";
import { type Result, success } from "../../contract/problem.ts";
import { textMapSchema } from "../../deployments/yaml/endpoint-file.ts";
import { localPath } from "../../deployments/yaml/local-paths.ts";
import { readYamlFile, schemaProblem, withoutNulls } from "../../deployments/yaml/read-yaml.ts";

/** Azure's file of a data asset. `$schema` is never fetched. */
const dataFileSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string(),
  version: z.union([z.string(), z.number()]).transform(String).optional(),
  type: z.string().default("uri_folder"),
  path: z.string().min(1),
  description: z.string().default(""),
  tags: textMapSchema.default({}),
  properties: textMapSchema.default({}),
});

export type DataFile = {
  readonly name: string;
  readonly version: string | null;
  /** As written; Azure's default when left out. */
  readonly type: string;
  /** Absolute, or as written when it is an address. */
  readonly path: string;
  readonly description: string;
  /** It has tags or properties, which a workspace does not keep. */
  readonly hasTags: boolean;
};

/** Problem: data/invalid, with line and column. */
export async function readDataFile(file: string): Promise<Result<DataFile>> {
  const yaml = await readYamlFile(file, "data/invalid");
  if (!yaml.ok) return yaml;
  const parsed = dataFileSchema.safeParse(withoutNulls(yaml.value.value));
  if (!parsed.success) return schemaProblem(yaml.value, parsed.error, "data/invalid");
  const { name, version = null, type, path, description, tags, properties } = parsed.data;
  return success({
    name,
    version,
    type,
    path: localPath(yaml.value.file, path) ?? path,
    description,
    hasTags: Object.keys(tags).length + Object.keys(properties).length > 0,
  });
}
