import * as z from "zod";
import type { Device } from "../nouns/device.ts";

/** The compute that always exists. */
export const localComputeName = "local";

/** `low_priority` gives way to dedicated work, to battery power and to the computer's user. */
export const tierSchema = z.enum(["dedicated", "low_priority"]);
export type Tier = z.infer<typeof tierSchema>;

/** A compute as scripts see it (`compute show --json`), in Azure's words. */
export type ComputeView = {
  readonly name: string;
  /** Null: as many as the computer has cores. */
  readonly max_instances: number | null;
  readonly device: Device;
  /** Seconds. */
  readonly idle_time_before_scale_down: number;
  readonly tier: Tier;
  /** Of one instance, in the user's own currency; null: none was set. */
  readonly price_per_hour: number | null;
};
