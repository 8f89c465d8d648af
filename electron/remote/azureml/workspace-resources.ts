import * as z from "zod";
import {
  type AzureAsset,
  azureAssetSchema,
  type AzureCompute,
  azureComputeSchema,
  type AzureDatastore,
  azureDatastoreSchema,
  type AzureDeployment,
  azureDeploymentSchema,
  type AzureEndpoint,
  azureEndpointSchema,
  type AzureJob,
  azureJobSchema,
  type AzurePlace,
  type Seen,
} from "../../contract/views/azure.ts";
import { type Problem, problemOf, type Result } from "../../contract/problem.ts";
import { addressIn, isPathName } from "./addresses.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { LastSeen } from "./last-seen.ts";
import { assetContainer, type AssetNoun, assetNouns, assetVersion } from "./nouns/assets.ts";
import { compute } from "./nouns/computes.ts";
import { datastore } from "./nouns/datastores.ts";
import { deployment } from "./nouns/deployments.ts";
import { endpoint } from "./nouns/endpoints.ts";
import { batchProperties, jobIn } from "./nouns/jobs.ts";
import { type AzureRights, createRights } from "./rights.ts";
import { noWorkspace } from "./workspaces.ts";

type Listed<View> = Promise<Result<Seen<readonly View[]>>>;
type Shown<View> = Promise<Result<Seen<View>>>;
/** At most so many; null: all. */
type Most = number | null;

/**
 * What one Azure ML workspace holds. Problems of each: those of the control plane, azure/workspace-not-found, and that what
 * was named is not there (endpoint/not-found, …).
 */
export type AzureResources = {
  readonly endpoints: Resources<AzureEndpoint>;
  readonly deployments: (endpoint: string) => Resources<AzureDeployment>;
  readonly computes: Resources<AzureCompute>;
  readonly datastores: Resources<AzureDatastore>;
  readonly assets: (noun: AssetNoun) => AzureAssets;
  readonly jobs: AzureJobs;
  readonly rights: AzureRights;
};

type Resources<View> = {
  readonly list: (most: Most) => Listed<View>;
  readonly show: (name: string) => Shown<View>;
};

export type AzureAssets = {
  /** One entry a name, with its latest version. */
  readonly list: (most: Most) => Listed<AzureAsset>;
  /** Newest first. */
  readonly versions: (name: string, most: Most) => Listed<AzureAsset>;
  /** `version` null: the one made last. */
  readonly show: (name: string, version: string | null) => Shown<AzureAsset>;
};

export type AzureJobs = {
  /** Newest first; with an endpoint, or one of its deployments, those that it was invoked for. */
  readonly list: (which: JobFilter, most: Most) => Listed<AzureJob>;
  readonly show: (name: string) => Shown<AzureJob>;
};

export type JobFilter = {
  readonly endpoint: string | null;
  readonly deployment: string | null;
  readonly archived: "without" | "with" | "only";
};

const newestFirst = { $orderBy: "createdtime desc" } as const;
const listViews = { without: "ActiveOnly", with: "All", only: "ArchivedOnly" } as const;

export function resourcesIn(place: AzurePlace, controlPlane: ControlPlane, lastSeen: LastSeen): AzureResources {
  const { workspace } = place;
  const noPlace = noWorkspace(workspace).place;

  type Question<View> = {
    readonly path: readonly string[];
    readonly query?: Readonly<Record<string, string>>;
    /** Of Azure's resource, and of the view that is kept. */
    readonly schema: z.ZodType<View>;
    readonly viewSchema: z.ZodType<View>;
    readonly thing: Problem;
  };

  /** Whether every part of a path can be a name; otherwise there is nothing of that name. */
  const canBe = ({ path }: { readonly path: readonly string[] }) => path.every(isPathName);

  async function one<View>(question: Question<View>): Shown<View> {
    const { path, query, schema, viewSchema, thing } = question;
    if (!canBe(question)) return { ok: false, problem: thing };
    const address = addressIn(place, path, query);
    return lastSeen.one(address, viewSchema, () => controlPlane.get(address, schema, { thing, place: noPlace }));
  }

  async function many<View>(question: Question<View>, most: Most): Listed<View> {
    const { path, query, schema, viewSchema, thing } = question;
    if (!canBe(question)) return { ok: false, problem: thing };
    const address = addressIn(place, path, query);
    return lastSeen.list(address, z.array(viewSchema), most, () =>
      controlPlane.list({ address, schema, missing: { thing, place: noPlace }, most }),
    );
  }

  function resources<View>(
    folder: readonly string[],
    schema: z.ZodType<View>,
    viewSchema: z.ZodType<View>,
    thing: (name: string) => Problem,
    parent: Problem = noPlace,
  ): Resources<View> {
    return {
      list: (most) => many({ path: folder, schema, viewSchema, thing: parent }, most),
      show: (name) => one({ path: [...folder, name], schema, viewSchema, thing: thing(name) }),
    };
  }

  const noEndpoint = (name: string) => problemOf("endpoint/not-found:azure", { name, workspace });

  function assets(noun: AssetNoun): AzureAssets {
    const folder = assetNouns[noun];
    const nothing = (name: string) => problemOf(`${noun}/not-found:azure`, { name, workspace });
    const ofVersion = { schema: assetVersion, viewSchema: azureAssetSchema };

    async function latest(name: string): Shown<AzureAsset> {
      const path = [folder, name, "versions"];
      const query = { ...newestFirst, $top: "1" };
      const listed = await many({ path, query, ...ofVersion, thing: nothing(name) }, null);
      if (!listed.ok) return listed;
      const [view] = listed.value.view;
      return view === undefined
        ? { ok: false, problem: nothing(name) }
        : { ok: true, value: { ...listed.value, view, unreadable: 0 } };
    }

    return {
      list: (most) =>
        many({ path: [folder], schema: assetContainer, viewSchema: azureAssetSchema, thing: noPlace }, most),
      versions: (name, most) =>
        many({ path: [folder, name, "versions"], query: newestFirst, ...ofVersion, thing: nothing(name) }, most),
      show: (name, version) =>
        version === null
          ? latest(name)
          : one({ path: [folder, name, "versions", version], ...ofVersion, thing: nothing(`${name}:${version}`) }),
    };
  }

  return {
    endpoints: resources(["batchEndpoints"], endpoint, azureEndpointSchema, noEndpoint),
    deployments: (name) =>
      resources(
        ["batchEndpoints", name, "deployments"],
        deployment,
        azureDeploymentSchema,
        (own) => problemOf("deployment/not-found:azure", { name: own, endpoint: name, workspace }),
        noEndpoint(name),
      ),
    computes: resources(["computes"], compute, azureComputeSchema, (name) =>
      problemOf("compute/not-found:azure", { name, workspace }),
    ),
    datastores: resources(["datastores"], datastore, azureDatastoreSchema, (name) =>
      problemOf("datastore/not-found:azure", { name, workspace }),
    ),
    assets,
    rights: createRights(place, controlPlane),
    jobs: {
      list({ endpoint: ofEndpoint, deployment: ofDeployment, archived }, most) {
        const wanted = [
          ...(ofEndpoint === null ? [] : [`${batchProperties.endpoint}=${ofEndpoint}`]),
          ...(ofDeployment === null ? [] : [`${batchProperties.deployment}=${ofDeployment}`]),
        ];
        const query = {
          jobType: "Pipeline",
          listViewType: listViews[archived],
          ...(wanted.length === 0 ? {} : { properties: wanted.join(",") }),
        };
        return many({ path: ["jobs"], query, schema: jobIn(place), viewSchema: azureJobSchema, thing: noPlace }, most);
      },
      show: (name) =>
        one({
          path: ["jobs", name],
          schema: jobIn(place),
          viewSchema: azureJobSchema,
          thing: problemOf("job/not-found:azure", { name, workspace }),
        }),
    },
  };
}
