import * as z from "zod";
import { problemSchema } from "../problem.ts";

/** What low-priority work gives way to. `quiet`: what it gave way to has only just ended. */
const givingWaySchema = z.enum(["battery", "user", "quiet"]);
export type GivingWay = z.infer<typeof givingWaySchema>;

/** How far a transfer is; 0 bytes a second: it has just begun. */
const transfer = {
  doneBytes: z.number().min(0),
  totalBytes: z.number().min(0),
  bytesPerSecond: z.number().min(0).default(0),
};

/** Why nobody works on a job, or fewer workers than it asked for. Its words: contract/sentences and renderer/locales. */
export const waitingReasonSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("queue-paused") }),
  /** No program works on the queue at all. */
  z.strictObject({ kind: z.literal("no-engine"), job: z.string() }),
  /** The engine works for waiting commands only, and none waits for this job. */
  z.strictObject({ kind: z.literal("no-command"), job: z.string() }),
  /** Its compute has low priority. */
  z.strictObject({ kind: z.literal("giving-way"), to: givingWaySchema }),
  /** Its share is ready, but workers of other jobs have not ended yet. */
  z.strictObject({ kind: z.literal("others-ending") }),
  z.strictObject({
    kind: z.literal("short"),
    of: z.enum(["cores", "instances"]),
    compute: z.string(),
    workers: z.number().int().min(0),
    wanted: z.number().int().min(0),
    /** Jobs that have workers which this one would take. */
    others: z.array(z.string()).readonly(),
  }),
  /** The input is being listed. */
  z.strictObject({ kind: z.literal("listing") }),
  /** Its workers are starting. */
  z.strictObject({ kind: z.literal("starting") }),
  /** A remote input is being listed. */
  z.strictObject({ kind: z.literal("download-listing") }),
  z.strictObject({ kind: z.literal("downloading"), doneBytes: z.number().min(0), totalBytes: z.number().min(0) }),
  /** Of a job for Azure: its files are read, so that none is sent twice. */
  z.strictObject({ kind: z.literal("azure-hashing") }),
  z.strictObject({ kind: z.literal("azure-uploading"), ...transfer }),
  z.strictObject({ kind: z.literal("azure-submitting") }),
  /** It was sent; `status` is Azure's own word for where it stands. */
  z.strictObject({ kind: z.literal("azure-following"), status: z.string() }),
  z.strictObject({ kind: z.literal("azure-canceling"), status: z.string() }),
  z.strictObject({ kind: z.literal("azure-downloading"), ...transfer }),
  /** What Azure wrote becomes our files. */
  z.strictObject({ kind: z.literal("azure-converting") }),
  /** Azure cannot be reached since then (ISO 8601); it is tried again, for as long as it takes. */
  z.strictObject({ kind: z.literal("azure-unreachable"), since: z.string(), problem: problemSchema }),
  /** A remote input has arrived and is being previewed. */
  z.strictObject({ kind: z.literal("downloaded") }),
]);
export type WaitingReason = Readonly<z.infer<typeof waitingReasonSchema>>;

/** True for a job that waits for mains power or for its user to leave: no reason to keep the computer awake. */
export function waitsForMachine(reason: WaitingReason | null): boolean {
  return reason?.kind === "giving-way" && reason.to !== "quiet";
}
