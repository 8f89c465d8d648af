import { oneLine } from "../../contract/plain-text.ts";
import type { SignInRefusal, signInRefusals } from "../../contract/words/english/parts/sign-in-words.ts";

type Plain = Exclude<keyof typeof signInRefusals, "other" | "abandoned">;

/** The numbers of Microsoft Entra's errors (AADSTS…), by what they mean to a user. */
const numbers: readonly (readonly [Plain, readonly number[]])[] = [
  ["expired", [70008, 70043, 700084, 50132, 50089]],
  ["unused", [700082]],
  ["session-ended", [50058, 50085, 16000]],
  ["revoked", [50173, 50133, 50078, 70000]],
  ["password-expired", [50055, 50144]],
  ["second-factor", [50072, 50074, 50076, 50079, 50158, 500121]],
  ["conditional-access", [53003, 53004, 530035, 53009]],
  ["device", [53000, 53001, 53002, 50097, 50129, 50187, 700003]],
  ["consent", [65001, 90094, 90095]],
  ["declined", [65004, 50199]],
  ["code-expired", [70018, 70019, 70020]],
  ["wrong-secret", [7000215, 7000216, 7000218]],
  ["expired-secret", [7000222]],
  ["unknown-certificate", [700027, 700030, 50012]],
  ["unknown-application", [700016, 700011, 7000112]],
  ["unknown-tenant", [90002, 900023, 90003, 50059, 900432]],
  ["unknown-user", [50034, 50020, 51004, 90072, 16003]],
  ["disabled-user", [50053, 50057]],
  ["not-assigned", [50105, 501051]],
  ["wrong-password", [50126, 50056]],
  ["unknown-resource", [500011, 500014, 650052, 650057]],
];

const byNumber: ReadonlyMap<number, Plain> = new Map(
  numbers.flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)),
);

/** OAuth's own words for an error, where no number comes with them. */
const byWord: Readonly<Record<string, Plain>> = {
  access_denied: "declined",
  authorization_declined: "declined",
  expired_token: "code-expired",
  code_expired: "code-expired",
  device_code_expired: "code-expired",
  bad_verification_code: "code-expired",
  invalid_client: "wrong-secret",
  unauthorized_client: "unknown-application",
  consent_required: "consent",
  login_required: "session-ended",
  no_tokens_found: "no-tokens",
  refresh_token_expired: "expired",
  bad_token: "expired",
  token_expired: "expired",
  basic_action: "second-factor",
  interaction_required: "stronger-proof",
  identity_not_found: "no-identity",
  invalid_grant: "expired",
};

/** What was said when a sign-in was refused. `words`: OAuth's, the most telling first. */
export type EntraRefusal = {
  readonly number: number | null;
  readonly words: readonly string[];
  readonly description: string;
};

export function refusalOf({ number, words, description }: EntraRefusal): SignInRefusal {
  const text = oneLine(description.split(/[\r\n]| Trace ID:/)[0] ?? "");
  const said = number ?? Number(/AADSTS(\d+)/.exec(text)?.[1] ?? Number.NaN);
  const kind = byNumber.get(said) ?? (Number.isNaN(said) ? wordKind(words) : undefined);
  if (kind !== undefined) return { kind, params: {} };
  const told = text === "" ? words[0] || "no reason" : text;
  const numbered = Number.isNaN(said) || told.includes(String(said)) ? told : `AADSTS${said}: ${told}`;
  return { kind: "other", params: { text: numbered.slice(0, 300).replace(/[.\s]+$/, "") } };
}

function wordKind(words: readonly string[]): Plain | undefined {
  const known = words.find((word) => Object.hasOwn(byWord, word));
  return known === undefined ? undefined : byWord[known];
}
