/** What is changed in Azure, as problems carry it. */
export type AzureWriteFacts = {
  readonly noun: "endpoint" | "deployment";
  readonly name: string;
  /** Of a deployment; null: it is one itself. */
  readonly endpoint: string | null;
  readonly change: "create" | "update" | "delete";
};

/** `create the deployment "blue"` */
export function writeWords({ noun, name, change }: AzureWriteFacts): string {
  return `${change} the ${noun} "${name}"`;
}

export function lookCommand({ noun, name, endpoint }: AzureWriteFacts): string {
  return `batchdeck ${noun} show -n ${name}${endpoint === null ? "" : ` -e ${endpoint}`} --remote`;
}
