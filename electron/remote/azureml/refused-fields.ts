import * as z from "zod";
import { oneLine } from "../../contract/plain-text.ts";
import { withFullStop } from "../../contract/problem.ts";

/** A field of a request that Azure did not accept, by the name that deployment files have for it, and Azure's words about that. */
export type RefusedField = { readonly field: string; readonly reason: string };

/** As the endpoint's own service writes them, as JSON at the end of its sentence. */
const validationSchema = z.array(
  z.object({ PropertyName: z.string().min(1), ErrorMessage: z.string().min(1) }).transform((error) => ({
    target: error.PropertyName,
    message: error.ErrorMessage,
  })),
);
const detailSchema = z.object({ target: z.string().min(1), message: z.string().min(1) });

const mostFields = 8;
const longestReason = 300;

/** `message` and `details`: of Azure's error body. Empty: it is not about fields. */
export function refusedFields(message: string, details: readonly unknown[]): readonly RefusedField[] {
  const told = details.flatMap((detail) => detailSchema.safeParse(detail).data ?? []);
  const all = [...validationErrors(message), ...told];
  return all.slice(0, mostFields).map(({ target, message: reason }) => ({
    field: nameOf(target),
    reason: withFullStop(oneLine(reason).slice(0, longestReason)),
  }));
}

function validationErrors(message: string): z.output<typeof validationSchema> {
  const [, list = ""] = /\bErrors:\s*(\[[\s\S]*\])/.exec(message) ?? [];
  try {
    return validationSchema.safeParse(JSON.parse(list)).data ?? [];
  } catch {
    return [];
  }
}

/** "properties.RetrySettings.MaxRetries" is `retry_settings.max_retries`. */
function nameOf(target: string): string {
  return oneLine(target)
    .slice(0, 100)
    .replace(/^properties\./i, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
