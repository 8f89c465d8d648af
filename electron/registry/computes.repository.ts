import { tierSchema } from "../contract/views/compute.ts";
import * as z from "zod";
import { deviceSchema } from "../contract/nouns/device.ts";
import { readableRows, storedRow } from "./rows/damage.ts";
import { timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";
import { localComputeName } from "../contract/views/compute.ts";

const rowSchema = z
  .strictObject({
    name: z.string(),
    max_instances: z.number().int().positive().nullable(),
    device: deviceSchema,
    idle_time_before_scale_down_s: z.number().int().min(0),
    tier: tierSchema,
    price_per_hour: z.number().min(0).nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform((row) => ({
    name: row.name,
    /** Null: as many workers as the machine has cores. */
    maxInstances: row.max_instances,
    device: row.device,
    idleSecondsBeforeScaleDown: row.idle_time_before_scale_down_s,
    tier: row.tier,
    /** Of one instance, in the user's own currency; null: none was set. */
    pricePerHour: row.price_per_hour,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));

export type ComputeRecord = Readonly<z.output<typeof rowSchema>>;
type ComputeToSave = Omit<ComputeRecord, "createdAt" | "updatedAt">;

export type ComputesRepository = {
  /** Makes or overwrites. */
  readonly save: (compute: ComputeToSave) => ComputeRecord;
  readonly find: (name: string) => ComputeRecord | null;
  /** By name. */
  readonly list: () => readonly ComputeRecord[];
  /** False when there was none. Throws when a deployment uses it, and for `local`. */
  readonly remove: (name: string) => boolean;
};

export function computesRepository(database: SqliteDatabase): ComputesRepository {
  const save = database.prepare(`
    INSERT INTO computes (name, max_instances, device, idle_time_before_scale_down_s, tier, price_per_hour,
      created_at, updated_at)
    VALUES (@name, @maxInstances, @device, @idleSecondsBeforeScaleDown, @tier, @pricePerHour, @now, @now)
    ON CONFLICT (name) DO UPDATE SET max_instances = @maxInstances, device = @device,
      idle_time_before_scale_down_s = @idleSecondsBeforeScaleDown, tier = @tier, price_per_hour = @pricePerHour, updated_at = @now
    RETURNING *`);
  const find = database.prepare("SELECT * FROM computes WHERE name = ?");
  const list = database.prepare("SELECT * FROM computes ORDER BY name");
  const remove = database.prepare("DELETE FROM computes WHERE name = ?");
  return {
    save: (compute) => rowSchema.parse(save.get({ ...compute, now: timestamp() })),
    find: (name) => storedRow(rowSchema, find.get(name), "computes", name),
    list: () => readableRows(rowSchema, list.all()),
    remove: (name) => {
      if (name.toLowerCase() === localComputeName) throw new Error("The compute local cannot be removed.");
      return remove.run(name).changes > 0;
    },
  };
}
