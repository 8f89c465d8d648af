import * as z from "zod";
import { jobSpecSchema } from "../nouns/job-spec.ts";
import { scriptColumnSchema } from "../nouns/script-columns.ts";
import { writtenFileSchema } from "../nouns/written-file.ts";
import { problemSchema } from "../problem.ts";

/** What one job wrote in Azure. */
const azureSourceSchema = z.strictObject({
  /** Null: it wrote no rows. */
  rowsFile: z.string().nullable(),
  /** Of errors that a generated script writes; it need not be there. */
  errorsFolder: z.string(),
  /** The list of the input's files as they were then; null: they lay in Azure, and nobody here knows them. */
  listingFile: z.string().nullable(),
});
export type AzureSource = Readonly<z.infer<typeof azureSourceSchema>>;

/**
 * What is said to the convert process (electron/jobs/azure/convert-process.ts), which makes our files of what Azure wrote. Asked
 * again, it begins again.
 */
export const toConvertProcessSchema = z.strictObject({
  type: z.literal("convert"),
  /** Of a job in Azure. */
  spec: jobSpecSchema,
  /** What Azure wrote. */
  source: azureSourceSchema,
  /** Of a job that tries again what failed: what was written before, oldest first. */
  earlier: z.array(azureSourceSchema),
  /** The job has completed: an item without a row and without an error failed. */
  isWhole: z.boolean(),
  rowsPart: z.string(),
  errorsPart: z.string(),
  parquetPart: z.string().nullable(),
  /** The job's folder, for its journal and for what is only needed meanwhile. */
  jobFolder: z.string(),
});
export type ToConvertProcess = Readonly<z.infer<typeof toConvertProcessSchema>>;

const countSchema = z.number().int().min(0);

/** What the files hold that were made of Azure's. */
export const convertedFacts = {
  unit: z.enum(["row", "file"]),
  succeeded: countSchema,
  failed: countSchema,
  notANumber: countSchema,
  rows: countSchema,
  /** Items that Azure scored more than once, with other results. */
  repeated: countSchema,
  columns: z.array(scriptColumnSchema),
} as const;

export const fromConvertProcessSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("progress") }),
  z.strictObject({ type: z.literal("refused"), problem: problemSchema }),
  /** The file system refused. */
  z.strictObject({ type: z.literal("failed"), message: z.string(), errno: z.string().nullable() }),
  z.strictObject({
    type: z.literal("converted"),
    rowsFile: writtenFileSchema,
    errorsFile: writtenFileSchema,
    parquetFile: writtenFileSchema.nullable(),
    ...convertedFacts,
  }),
]);
export type FromConvertProcess = Readonly<z.infer<typeof fromConvertProcessSchema>>;
