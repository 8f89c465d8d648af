import * as z from "zod";

/** What the account may not do that the job needs. */
export const azureMissingRightSchema = z.strictObject({
  /** A workspace, or a storage account. */
  on: z.enum(["workspace", "storage"]),
  name: z.string(),
  /** The smallest of Azure's own roles that would let it. */
  role: z.string(),
  /** In Azure's words. */
  actions: z.array(z.string()),
});
export type AzureMissingRight = Readonly<z.infer<typeof azureMissingRightSchema>>;
