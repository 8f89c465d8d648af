import * as z from "zod";
import { deviceSchema } from "../contract/nouns/device.ts";
import { readableRows } from "./rows/damage.ts";
import { timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({
    model_hash: z.string(),
    scorer_hash: z.string(),
    device: deviceSchema.exclude(["auto"]),
    job: z.string(),
    workers: z.number().int().positive(),
    items: z.number().int().positive(),
    rate: z.number().positive(),
    seconds: z.number().positive(),
    output_bytes: z.number().int().min(0),
    output_format: z.string(),
    ended_at: z.string(),
  })
  .transform((row) => ({
    /** As of the model record. */
    modelHash: row.model_hash,
    /** SHA-256 of the scorer as it was frozen, in hexadecimal. */
    scorerHash: row.scorer_hash,
    device: row.device,
    job: row.job,
    workers: row.workers,
    /** That it scored, failed ones included. */
    items: row.items,
    /** Items a second, from the first worker that was ready to the last commit. */
    rate: row.rate,
    /** That it was worked on, from its listing to its files. */
    seconds: row.seconds,
    /** Of its predictions and errors.csv. */
    outputBytes: row.output_bytes,
    outputFormat: row.output_format,
    endedAt: row.ended_at,
  }));

export type SpeedRecord = Readonly<z.output<typeof rowSchema>>;
type SpeedKey = Pick<SpeedRecord, "modelHash" | "scorerHash" | "device">;

/** What the last finished jobs of a model, a scorer and a device took on this machine. */
export type SpeedsRepository = {
  /** Keeps the last few of the same model, scorer and device. */
  readonly add: (speed: Omit<SpeedRecord, "endedAt">) => void;
  /** Newest first. */
  readonly list: (key: SpeedKey) => readonly SpeedRecord[];
};

const keptJobs = 5;

export function speedsRepository(database: SqliteDatabase): SpeedsRepository {
  const add = database.prepare(`
    INSERT OR REPLACE INTO speeds (model_hash, scorer_hash, device, job, workers, items, rate, seconds, output_bytes,
      output_format, ended_at)
    VALUES (@modelHash, @scorerHash, @device, @job, @workers, @items, @rate, @seconds, @outputBytes, @outputFormat, @now)`);
  const ofKey = "model_hash = @modelHash AND scorer_hash = @scorerHash AND device = @device";
  const list = database.prepare(`SELECT * FROM speeds WHERE ${ofKey} ORDER BY ended_at DESC, job DESC`);
  const forget = database.prepare(`DELETE FROM speeds WHERE ${ofKey} AND job NOT IN (
    SELECT job FROM speeds WHERE ${ofKey} ORDER BY ended_at DESC, job DESC LIMIT ${keptJobs})`);
  return {
    add: (speed) => {
      const { modelHash, scorerHash, device } = speed;
      add.run({ ...speed, now: timestamp() });
      forget.run({ modelHash, scorerHash, device });
    },
    list: ({ modelHash, scorerHash, device }) => readableRows(rowSchema, list.all({ modelHash, scorerHash, device })),
  };
}
