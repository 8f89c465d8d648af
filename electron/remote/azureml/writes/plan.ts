import type { DeploymentSettings } from "../../../contract/nouns/deployment.ts";
import type { Listed } from "../../../contract/messages/content-messages.ts";
import type { Result } from "../../../contract/problem.ts";
import type { AzureDatastore } from "../../../contract/views/azure.ts";
import type { ModelType } from "../../../contract/views/model.ts";

/** A folder of ours for files that are made to be sent; made by the first call. */
export type Scratch = () => Promise<string>;

/** Files of this computer that are to lie in a datastore. */
export type FilesToSend = {
  /** Absolute path, without links. */
  readonly folder: string;
  readonly files: Extract<Listed, { kind: "files" }>["files"];
  /** What they are in the datastore: the one file, or a folder that is called so. */
  readonly root: { readonly kind: "file" | "folder"; readonly name: string };
};

/** Files that were read, and can be sent. */
export type SendableFiles = {
  /** SHA-256 over their paths and contents, in hexadecimal: the same files have the same one everywhere. */
  readonly address: string;
  readonly bytes: number;
  /** Sends what is not there; `onProgress`: bytes that are, and how fast. Problems: those of the control plane, and of the files. */
  readonly send: (
    to: Pick<AzureDatastore, "protocol" | "account_name" | "endpoint" | "container_name">,
    prefix: string,
    onProgress: (sentBytes: number, bytesPerSecond: number) => void,
    signal: AbortSignal,
  ) => Promise<Result<null>>;
};

/** Reads files, to send them. Problems: input/changed, input/unreadable, azure/cancelled. */
export type ReadFiles = (files: FilesToSend, signal: AbortSignal) => Promise<Result<SendableFiles>>;

/** What is named in Azure already: `azureml:NAME:VERSION`, `azureml:NAME@latest`, or Azure's id of it. */
type Named = { readonly kind: "named"; readonly reference: string };

/** A model to be registered. */
export type ModelToRegister = {
  readonly kind: "files";
  readonly name: string;
  /** Null: the version that holds the same files, else the next number. */
  readonly version: string | null;
  readonly type: ModelType;
  readonly files: FilesToSend;
};

type CodeToRegister = {
  readonly kind: "files";
  readonly files: FilesToSend;
  readonly script: string;
};

/** An image, and what conda adds to it. */
export type EnvironmentToRegister = {
  readonly kind: "definition";
  /** Null: it has none, and is called by its content. */
  readonly name: string | null;
  /** Null: that of its content. */
  readonly version: string | null;
  readonly image: string;
  /** The text of the conda file; null: nothing is added. */
  readonly condaFile: string | null;
};

/** A deployment as it is to be in Azure, and what has to be sent for it. */
export type DeploymentPlan = {
  readonly endpoint: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly model: Named | ModelToRegister;
  /** Null: Azure's own scoring of MLflow models. */
  readonly code: (Named & { readonly script: string }) | CodeToRegister | null;
  readonly environment: Named | EnvironmentToRegister | null;
  /** Name of a compute of the workspace. */
  readonly compute: string;
  /** As Azure's YAML names it; null: the compute's own. */
  readonly instanceType: string | null;
  readonly settings: DeploymentSettings;
};

/** What an endpoint says of itself. */
export type EndpointPlan = {
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
};
