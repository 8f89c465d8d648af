import fs from "node:fs";
import path from "node:path";
import { azurePythonEnvironment } from "../../helpers/azure-script/python-runtime.ts";
import type { AzurePlace } from "../../../electron/contract/views/azure.ts";
import type { Arm } from "../arm/arm.ts";
import { Violation } from "../server.ts";
import type { LabBlobs, LabDeployment } from "./jobs.ts";

type Published = {
  readonly model?: { readonly assetId?: string };
  readonly codeConfiguration?: { readonly codeId?: string; readonly scoringScript?: string };
  readonly miniBatchSize?: number;
  readonly errorThreshold?: number;
  readonly outputAction?: string;
  readonly environmentVariables?: Readonly<Record<string, string>>;
};

/** A deployment as Azure Resource Manager has it, with its code and its model fetched from the blobs that it names; null: there is none. */
export async function publishedDeployment(
  at: { readonly arm: Arm; readonly blobs: LabBlobs; readonly place: AzurePlace; readonly folder: string },
  endpoint: string,
  name: string,
): Promise<LabDeployment | null> {
  const { subscription, resource_group: group, workspace } = at.place;
  const inWorkspace = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`;
  const found = at.arm.find(`${inWorkspace}/batchEndpoints/${endpoint}/deployments/${name}`);
  if (found === null) return null;
  const own = found.properties as Published;
  const folder = path.join(at.folder, `${endpoint}-${name}-${found.systemData.lastModifiedAt.replace(/\W/g, "")}`);
  const [codeFolder, modelFolder] = [path.join(folder, "code"), path.join(folder, "model")];
  await fetchBelow(at.blobs, uriOf(at.arm, own.codeConfiguration?.codeId, "codeUri"), codeFolder);
  await fetchBelow(at.blobs, uriOf(at.arm, own.model?.assetId, "modelUri"), modelFolder);
  return {
    ...{ endpoint, name, codeFolder, modelFolder },
    script: own.codeConfiguration?.scoringScript ?? "score.py",
    ...(own.miniBatchSize === undefined ? {} : { miniBatchSize: own.miniBatchSize }),
    ...(own.errorThreshold === undefined ? {} : { errorThreshold: own.errorThreshold }),
    ...(own.outputAction === "SummaryOnly" ? { rowsFile: null } : {}),
    environmentVariables: { ...azurePythonEnvironment(), ...own.environmentVariables },
  };
}

function uriOf(arm: Arm, id: string | undefined, key: "codeUri" | "modelUri"): string {
  const uri = arm.find(id ?? "")?.properties[key as never];
  if (typeof uri !== "string") throw new Violation(`${id} says nowhere where it lies`);
  return uri;
}

/** Places in the default datastore: `…/paths/PLACE` of a model, `https://HOST/CONTAINER/PLACE` of code. */
async function fetchBelow(blobs: LabBlobs, uri: string, folder: string): Promise<void> {
  const place = uri.startsWith("https://") ? uri.split("/").slice(4).join("/") : (uri.split("/paths/")[1] ?? "");
  for (const blob of await blobs.names()) {
    if (blob !== place && !blob.startsWith(`${place.replace(/\/$/, "")}/`)) continue;
    const name = blob === place ? path.posix.basename(blob) : blob.slice(place.replace(/\/$/, "").length + 1);
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, (await blobs.read(blob)) ?? "");
  }
}
