import * as z from "zod";
import { modelFactsSchema } from "../nouns/model-scan.ts";
import { problemSchema } from "../problem.ts";
import { modelSignatureSchema } from "../signature.ts";

/**
 * What is said to the model process (electron/deployments/models/model-process.ts): it reads one model, says what it found, and
 * is ended by the program that asked, in whose place it may die. Every message is answered once, in order.
 */
export const toModelProcessSchema = z.discriminatedUnion("type", [
  /**
   * Read `file` (absolute path) as protobuf, without any library; answered by `scanned` or `problem`. `identity`: which
   * file was found there, as `device:inode`; null: any.
   */
  z.strictObject({ type: z.literal("scan"), file: z.string(), identity: z.string().nullable() }),
  /**
   * Detach scikit-learn's ZipMap, which rewrites `file`, then open it with ONNX Runtime and report its signature; output
   * widths that it does not declare are found by dry runs. Answered by `opened` or `problem`.
   */
  z.strictObject({ type: z.literal("open"), file: z.string() }),
  /** Run the model that was opened last with made-up items, together and alone; answered by `tried`. It may take long, or kill. */
  z.strictObject({ type: z.literal("try-items") }),
]);
export type ToModelProcess = Readonly<z.infer<typeof toModelProcessSchema>>;

export const fromModelProcessSchema = z.discriminatedUnion("type", [
  /** Where tensors say that their data is was not looked at: the facts are of the one file alone. */
  z.strictObject({ type: z.literal("scanned"), facts: modelFactsSchema }),
  z.strictObject({ type: z.literal("opened"), signature: modelSignatureSchema }),
  /** `dependent`: what came out for an item depended on those beside it. */
  z.strictObject({ type: z.literal("tried"), dependent: z.boolean() }),
  z.strictObject({ type: z.literal("problem"), problem: problemSchema }),
]);
export type FromModelProcess = Readonly<z.infer<typeof fromModelProcessSchema>>;
