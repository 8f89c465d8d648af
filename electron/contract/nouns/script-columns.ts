import * as z from "zod";

/**
 * A column of what a script returned. Its type is the narrowest that holds all of its values: `empty` when there is none
 * but None, `integer` for what fits into 64 bits with a sign.
 */
export const scriptColumnSchema = z.strictObject({
  name: z.string(),
  type: z.enum(["empty", "integer", "float", "boolean", "text"]),
});
export type ScriptColumn = Readonly<z.infer<typeof scriptColumnSchema>>;
type ColumnType = ScriptColumn["type"];

/** The type that holds the values of both. */
export function widerType(one: ColumnType, other: ColumnType): ColumnType {
  if (one === other || other === "empty") return one;
  if (one === "empty") return other;
  const areNumbers = [one, other].every((type) => type === "integer" || type === "float");
  return areNumbers ? "float" : "text";
}

/** The columns of rows that came first, widened by those of rows that came later: in order of first appearance. */
export function joinColumns(first: readonly ScriptColumn[], later: readonly ScriptColumn[]): readonly ScriptColumn[] {
  const types = new Map(first.map(({ name, type }) => [name, type]));
  for (const { name, type } of later) types.set(name, widerType(types.get(name) ?? "empty", type));
  return [...types].map(([name, type]) => ({ name, type }));
}
