import * as z from "zod";
import { problemSchema } from "../problem.ts";
import { waitingReasonSchema } from "./waiting-reason.ts";

/** Why a job moved to a state, as its history keeps it. Its words: contract/words and renderer/locales. */
export const jobNoteSchema = z.discriminatedUnion("kind", [
  /** The engine closed, or was asked to pause the job and then to go on. */
  z.strictObject({ kind: z.literal("handed-over") }),
  /** It gave up its workers, and waits because of `reason`. */
  z.strictObject({ kind: z.literal("waiting"), reason: waitingReasonSchema }),
  z.strictObject({ kind: z.literal("paused-while-queued") }),
  z.strictObject({ kind: z.literal("resumed") }),
  z.strictObject({ kind: z.literal("canceled-before-start") }),
  /** The program that ran it ended without handing it over. */
  z.strictObject({ kind: z.literal("engine-ended") }),
  /** It had paused itself, and its input and folders can be used again. */
  z.strictObject({ kind: z.literal("writable-again") }),
  /** Results of its own are damaged. */
  z.strictObject({ kind: z.literal("scored-again") }),
  z.strictObject({ kind: z.literal("downloaded") }),
  /** It failed or paused itself because of this. */
  z.strictObject({ kind: z.literal("problem"), problem: problemSchema }),
  /** The job `by` scored again what had failed. */
  z.strictObject({ kind: z.literal("retried"), by: z.string() }),
]);
export type JobNote = Readonly<z.infer<typeof jobNoteSchema>>;
