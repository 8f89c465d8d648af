/** An endpoint as scripts see it (`endpoint show --json`), in Azure's words. Times in ISO 8601. */
export type EndpointView = {
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly auth_mode: string;
  /** Empty: invocations must name a deployment. */
  readonly defaults: { readonly deployment_name?: string };
  readonly created_at: string;
  readonly updated_at: string;
};
