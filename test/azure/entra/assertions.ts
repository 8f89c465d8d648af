import { constants, createHash, verify, X509Certificate } from "node:crypto";
import { Violation } from "../server.ts";

/**
 * Checks the signed statement by which an application proves that it has the key of its certificate, as RFC 7523 and
 * Entra's documents have it. False: it is well made, and by another certificate.
 */
export function isAssertionOf(
  assertion: string,
  {
    clientId,
    certificate,
    audience,
    used,
  }: {
    readonly clientId: string;
    /** PEM. */
    readonly certificate: string;
    /** Where it is sent to. */
    readonly audience: string;
    /** The IDs of statements that came before: each may be used once. */
    readonly used: Set<string>;
  },
): boolean {
  const [head = "", payload = "", signature = "", ...more] = assertion.split(".");
  if (signature === "" || more.length > 0) throw new Violation("the client assertion is no signed JWT");
  const header = parsed(head);
  const claims = parsed(payload);
  if (header["alg"] !== "PS256" || header["typ"] !== "JWT") throw new Violation("the client assertion is not PS256");
  if (claims["aud"] !== audience) throw new Violation(`the client assertion is for ${String(claims["aud"])}`);
  if (claims["iss"] !== clientId || claims["sub"] !== clientId)
    throw new Violation("the client assertion is another's");
  const now = Date.now() / 1000;
  const [from, until] = [Number(claims["nbf"]), Number(claims["exp"])];
  if (!(from <= now + 60 && now < until && until - from <= 900))
    throw new Violation("the client assertion is not of now");
  const id = String(claims["jti"]);
  if (used.has(id)) throw new Violation("the client assertion was used before");
  used.add(id);

  const known = new X509Certificate(certificate);
  const thumbprint = createHash("sha256").update(known.raw).digest("base64url");
  if (header["x5t#S256"] !== thumbprint) return false;
  const key = { key: known.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return verify("sha256", Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, "base64url"));
}

function parsed(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
}
