import type * as z from "zod";
import { codeOf } from "../../contract/errno.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { englishWords } from "../../contract/words/english-problems.ts";

/**
 * Thrown where a file of ours holds something else than was written into it. It is damage of the thing that was read, and
 * of nothing else: whoever reads many things goes on with the others.
 */
export class Damage extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(englishWords(problem).message);
    this.problem = problem;
  }
}

/** SQLite says that the content of a file makes no sense, or we do. */
export function isDamage(error: unknown): boolean {
  return error instanceof Damage || /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}

/** Another program holds the file, which it will not do for long: a backup, a virus scanner, another Batchdeck. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** How a damaged file is spoken of. */
type FileKind = "registry/damaged:content" | "registry/damaged:listing";

/** What was read from `file`, as it must have been written. Throws Damage. */
export function stored<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  file: string,
  kind?: FileKind,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw fileDamage(file, kind);
  return parsed.data;
}

/** The same for JSON text. */
export function storedJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  file: string,
  kind?: FileKind,
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fileDamage(file, kind);
  }
  return stored(schema, value, file, kind);
}

export function fileDamage(file: string, kind: FileKind = "registry/damaged:content"): Damage {
  return new Damage(problemOf(kind, { file }));
}

/** Those of many rows that are as they were written. */
export function readableRows<Schema extends z.ZodType>(schema: Schema, rows: readonly unknown[]): z.output<Schema>[] {
  return rows.flatMap((row) => {
    const parsed = schema.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });
}

/** A row that is looked up by its name; null when there is none. Throws Damage when it is not as it was written. */
export function storedRow<Schema extends z.ZodType>(
  schema: Schema,
  row: unknown,
  table: string,
  name: string,
): z.output<Schema> | null {
  if (row === undefined || row === null) return null;
  const parsed = schema.safeParse(row);
  if (!parsed.success) throw new Damage(problemOf("registry/damaged:row", { table, name }));
  return parsed.data;
}
