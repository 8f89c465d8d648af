import { createHmac, randomBytes } from "node:crypto";

/** What an access token of the stand-in says. */
export type TokenClaims = {
  /** Whom it is for. */
  readonly aud: string;
  readonly tid: string;
  /** Of the user or the service principal. */
  readonly oid: string;
  readonly appid: string;
  /** A user's name; null: an application's token. */
  readonly upn: string | null;
  /** Seconds since 1970. */
  readonly exp: number;
  /** What a service demanded, as it was passed on. */
  readonly claims: string | null;
};

/** Makes and reads the tokens of one stand-in, signed with a key that only it has. */
export function createTokens() {
  const key = randomBytes(32);
  const signatureOf = (text: string) => createHmac("sha256", key).update(text).digest("base64url");

  return {
    sign(claims: object): string {
      const text = `${encoded({ typ: "JWT", alg: "HS256" })}.${encoded(claims)}`;
      return `${text}.${signatureOf(text)}`;
    },
    /** Null: it is none of ours, or it has expired. */
    read(token: string): TokenClaims | null {
      const [header = "", payload = "", signature] = token.split(".");
      if (signature !== signatureOf(`${header}.${payload}`)) return null;
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as TokenClaims;
      return claims.exp * 1000 > Date.now() ? claims : null;
    },
  };
}

export function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
