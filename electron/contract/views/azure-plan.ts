import * as z from "zod";
import { azureEstimateSchema } from "../nouns/azure/azure-estimate.ts";
import { azureMissingRightSchema } from "../nouns/azure/missing-right.ts";
import { outputFormatSchema } from "../nouns/deployment.ts";
import { problemSchema } from "../problem.ts";

/** What a job in Azure would be, before anything is sent. */
export const azurePlanSchema = z.strictObject({
  /** Every reason to refuse it. */
  problems: z.array(problemSchema),
  /** Null: too little is known. */
  job: z
    .strictObject({
      workspace: z.string(),
      /** The account that it runs as. */
      run_as: z.string(),
      /** The cluster. */
      compute: z.string(),
      /** Where the files are sent. */
      datastore: z.string(),
      /** What is sent; null: the input lies in Azure. */
      upload: z
        .strictObject({
          files: z.number().int().min(0),
          bytes: z.number().int().min(0),
          /** Files in folders of the input, which Azure does not look into. */
          nested: z.number().int().min(0),
        })
        .nullable(),
      output_folder: z.string(),
      output_file: z.string(),
      output_format: outputFormatSchema,
      estimate: azureEstimateSchema,
      /** As Azure tells; the job can be started all the same. */
      missing_rights: z.array(azureMissingRightSchema),
    })
    .nullable(),
});
export type AzurePlan = Readonly<z.infer<typeof azurePlanSchema>>;
