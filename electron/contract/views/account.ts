import * as z from "zod";

/** An account of Azure as it is shown: nothing of it is secret. */
export const accountViewSchema = z.strictObject({
  /** A user's name, the ID of an application, or that of a managed identity. */
  username: z.string(),
  type: z.enum(["user", "service_principal", "managed_identity"]),
  /** Null: the one that the managed identity belongs to. */
  tenant_id: z.string().nullable(),
  cloud: z.string(),
  /** What asks Azure uses this one. */
  active: z.boolean(),
  /** Where its tokens are kept; null: they are made anew, from the environment or by the computer itself. */
  tokens: z.enum(["keyring", "memory"]).nullable(),
});
export type AccountView = Readonly<z.infer<typeof accountViewSchema>>;

/** What a user is told while a sign-in waits for them. */
export const signInPromptSchema = z.discriminatedUnion("kind", [
  /** `isOpened`: the system's browser was asked to open the address. */
  z.strictObject({ kind: z.literal("browser"), address: z.string(), isOpened: z.boolean() }),
  z.strictObject({
    kind: z.literal("device-code"),
    address: z.string(),
    code: z.string(),
    /** Seconds that the code is valid for, from when this is sent. */
    expiresIn: z.number(),
  }),
]);
export type SignInPrompt = Readonly<z.infer<typeof signInPromptSchema>>;

/** How somebody signs in. `cloud`: a name or a file; null: Azure's public one. `tenant` null: the user's own. */
export type SignInRequest = { readonly cloud: string | null } & (
  | { readonly kind: "browser"; readonly tenant: string | null }
  | { readonly kind: "device-code"; readonly tenant: string | null }
  | { readonly kind: "service-principal"; readonly clientId: string; readonly tenant: string }
  /** `clientId` null: the identity of the computer itself. */
  | { readonly kind: "managed-identity"; readonly clientId: string | null }
);
