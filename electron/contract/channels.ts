import * as z from "zod";
import { jobNoteSchema } from "./nouns/job-note.ts";
import { jobStatusSchema } from "./job-status.ts";
import { comparisonSchema } from "./messages/compare-messages.ts";
import { dataAssetViewSchema, dataOverviewSchema, watchViewSchema } from "./nouns/data-view.ts";
import { jobPrioritySchema } from "./nouns/deployment.ts";
import { jobLogKindSchema, jobViewSchema } from "./nouns/job.ts";
import { preflightSchema } from "./nouns/preflight.ts";
import { rowPicturesSchema } from "./nouns/pictures/row-pictures.ts";
import { problemSchema } from "./problem.ts";
import { accountViewSchema, signInPromptSchema } from "./views/account.ts";
import { azurePlaceSchema } from "./nouns/azure/azure-place.ts";
import { azureWorkspaceSchema, seenSchema } from "./views/azure.ts";
import { nodePriceSchema } from "./nouns/azure/azure-estimate.ts";
import { azurePlanSchema } from "./views/azure-plan.ts";
import { azureClusterSchema, azureEndpointCardSchema, azureOverviewSchema } from "./views/azure-card.ts";
import { azureDifferenceSchema, azureProgressSchema } from "./views/azure-write.ts";
import { resultsPageSchema } from "./messages/results-messages.ts";

/**
 * Every channel between the window and the main process, and the only list of them. From it come the handlers' types,
 * the functions that the preload script exposes, the renderer's client, and a test that all three agree.
 *
 * A call answers `{ ok: true, value }` or `{ ok: false, problem }`. An event carries the new state, never a command.
 * The window never names a path: an input is a grant, made by main when the user dropped or chose something.
 */

/** Something the user handed over: main knows its path, the window knows this. */
export const inputGrantSchema = z.strictObject({
  grantId: z.string(),
  name: z.string(),
  kind: z.enum(["folder", "file"]),
});
export type InputGrant = Readonly<z.infer<typeof inputGrantSchema>>;

export const deploymentCardSchema = z.strictObject({
  name: z.string(),
  /** "rows with 4 columns", "pictures": decided here so that every screen says it alike. */
  takes: z.strictObject({
    kind: z.enum(["tabular", "image", "text", "tensor", "audio", "file"]),
    columns: z.array(z.string()),
    /** Pixels, for pictures. */
    size: z.strictObject({ width: z.number(), height: z.number() }).nullable(),
  }),
  model: z.string(),
  /** As the deployment names it; null: by the format. */
  output_file_name: z.string().nullable(),
  /** Failed items that it tolerates; -1: any number. */
  error_threshold: z.number().int(),
  /** Whether the user said that the script that it runs is trusted; null: it runs none. */
  trusted: z.boolean().nullable(),
});
export type DeploymentCard = Readonly<z.infer<typeof deploymentCardSchema>>;

export const endpointCardSchema = z.strictObject({
  name: z.string(),
  description: z.string(),
  default_deployment: z.string().nullable(),
  deployments: z.array(deploymentCardSchema),
  last_used_at: z.string().nullable(),
  /** A bundled input to try the endpoint with, if it is one of the samples. */
  sample: z.strictObject({ title: z.string(), items: z.number().int() }).nullable(),
});
export type EndpointCard = Readonly<z.infer<typeof endpointCardSchema>>;

/** What will happen when Start is pressed, or what stands against it. */
export const invocationPreviewSchema = z.strictObject({ input: inputGrantSchema, report: preflightSchema });

/** The code that a deployment runs, for a person to look at before they trust it. Texts are as they are in the files. */
export const shownScriptSchema = z.strictObject({
  /** The file that is called, relative to the folder of the code. */
  script: z.string(),
  /** Its first lines. What could make a line look like another one is written as `\u{…}`. */
  text: z.string(),
  is_cut: z.boolean(),
  files: z.array(z.strictObject({ name: z.string(), bytes: z.number() })),
  /** There are more files than `files` lists. */
  file_count: z.number().int(),
  environment: z.string(),
  /** Absolute path; null for Node, which is Batchdeck's own. */
  interpreter: z.string().nullable(),
  environment_variables: z.record(z.string(), z.string()),
  model: z.string(),
  /** Of all that runs; trust is given to this and to nothing that came in its place. */
  hash: z.string(),
});
export type ShownScript = Readonly<z.infer<typeof shownScriptSchema>>;

/** A job's headline facts plus what its page shows. */
export const jobDetailsSchema = z.strictObject({
  job: jobViewSchema,
  /** Who chose how many rows a run of the model takes; see the job's spec. */
  batch_chosen_by: z.enum(["model", "measurement", "default"]),
  settings: z.array(z.strictObject({ name: z.string(), azure_name: z.string(), value: z.string() })),
  history: z.array(z.strictObject({ at: z.string(), status: jobStatusSchema, note: jobNoteSchema.nullable() })),
});
export type JobDetails = Readonly<z.infer<typeof jobDetailsSchema>>;

const byJob = z.strictObject({ name: z.string() });
const page = z.strictObject({
  name: z.string(),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
});
const byDeployment = z.strictObject({ endpoint_name: z.string(), deployment_name: z.string() });
const byAccount = accountViewSchema.pick({ username: true, tenant_id: true });
const nothing = z.null();

/** What is to be scored by what, where to, and how otherwise than the deployment says. */
const invocation = z.strictObject({
  endpoint_name: z.string(),
  grantId: z.string(),
  output_grant: z.string().nullable(),
  /** `--set` keys, Azure paths and our keys whole. */
  overrides: z.record(z.string(), z.string()),
  /** Takes over what an earlier job scored and still holds. */
  incremental: z.boolean(),
});

const uploadLimit = z.number().positive().max(1e12).nullable();
const azureInvocation = invocation.omit({ incremental: true }).extend({ deployment_name: z.string().nullable() });

export const calls = {
  /**
   * What the page shows: the workspace, or why it cannot be opened. Then nothing but the next two can be asked for.
   */
  "app:start": {
    input: nothing,
    output: z.strictObject({
      trouble: z.strictObject({ problem: problemSchema, folder: z.string() }).nullable(),
    }),
  },
  /** Shows the folder of the workspace. */
  "app:open-workspace": { input: nothing, output: nothing },
  "app:quit": { input: nothing, output: nothing },
  "app:info": {
    input: nothing,
    output: z.strictObject({
      version: z.string(),
      workspace: z.string(),
      cores: z.number().int(),
      free_disk_bytes: z.number().nullable(),
      /** This window's program runs the jobs (true), or another one holds the workspace's engine. */
      engine_here: z.boolean(),
      device: z.string(),
    }),
  },
  "endpoints:list": { input: nothing, output: z.array(endpointCardSchema) },
  /** What a deployment would run; null when it runs no code of its user. */
  "deployments:script": { input: byDeployment, output: shownScriptSchema.nullable() },
  /** `hash` is that of what was shown. */
  "deployments:trust": { input: byDeployment.extend({ hash: z.string() }), output: nothing },
  /** A dialog; null when it was dismissed. */
  "inputs:choose": { input: z.strictObject({ kind: z.enum(["folder", "file"]) }), output: inputGrantSchema.nullable() },
  /** Only the preload script calls this: it resolves a dropped File object to its path. */
  "inputs:grant": { input: z.strictObject({ path: z.string().min(1) }), output: inputGrantSchema },
  /** The bundled input of a sample endpoint. */
  "inputs:sample": { input: z.strictObject({ endpoint_name: z.string() }), output: inputGrantSchema },
  "outputs:choose": { input: nothing, output: z.strictObject({ grantId: z.string(), folder: z.string() }).nullable() },
  "invocations:preview": {
    input: invocation.extend({
      deployment_name: z.string().nullable(),
      /**
       * `quick` looks at the input only; `with-pictures` also scores its first items, scans the model and shows the first
       * pictures as the model sees them, about a second more.
       */
      depth: z.enum(["quick", "with-pictures"]),
      /** What `invocations:end-preview` ends it by; null: nobody does. */
      preview_id: z.string().nullable(),
    }),
    output: invocationPreviewSchema,
  },
  /** Ends every process of a preview, also of one in Azure, that nobody waits for any more; its answer is of no use. */
  "invocations:end-preview": { input: z.strictObject({ preview_id: z.string() }), output: nothing },
  "invocations:start": { input: invocation.extend({ deployment_name: z.string() }), output: jobViewSchema },
  "jobs:list": { input: nothing, output: z.array(jobViewSchema) },
  "jobs:show": { input: byJob, output: jobDetailsSchema },
  "jobs:pause": { input: byJob, output: jobViewSchema },
  /** `skip_changed`: go on although the input has changed, without what was not scored of the changed files. */
  "jobs:resume": { input: z.strictObject({ name: z.string(), skip_changed: z.boolean() }), output: jobViewSchema },
  "jobs:cancel": { input: byJob, output: jobViewSchema },
  /** Scores what failed in a finished job again, in its files; the answer is the job that does it. */
  "jobs:retry-failed": { input: byJob, output: jobViewSchema },
  /** Another priority, another place among the unfinished jobs of its priority, or both; null stays as it is. */
  "jobs:arrange": {
    input: z.strictObject({
      name: z.string(),
      priority: jobPrioritySchema.nullable(),
      place: z
        .discriminatedUnion("kind", [
          z.strictObject({ kind: z.literal("first") }),
          z.strictObject({ kind: z.literal("last") }),
          z.strictObject({ kind: z.literal("before"), job: z.string() }),
        ])
        .nullable(),
    }),
    output: jobViewSchema,
  },
  "jobs:delete": { input: byJob, output: nothing },
  "jobs:predictions": { input: page, output: resultsPageSchema },
  /** The pictures of a row of the predictions, and what was found in them; null when the job's rows name none. */
  "jobs:row-pictures": {
    input: byJob.extend({ row: z.number().int().min(0) }),
    output: rowPicturesSchema.nullable(),
  },
  "jobs:errors": { input: page, output: resultsPageSchema },
  "jobs:mini-batches": { input: page, output: resultsPageSchema },
  /** The last lines of one of a job's logs; `is_cut` when there are earlier ones. `kinds`: which logs it has. */
  "jobs:log": {
    input: byJob.extend({ kind: jobLogKindSchema }),
    output: z.strictObject({ text: z.string(), is_cut: z.boolean(), kinds: z.array(jobLogKindSchema) }),
  },
  "jobs:open-output": { input: byJob, output: nothing },
  /** Lines two finished jobs up and writes a file of their differences; null when it was stopped, also by the next one. */
  "comparisons:run": {
    input: z.strictObject({ a: z.string(), b: z.string(), tolerance: z.number().min(0) }),
    output: comparisonSchema.nullable(),
  },
  "comparisons:stop": { input: nothing, output: nothing },
  /** Shows the folder with the file of differences of the last comparison. */
  "comparisons:open": { input: nothing, output: nothing },
  "data:show": { input: nothing, output: dataOverviewSchema },
  /** Gives a folder or file that the user chose a name; its next version when there is one of that name. */
  "data:add-asset": { input: z.strictObject({ name: z.string(), grantId: z.string() }), output: dataAssetViewSchema },
  /** Scores what is in a folder and whatever arrives there, by the endpoint's default deployment. */
  "watches:add": {
    input: z.strictObject({ endpoint_name: z.string(), grantId: z.string() }),
    output: watchViewSchema,
  },
  "watches:remove": { input: z.strictObject({ id: z.string() }), output: nothing },
  /** Who is signed in to Azure, and which workspace is chosen there. Asks nobody but this computer. */
  "azure:show": { input: nothing, output: azureOverviewSchema },
  /** The same as `invocations:preview` and `invocations:start`, of the chosen workspace in Azure. */
  "azure:preview-job": {
    input: azureInvocation.extend({ preview_id: z.string().nullable() }),
    output: azurePlanSchema,
  },
  "azure:start-job": { input: azureInvocation, output: jobViewSchema },
  /** What a node of that cluster of the chosen workspace costs an hour; null: it is not known any more. */
  "azure:set-price": {
    input: z.strictObject({ compute: z.string(), price: nodePriceSchema.nullable() }),
    output: nothing,
  },
  /** Bytes a second that a job may send its input with; null: all that there are. */
  "azure:upload-limit": { input: byJob, output: uploadLimit },
  "azure:limit-upload": { input: byJob.extend({ limit: uploadLimit }), output: nothing },
  /** Waits for the user; `accounts:prompt` says for what. */
  "accounts:sign-in": {
    input: z.strictObject({ kind: z.enum(["browser", "device-code"]), tenant: z.string().min(1).nullable() }),
    output: accountViewSchema,
  },
  "accounts:cancel-sign-in": { input: nothing, output: nothing },
  "accounts:set-active": { input: byAccount, output: accountViewSchema },
  /** Null: everybody. */
  "accounts:sign-out": { input: byAccount.nullable(), output: nothing },
  /** The Azure ML workspaces that the active account may see. */
  "azure:workspaces": { input: nothing, output: seenSchema(z.array(azureWorkspaceSchema)) },
  /** Chooses a workspace, by its place, or by what a file or an address of Azure ML studio says. */
  "azure:use": {
    input: z.discriminatedUnion("by", [
      z.strictObject({ by: z.literal("place"), place: azurePlaceSchema }),
      z.strictObject({ by: z.literal("file"), grantId: z.string() }),
      z.strictObject({ by: z.literal("address"), address: z.string() }),
    ]),
    output: azureWorkspaceSchema,
  },
  /** Chooses none, and forgets what was last seen of Azure. */
  "azure:forget": { input: nothing, output: nothing },
  /** The endpoints of the chosen workspace. */
  "azure:endpoints": { input: nothing, output: seenSchema(z.array(azureEndpointCardSchema)) },
  /** The clusters of the chosen workspace. */
  "azure:computes": { input: nothing, output: seenSchema(z.array(azureClusterSchema)) },
  /** What Azure would do otherwise with a deployment of this computer, or why it cannot run there. Asks nobody. */
  "azure:differences": { input: byDeployment, output: z.array(azureDifferenceSchema) },
  /**
   * Makes a deployment of this computer one of the chosen workspace, on that cluster. Ends when Azure is done, up to half an
   * hour later; `azure:publishing` says how far it is. One is published at a time: another one ends it.
   */
  "azure:publish": {
    input: byDeployment.extend({ compute: azureClusterSchema.shape.name, set_default: z.boolean() }),
    output: z.strictObject({ is_new: z.boolean(), is_endpoint_new: z.boolean() }),
  },
  /** Sends nothing more. What Azure has begun, it goes on with; what it has stays there. */
  "azure:cancel-publish": { input: nothing, output: nothing },
  "queue:pause": { input: nothing, output: nothing },
  "queue:resume": { input: nothing, output: nothing },
} as const satisfies Record<string, { readonly input: z.ZodType; readonly output: z.ZodType }>;

export type CallName = keyof typeof calls;
/** What can be asked for although the workspace is not open. */
export type StartCallName = "app:start" | "app:open-workspace" | "app:quit";
export type CallInput<Name extends CallName> = z.infer<(typeof calls)[Name]["input"]>;
export type CallOutput<Name extends CallName> = z.infer<(typeof calls)[Name]["output"]>;
export type CallAnswer<Name extends CallName> =
  | { readonly ok: true; readonly value: CallOutput<Name> }
  | {
      readonly ok: false;
      readonly problem: z.infer<typeof problemSchema>;
      /** What else is wrong, where everything is looked at before the answer. */
      readonly others?: readonly z.infer<typeof problemSchema>[];
    };

export const events = {
  /** Jobs whose view changed since the last event, at most four times a second. */
  "jobs:changed": z.strictObject({
    revision: z.number().int(),
    jobs: z.array(jobViewSchema),
    removed: z.array(z.string()),
  }),
  /** The whole queue was paused or goes on; a page that was told nothing has a queue that runs. */
  "queue:changed": z.strictObject({ paused: z.boolean() }),
  "endpoints:changed": z.strictObject({ revision: z.number().int() }),
  /** Why nothing can be written to the workspace, so that jobs neither start nor end; null once it can again. */
  "workspace:changed": z.strictObject({ problem: problemSchema.nullable() }),
  /** Something about data assets, datastores or watched folders. */
  "data:changed": z.strictObject({ revision: z.number().int() }),
  /** Accounts of Azure, or the workspace that is chosen there. */
  "azure:changed": z.strictObject({ revision: z.number().int() }),
  /** What the sign-in of now waits for. */
  "accounts:prompt": signInPromptSchema,
  /** How far the publication of now is. */
  "azure:publishing": azureProgressSchema,
  /** How far the comparison is: items of both jobs. */
  "comparisons:progress": z.strictObject({ items: z.number().int().min(0), total: z.number().int().min(0) }),
  /** A menu entry or a notification asks the window to show something. */
  "window:navigate": z.strictObject({ to: z.enum(["score", "queue", "data", "job"]), job: z.string().nullable() }),
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof events;
export type EventPayload<Name extends EventName> = z.infer<(typeof events)[Name]>;

/** What the preload script puts on `window.batchdeck`. */
export type Bridge = {
  readonly call: {
    readonly [Name in Exclude<CallName, "inputs:grant">]: (input: CallInput<Name>) => Promise<CallAnswer<Name>>;
  };
  /** Hands a dropped file or folder to main; the path stays out of the page. */
  readonly grantDropped: (file: File) => Promise<CallAnswer<"inputs:grant">>;
  /** Returns a function that ends the subscription. */
  readonly on: <Name extends EventName>(event: Name, listener: (payload: EventPayload<Name>) => void) => () => void;
};
