import type { DataAssetView, DataOverview, DatastoreView } from "../contract/nouns/data-view.ts";
import { type Result, success } from "../contract/problem.ts";
import { dataAssetView, findAsset } from "../data/names/assets.ts";
import { createAsset } from "../data/names/create-asset.ts";
import { type DataFile, readDataFile } from "../data/names/data-file.ts";
import type { FileEdits } from "../deployments/yaml/file-edits.ts";
import { createDatastore, datastoreView, showDatastore } from "../data/names/datastores.ts";
import type { WorkspaceContext } from "./context.ts";
import type { Watches } from "./watches/watches.ts";

export { untakenType } from "../data/names/create-asset.ts";
export { addressNotice } from "../data/names/resolve-address.ts";

export type AssetRequest = Parameters<typeof createAsset>[1];

/** Names and versions for places; nothing is copied. */
export type Assets = {
  /** By name, newest version first. */
  readonly list: () => readonly DataAssetView[];
  /** `version` null: the one made last. Problem: data/not-found. */
  readonly show: (name: string, version: string | null) => Result<DataAssetView>;
  /** Problems: data/invalid, and those of looking the path up. */
  readonly create: (request: AssetRequest) => Promise<Result<DataAssetView>>;
  /** Azure ML's file of a data asset, with what goes before it. Problems: data/invalid, usage/invalid. */
  readonly readFile: (file: string, edits: FileEdits) => Promise<Result<DataFile>>;
};

/** Folders that stand for Azure's stores. */
export type Datastores = {
  /** By name. */
  readonly list: () => readonly DatastoreView[];
  /** Problem: datastore/not-found. */
  readonly show: (name: string) => Result<DatastoreView>;
  /** Makes it, or gives the one of that name another folder. Problem: datastore/invalid. */
  readonly create: (request: {
    readonly name: string;
    readonly path: string;
  }) => Promise<Result<{ readonly datastore: DatastoreView; readonly isNew: boolean }>>;
};

export function createAssets({ registry, changed }: WorkspaceContext): Assets {
  return {
    list: () => registry.dataAssets.list().map(dataAssetView),
    show(name, version) {
      const found = findAsset(registry, name, version);
      return found.ok ? success(dataAssetView(found.value)) : found;
    },
    async create(request) {
      const made = await createAsset(registry, request);
      if (!made.ok) return made;
      changed();
      return success(dataAssetView(made.value));
    },
    readFile: readDataFile,
  };
}

export function createDatastores({ registry, changed }: WorkspaceContext): Datastores {
  return {
    list: () => registry.datastores.list().map(datastoreView),
    show(name) {
      const found = showDatastore(registry, name);
      return found.ok ? success(datastoreView(found.value)) : found;
    },
    async create(request) {
      const made = await createDatastore(registry, request);
      if (!made.ok) return made;
      changed();
      return success({ datastore: datastoreView(made.value.datastore), isNew: made.value.isNew });
    },
  };
}

/** All that the window's screen of data shows. */
export function dataOverview(workspace: {
  readonly assets: Assets;
  readonly datastores: Datastores;
  readonly watches: Watches;
}): DataOverview {
  const { assets, datastores, watches } = workspace;
  return { assets: [...assets.list()], datastores: [...datastores.list()], watches: [...watches.list()] };
}
