import * as z from "zod";
import { batchRateSchema } from "../contract/messages/device-messages.ts";
import { deviceSchema } from "../contract/nouns/device.ts";
import { readableRows } from "./rows/damage.ts";
import { jsonColumn, timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({
    model_hash: z.string(),
    scorer_hash: z.string(),
    device: deviceSchema.exclude(["auto"]),
    batch: z.number().int().positive(),
    rates: jsonColumn(z.array(batchRateSchema)),
    measured_at: z.string(),
  })
  .transform((row) => ({
    /** As of the model record. */
    modelHash: row.model_hash,
    /** SHA-256 of the scorer as it was frozen, in hexadecimal. */
    scorerHash: row.scorer_hash,
    device: row.device,
    /** Rows per run that were chosen. */
    batch: row.batch,
    /** Rows a second of one worker, while as many worked as the job could use. */
    rates: row.rates,
    measuredAt: row.measured_at,
  }));

export type TuningRecord = Readonly<z.output<typeof rowSchema>>;
type TuningToAdd = Omit<TuningRecord, "measuredAt">;

/** What was measured about models on this machine. */
export type TuningsRepository = {
  /** Keeps the measurement, unless there is one already: what was chosen once stays. Gives back the one that is kept. */
  readonly add: (tuning: TuningToAdd) => TuningRecord;
  readonly find: (modelHash: string, scorerHash: string, device: TuningRecord["device"]) => TuningRecord | null;
};

export function tuningsRepository(database: SqliteDatabase): TuningsRepository {
  const add = database.prepare(`
    INSERT INTO tunings (model_hash, scorer_hash, device, batch, rates, measured_at)
    VALUES (@modelHash, @scorerHash, @device, @batch, @rates, @now)
    ON CONFLICT (model_hash, scorer_hash, device) DO UPDATE SET batch = batch RETURNING *`);
  const find = database.prepare("SELECT * FROM tunings WHERE model_hash = ? AND scorer_hash = ? AND device = ?");
  return {
    add: (tuning) => {
      const now = timestamp();
      const kept = add.get({ ...tuning, rates: JSON.stringify(tuning.rates), now });
      // One that is there and damaged counts as little as none.
      return readableRows(rowSchema, [kept])[0] ?? { ...tuning, measuredAt: now };
    },
    find: (modelHash, scorerHash, device) =>
      readableRows(rowSchema, [find.get(modelHash, scorerHash, device)])[0] ?? null,
  };
}
