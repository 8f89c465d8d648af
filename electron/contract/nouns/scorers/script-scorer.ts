import * as z from "zod";
import { scorerOutputSchema } from "./scorer-parts.ts";

/**
 * A scoring script by Azure ML's contract: `init()` once a worker, then `run(mini_batch)` with the absolute paths of a
 * mini-batch's files; what it returns are the rows. An item is a file. There are no `outputs` to know beforehand.
 */
export const scriptScorerSchema = z.strictObject({
  kind: z.literal("script"),
  language: z.enum(["python", "node"]),
  /** Absolute path of the snapshot of the code, inside the workspace. */
  folder: z.string(),
  /** The script, relative to `folder`. */
  script: z.string(),
  /** SHA-256 over the files of `folder` (of its `folderManifest`), in hexadecimal: what its user trusted. */
  hash: z.string(),
  /** Name of the environment of this workspace that runs it. */
  environment: z.string(),
  /** Absolute path of the Python interpreter; null for Node, which is Batchdeck's own. */
  interpreter: z.string().nullable(),
  outputs: z.array(scorerOutputSchema).max(0),
  keep: z.array(z.string()).max(0),
  /** What its items are, where its rows name them: those of a script that Batchdeck generated for Azure. Left out: files. */
  unit: z.enum(["row", "file"]).optional(),
  batch: z.literal(1),
  fixedBatch: z.null(),
});
export type ScriptScorer = Readonly<z.infer<typeof scriptScorerSchema>>;
