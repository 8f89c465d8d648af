import * as z from "zod";

/** A column that holds JSON text, parsed and checked. */
export function jsonColumn<Schema extends z.ZodType>(schema: Schema) {
  const parsed = z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: "custom", message: "This is no JSON." });
      return z.NEVER;
    }
  });
  return parsed.pipe(schema as z.ZodType<z.output<Schema>>);
}

export const textMapSchema = z.record(z.string(), z.string());
export const sourceSchema = z.record(z.string(), z.unknown());

/** Now, as every time in the registry is written. */
export function timestamp(): string {
  return new Date().toISOString();
}
