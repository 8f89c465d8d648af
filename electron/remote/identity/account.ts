import { createHash } from "node:crypto";
import * as z from "zod";

const common = {
  /** Names its file. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  username: z.string().min(1).max(320),
  cloud_name: z.string(),
  /** What `--cloud` said: the name of a built-in cloud, or the absolute path of a cloud file. */
  cloud: z.string(),
  /** What a service demands of the next sign-in, as it said so: JSON. */
  claims: z.string().nullable(),
};

export const accountSchema = z.discriminatedUnion("type", [
  z.strictObject({ ...common, type: z.literal("user"), tenant_id: z.string(), home_account_id: z.string() }),
  z.strictObject({
    ...common,
    type: z.literal("service_principal"),
    tenant_id: z.string(),
    /** Where its certificate is; null: it has a secret. */
    certificate_path: z.string().nullable(),
  }),
  z.strictObject({ ...common, type: z.literal("managed_identity"), client_id: z.string().nullable() }),
]);

/** Who is signed in, and where: public facts. */
export type Account = Readonly<z.infer<typeof accountSchema>>;
export type UserAccount = Extract<Account, { readonly type: "user" }>;
export type ServicePrincipal = Extract<Account, { readonly type: "service_principal" }>;
export type ManagedIdentity = Extract<Account, { readonly type: "managed_identity" }>;

/** What of an account is secret, as it is kept. */
export const secretsSchema = z.strictObject({
  /** The tokens, as MSAL writes them down. */
  cache: z.string(),
  /** The client secret of a service principal: it renews its tokens with it. */
  secret: z.string().nullable(),
});
export type Secrets = Readonly<z.infer<typeof secretsSchema>>;

/** The same account signs in again under the same ID; of another tenant or cloud it is another one. */
export function accountId(type: Account["type"], cloud: string, tenant: string, name: string): string {
  const facts = JSON.stringify([type, cloud, tenant.toLowerCase(), name.toLowerCase()]);
  return createHash("sha256").update(facts).digest("hex").slice(0, 32);
}
