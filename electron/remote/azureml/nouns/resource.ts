import * as z from "zod";

/**
 * Parts that Azure's resources share. A schema here takes what the published interface says and passes over all else, since
 * Azure adds keys without a new version; it fails for what lacks a name or has another type.
 */

const text = z.string().nullish();
export const optionalText = text.transform((value) => (value === "" ? null : (value ?? null)));
export const textOrEmpty = text.transform((value) => value ?? "");
export const optionalNumber = z
  .number()
  .nullish()
  .transform((value) => value ?? null);

/** Tags and properties: texts, and now and then something else, which is spelt as JSON. */
export const textMap = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((map) =>
    Object.fromEntries(
      Object.entries(map ?? {}).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  );

const systemData = z
  .object({ createdAt: optionalText, createdBy: optionalText, lastModifiedAt: optionalText })
  .nullish()
  .transform((data) => ({
    created_at: data?.createdAt ?? null,
    updated_at: data?.lastModifiedAt ?? null,
    created_by: data?.createdBy ?? null,
  }));

/** Of what Azure calls a resource: its envelope, with the schema of its own properties. */
export function resourceSchema<Properties extends z.ZodType>(properties: Properties) {
  return z.object({
    id: z.string(),
    name: z.string().min(1),
    location: textOrEmpty,
    tags: textMap,
    systemData,
    properties,
  });
}

/** A word of Azure's as its YAML files spell it: `AppendRow` is `append_row`, `AADToken` is `aad_token`. */
export function snakeCase(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/^ml_(flow|table)/, "ml$1");
}

const iso8601 = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Seconds of a duration such as `PT5M`. */
export const duration = z
  .string()
  .regex(iso8601)
  .transform((text) => {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = (iso8601.exec(text)?.slice(1) ?? []).map((part) =>
      Number(part ?? 0),
    );
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  });
