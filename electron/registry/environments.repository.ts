import * as z from "zod";
import { readableRows, storedRow } from "./rows/damage.ts";
import { timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({
    name: z.string(),
    kind: z.enum(["python", "node"]),
    interpreter: z.string().nullable(),
    version: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform((row) => ({
    name: row.name,
    kind: row.kind,
    /** Absolute path; null for Node, which is Batchdeck's own. */
    interpreter: row.interpreter,
    /** What the interpreter said of itself when the environment was made; null for Node. */
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));

export type EnvironmentRecord = Readonly<z.output<typeof rowSchema>>;
type EnvironmentToSave = Omit<EnvironmentRecord, "createdAt" | "updatedAt">;

export type EnvironmentsRepository = {
  /** Makes or overwrites. */
  readonly save: (environment: EnvironmentToSave) => EnvironmentRecord;
  readonly find: (name: string) => EnvironmentRecord | null;
  /** By name. */
  readonly list: () => readonly EnvironmentRecord[];
  /** Also forgets what it was chosen for. False when there was none. */
  readonly remove: (name: string) => boolean;
  /** From now on the environment stands for what deployment files call `reference`. */
  readonly choose: (reference: string, environment: string) => void;
  readonly findChosen: (reference: string) => EnvironmentRecord | null;
};

export function environmentsRepository(database: SqliteDatabase): EnvironmentsRepository {
  const save = database.prepare(`
    INSERT INTO environments (name, kind, interpreter, version, created_at, updated_at)
    VALUES (@name, @kind, @interpreter, @version, @now, @now)
    ON CONFLICT (name) DO UPDATE SET kind = @kind, interpreter = @interpreter, version = @version, updated_at = @now
    RETURNING *`);
  const find = database.prepare("SELECT * FROM environments WHERE name = ?");
  const list = database.prepare("SELECT * FROM environments ORDER BY name");
  const remove = database.prepare("DELETE FROM environments WHERE name = ?");
  const choose = database.prepare(`
    INSERT INTO environment_choices (reference, environment) VALUES (@reference, @environment)
    ON CONFLICT (reference) DO UPDATE SET environment = @environment`);
  const findChosen = database.prepare(`
    SELECT environments.* FROM environment_choices
    JOIN environments ON environments.name = environment_choices.environment WHERE reference = ?`);
  const one = (row: unknown, name: string) => storedRow(rowSchema, row, "environments", name);
  return {
    save: (environment) => rowSchema.parse(save.get({ ...environment, now: timestamp() })),
    find: (name) => one(find.get(name), name),
    list: () => readableRows(rowSchema, list.all()),
    remove: (name) => remove.run(name).changes > 0,
    choose: (reference, environment) => {
      choose.run({ reference, environment });
    },
    findChosen: (reference) => one(findChosen.get(reference), reference),
  };
}
