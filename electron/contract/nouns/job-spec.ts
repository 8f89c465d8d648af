import * as z from "zod";
import { azurePartSchema } from "./azure/azure-part.ts";
import { csvDialectSchema } from "../tables/csv.ts";
import { deploymentSettingsSchema, outputFormatSchema } from "./deployment.ts";
import { deviceSchema } from "./device.ts";
import { scorerSchema } from "./scorer.ts";

/** One of the named files of a job's folder, as it was when the job was made. */
export const namedFileSchema = z.strictObject({
  /** Relative to the folder, with `/`. */
  path: z.string(),
  sizeBytes: z.number().int().min(0),
  modifiedMs: z.number(),
});
export type NamedFile = Readonly<z.infer<typeof namedFileSchema>>;

/**
 * A job, frozen at submit: everything that decides what its files will hold. Stored in the registry, sent to every
 * process that works on the job, and never changed afterwards, whatever happens to the deployment. Of an input that has to
 * be downloaded first, what is seen in it is frozen once it is there, before any work on it.
 */
export const jobSpecSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  endpointName: z.string(),
  deploymentName: z.string(),
  input: z.strictObject({
    /** Absolute path of the folder, or of the single file. */
    path: z.string(),
    kind: z.enum(["folder", "file"]),
    recursive: z.boolean(),
    /**
     * Only these files of the folder, as they were then: one that has changed or gone since fails and is not read.
     * Null: all of them, as they are when the job begins.
     */
    files: z.array(namedFileSchema).nonempty().nullable().default(null),
    /** The watch that made the job, by its id; null: a command or the window did. */
    watch: z.string().nullable().default(null),
    /** The name or address that the path was resolved from, as given (`azureml:…`, `file:…`); null: a path was given. */
    source: z.string().nullable().default(null),
    /** Where it is fetched from into the job's folder before all else, and whether it was; left out: it was here. */
    download: z.strictObject({ address: z.string(), done: z.boolean() }).optional(),
  }),
  /** The finished job whose rows are taken over where they still hold, and why; null: everything is scored. */
  base: z
    .strictObject({ job: z.string(), reason: z.enum(["retry-failed", "incremental"]) })
    .nullable()
    .default(null),
  model: z.strictObject({
    name: z.string(),
    version: z.string(),
    /** SHA-256 over the model folder's files, in hexadecimal. */
    hash: z.string(),
    /** Absolute path of the .onnx file inside the model store; empty for a script, whose model is not opened. */
    file: z.string(),
    /**
     * Absolute path of the model's folder in the store. For a script it is what AZUREML_MODEL_DIR says: a model that was
     * given as the folder `net` is `net/…` in it, one that was given as a file is that file. Specs of earlier versions have
     * none.
     */
    folder: z.string().default(""),
    /** In Azure's words; absent: custom_model. `output.format: azureml` writes other columns for an MLflow folder than for any other model. */
    type: z.enum(["custom_model", "mlflow_model", "triton_model"]).optional(),
  }),
  scorer: scorerSchema,
  /** How delimited text is read, sniffed once from the first readable file; null when the input has none. */
  dialect: csvDialectSchema.nullable(),
  /**
   * Whether `dialect` holds for the whole job, as in jobs of earlier versions, or is only what a delimited file is read in
   * that does not show another one itself.
   */
  dialectScope: z.enum(["job", "file"]).default("job"),
  settings: deploymentSettingsSchema,
  /** `settings.error_threshold` with what Azure's schema has no place for. */
  errorThreshold: z
    .strictObject({ percent: z.number().min(0).max(100).nullable(), unit: z.enum(["row", "file"]) })
    .default({ percent: null, unit: "row" }),
  compute: z.string(),
  /** Worker processes that the job may use. */
  workers: z.number().int().positive(),
  /** What its workers shall run the model on, `auto` resolved; a worker that cannot says so and runs it on the CPU. */
  device: deviceSchema.exclude(["auto"]).default("cpu"),
  /** What an instance costs an hour, in the user's own currency; null when nobody set it. */
  pricePerHour: z.number().min(0).nullable().default(null),
  /** Rows per `session.run`, frozen. */
  batch: z.number().int().positive(),
  /** Who chose `batch`: scorer.yml or the model itself, a measurement on this machine, or nobody. */
  batchChosenBy: z.enum(["model", "measurement", "default"]).default("default"),
  /** Big text files are cut into slices of about this many bytes, frozen so that a plan made again is the same plan. */
  sliceBytes: z.number().int().positive(),
  output: z.strictObject({
    folder: z.string(),
    /**
     * The folder within `folder` in which our files are: a script had written files of their names to `folder`. Known when they
     * get their names; left out: they are in `folder`.
     */
    ownFolder: z.string().optional(),
    fileName: z.string(),
    format: outputFormatSchema,
    csvFormulas: z.enum(["escape", "keep"]),
  }),
  /** Of a job that runs in Azure; left out: it runs on this computer. */
  azure: azurePartSchema.optional(),
  /** The overrides of this invocation, as given. */
  overrides: z.record(z.string(), z.string()),
  /** The deployment's YAML as it was stored, for the record in job.json. */
  deployment: z.record(z.string(), z.unknown()),
});
export type JobSpec = Readonly<z.infer<typeof jobSpecSchema>>;

/** The job of an Azure ML workspace. */
export type AzureJobSpec = JobSpec & { readonly azure: NonNullable<JobSpec["azure"]> };

export function runsInAzure(spec: JobSpec): spec is AzureJobSpec {
  return spec.azure !== undefined;
}
