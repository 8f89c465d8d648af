import * as z from "zod";
import { oneLine } from "../../contract/plain-text.ts";
import { type Problem, problemOf, withFullStop } from "../../contract/problem.ts";
import { roles } from "../roles.ts";
import { type RefusedField, refusedFields } from "./refused-fields.ts";

/** Azure's error body, in both of its forms. */
const errorSchema = z.object({
  code: z.string().nullish(),
  message: z.string().nullish(),
  details: z
    .array(z.object({ code: z.string().nullish(), message: z.string().nullish(), target: z.string().nullish() }))
    .nullish(),
});
const bodySchema = z.union([z.object({ error: errorSchema }).transform(({ error }) => error), errorSchema]);

const longestReason = 600;
const mostDetails = 3;

/** What Azure said when it refused: its code and its own words, on one line; both may be empty. `fields`: what they are about. */
type Said = { readonly code: string; readonly reason: string; readonly fields: readonly RefusedField[] };

function whatWasSaid(body: string): Said {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { code: "", reason: "", fields: [] };
  }
  return saidOf(parsed);
}

export function toldReason(reason: string): string {
  return reason === "" ? "It did not say why." : reason;
}

/** Of an error as an answer or an operation has it. */
export function saidOf(error: unknown): Said {
  const { code, message, details } = bodySchema.safeParse(error).data ?? {};
  const all = [message, ...(details ?? []).slice(0, mostDetails).map((detail) => detail.message)];
  const sentences = [...new Set(all.map((text) => oneLine(text ?? "")).filter((text) => text !== ""))];
  const reason = sentences.map(withFullStop).join(" ");
  const isLong = reason.length > longestReason;
  return {
    code: oneLine(code ?? "").slice(0, 100),
    reason: isLong ? `${reason.slice(0, longestReason)}…` : reason,
    fields: refusedFields(message ?? "", details ?? []),
  };
}

/** The part of Azure's sentence that names what is not allowed, and where. */
const missingRight = /perform action '([^']+)' over scope '([^']+)'/;

/** Codes of a place that is not there; whatever was looked for in it is not the point. */
const missingPlaces = new Set([
  "ResourceGroupNotFound",
  "SubscriptionNotFound",
  "ParentResourceNotFound",
  "WorkspaceNotFound",
]);
/** The same, where only the sentence tells that the workspace itself is missing and not something in it. */
const missingWorkspace = /MachineLearningServices\/workspaces\/[^/'"]+['"]/;

/** What to say when something is not there. */
export type Missing = {
  /** The thing itself. */
  readonly thing: Problem;
  /** The workspace, or what it lies in. */
  readonly place: Problem;
};

/** An answer that refuses: its status of HTTP, 400 or more, and its body as it came. */
export type Refused = {
  readonly status: number;
  readonly address: string;
  readonly body: string;
  /** Of a request that changes nothing. */
  readonly isReading: boolean;
};

export function refusal({ status, address, body, isReading }: Refused, missing: Missing): Problem {
  const { code, reason, fields } = whatWasSaid(body);
  const told = toldReason(reason);
  if (status === 403) {
    const [, action, scope] = missingRight.exec(reason) ?? [];
    if (action === undefined || scope === undefined) {
      return problemOf("azure/forbidden:untold", {
        address,
        reason: told,
        role: isReading ? roles.reader : roles.scientist,
      });
    }
    return problemOf("azure/forbidden", { action, scope, role: roleFor(action) });
  }
  if (status === 404) {
    const isPlace = missingPlaces.has(code) || (code === "ResourceNotFound" && missingWorkspace.test(reason));
    return isPlace ? missing.place : missing.thing;
  }
  if ((status === 400 || status === 422) && fields.length > 0) {
    return problemOf("azure/refused:fields", { status, fields: [...fields] });
  }
  return problemOf("azure/refused", { status, code, reason: told });
}

/** The smallest of Azure's own roles that lets somebody do it. */
function roleFor(action: string): string {
  if (/\/read$/i.test(action)) return roles.reader;
  return /\/workspaces\/computes\//i.test(action) ? roles.computes : roles.scientist;
}
