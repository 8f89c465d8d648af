import * as z from "zod";

const count = z.number().int().min(0);
const span = { low: z.number().min(0), high: z.number().min(0) };

/** How long something will take, and what that is known from. */
export const azureTimeSchema = z.discriminatedUnion("kind", [
  /** Seconds, by what so many earlier jobs took. */
  z.strictObject({ kind: z.literal("from-jobs"), ...span, jobs: count }),
  z.strictObject({ kind: z.literal("no-earlier") }),
  /** There were earlier ones, of a size that tells nothing about this one. */
  z.strictObject({ kind: z.literal("much-smaller") }),
  /** Nobody knows how much lies in Azure. */
  z.strictObject({ kind: z.literal("unknown-size") }),
]);
export type AzureTime = Readonly<z.infer<typeof azureTimeSchema>>;

/** What a node of a cluster costs an hour, as its user says. */
export const nodePriceSchema = z.strictObject({
  amount: z.number().positive().max(1e9),
  /** A code of three letters (ISO 4217), in capitals. */
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export type NodePrice = Readonly<z.infer<typeof nodePriceSchema>>;

/** What a job in Azure will take, as far as it is known; nothing of it is a guess. */
export const azureEstimateSchema = z.strictObject({
  nodes: z.number().int().positive(),
  /** Null: nothing is sent, since the input lies in Azure. */
  upload: z
    .strictObject({
      /** At most so many are still to be sent. */
      bytes: count,
      /** The job that sent the same files to the same place before; null: none of this computer. */
      sent_by: z.string().nullable(),
      time: azureTimeSchema,
    })
    .nullable(),
  /** From the request to the end of the job in Azure, waiting for the cluster included. */
  run: azureTimeSchema,
  /** Null: nobody gave one. */
  price: nodePriceSchema.nullable(),
  /** Nodes, at that price, for the time of `run`; null: one of them is not known. */
  cost: z.strictObject(span).nullable(),
});
export type AzureEstimate = Readonly<z.infer<typeof azureEstimateSchema>>;
