import * as z from "zod";
import type { AzureSubscription, AzureWorkspace } from "../../../contract/views/azure.ts";
import { readId } from "../addresses.ts";
import { resourceSchema, textOrEmpty } from "./resource.ts";

export const subscription: z.ZodType<AzureSubscription> = z
  .object({ subscriptionId: z.string().min(1), displayName: textOrEmpty, state: textOrEmpty })
  .transform(({ subscriptionId, displayName, state }) => ({ id: subscriptionId, name: displayName, state }));

export const workspace: z.ZodType<AzureWorkspace> = resourceSchema(
  z.object({ friendlyName: textOrEmpty, description: textOrEmpty }),
).transform(({ id, name, location, tags, properties: { friendlyName, description } }, context) => {
  const place = readId(id)?.place;
  if (place === undefined) {
    context.addIssue({ code: "custom", message: "This is no workspace's id." });
    return z.NEVER;
  }
  const { subscription, resource_group } = place;
  return { name, resource_group, subscription, location, display_name: friendlyName, description, tags, id };
});
