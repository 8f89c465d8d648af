import { randomUUID } from "node:crypto";
import { promises as files } from "node:fs";
import path from "node:path";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import type { Result } from "../../contract/problem.ts";
import { showDeployment } from "../../deployments/deployments.ts";
import type { FileEdits } from "../../deployments/yaml/file-edits.ts";
import { removeFolder } from "../../files/patient.ts";
import {
  type Planned,
  type PlannedFile,
  planOfFile,
  planOfRecord,
} from "../../remote/azureml/writes/plan-deployment.ts";
import type { Scratch } from "../../remote/azureml/writes/plan.ts";
import type { WorkspaceContext } from "../context.ts";

/** What is to be published: a deployment of this workspace with what is said over it, or a file. */
export type PublishSource =
  | { readonly endpoint: string; readonly deployment: string; readonly edits: FileEdits }
  | PlannedFile;

/** Where files are made that are sent to Azure; one that a killed program left behind is removed after a day. */
const folderName = "azure-scratch";
const leftBehindMs = 24 * 60 * 60 * 1000;

/** `work` with a folder that is made when it is asked for, and removed after it. */
export async function withScratch<Value>(home: string, work: (scratch: Scratch) => Promise<Value>): Promise<Value> {
  const parent = path.join(home, folderName);
  let folder: string | null = null;
  try {
    return await work(async () => {
      if (folder !== null) return folder;
      await removeLeftBehind(parent);
      folder = path.join(parent, randomUUID());
      await files.mkdir(folder, { recursive: true, mode: ownerOnly.folder });
      return folder;
    });
  } finally {
    if (folder !== null) await removeFolder(folder);
  }
}

async function removeLeftBehind(parent: string): Promise<void> {
  for (const name of await files.readdir(parent).catch(() => [])) {
    const folder = path.join(parent, name);
    const stats = await files.stat(folder).catch(() => null);
    if (stats !== null && Date.now() - stats.mtimeMs > leftBehindMs) await removeFolder(folder);
  }
}

/** What has to be sent to Azure for it. Asks nobody. `scratch`: see `withScratch`. Problems: those of reading it. */
export async function planOf(
  context: WorkspaceContext,
  scratch: Scratch,
  source: PublishSource,
): Promise<Result<Planned>> {
  const { registry, modelsFolder, codeFolder, processHost } = context;
  const tools = { deployments: { registry, modelsFolder, codeFolder, processHost }, scratch };
  if ("file" in source) return planOfFile(tools, source);
  const record = showDeployment(registry, source.endpoint, source.deployment);
  return record.ok ? planOfRecord(tools, record.value, source.edits) : record;
}
