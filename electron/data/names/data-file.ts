import * as z from "zod";
import { type Result, success } from "../../contract/problem.ts";
import { textMapSchema } from "../../deployments/yaml/endpoint-file.ts";
import { localPath } from "../../deployments/yaml/local-paths.ts";
import { type FileEdits, noEdits, readEditedFile } from "../../deployments/yaml/file-edits.ts";
import { schemaProblem, withoutNulls } from "../../deployments/yaml/read-yaml.ts";

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

/** Problems: data/invalid, with line and column; usage/invalid of an edit. */
export async function readDataFile(file: string, edits: FileEdits = noEdits): Promise<Result<DataFile>> {
  const yaml = await readEditedFile(file, "data/invalid", edits);
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
