import { problemOf, type Result, success } from "../../../contract/problem.ts";
import type { AzureDatastore, AzurePlace } from "../../../contract/views/azure.ts";
import type { AzureProgress } from "../../../contract/views/azure-write.ts";
import type { AzureResources } from "../workspace-resources.ts";
import { blobAddress, datastoreUri, defaultDatastore } from "./default-datastore.ts";
import type { Waiting } from "./operations.ts";
import type { EnvironmentToRegister, FilesToSend, ModelToRegister, ReadFiles, SendableFiles } from "./plan.ts";
import { contentKey, type RegisteredVersion, type RegisterOnce, type VersionToRegister } from "./register-once.ts";

/** A folder or file to be registered as data: of this computer, or at an address in the cloud. */
export type DataToRegister = {
  readonly name: string;
  readonly version: string | null;
  readonly type: "uri_folder" | "uri_file";
  readonly description: string;
  readonly source: { readonly uri: string } | { readonly files: FilesToSend };
};

/** What is registered in a workspace once for each content. Problems: those of the control plane, of reading and of sending files. */
export type AssetRegistrar = {
  /** Problem: model/invalid (the version holds something else). */
  readonly model: (model: ModelToRegister, waiting: Waiting) => Promise<Result<RegisteredVersion>>;
  /** It is called by its content. */
  readonly code: (files: FilesToSend, waiting: Waiting) => Promise<Result<RegisteredVersion>>;
  /** Problem: environment/invalid (the version holds something else). */
  readonly environment: (environment: EnvironmentToRegister, waiting: Waiting) => Promise<Result<RegisteredVersion>>;
  /** Problem: data/invalid (the version holds something else). */
  readonly data: (data: DataToRegister, waiting: Waiting) => Promise<Result<RegisteredVersion>>;
};

type Tools = {
  readonly place: AzurePlace;
  readonly resources: Pick<AzureResources, "datastores">;
  readonly readFiles: ReadFiles;
  readonly registerOnce: RegisterOnce;
};

export function createAssetRegistrar(tools: Tools): AssetRegistrar {
  return {
    model: (model, waiting) => registerModel(tools, model, waiting),
    code: (files, waiting) => registerCode(tools, files, waiting),
    environment: (environment, waiting) => registerEnvironment(tools, environment, waiting),
    data: (data, waiting) => registerData(tools, data, waiting),
  };
}

/** All that Batchdeck sends to a datastore lies below it, by what it is and by its content. */
const ourFolder = "batchdeck";

async function registerModel(
  tools: Tools,
  { name, version, type, files }: ModelToRegister,
  waiting: Waiting,
): Promise<Result<RegisteredVersion>> {
  const { place, readFiles } = tools;
  const read = await readFiles(files, waiting.signal);
  if (!read.ok) return read;
  const taken = { name, version: version ?? "", workspace: place.workspace };
  const model = {
    noun: "model",
    name,
    version,
    content: contentKey(read.value.address, type, files.root.name),
    taken: problemOf("model/invalid:azure-version-taken", taken),
    async make() {
      const there = await sent(tools, "model", files, read.value, waiting);
      if (!there.ok) return there;
      const { datastore, path } = there.value;
      return success({ modelType: type, modelUri: datastoreUri(place, datastore.name, path), isAnonymous: false });
    },
  } as const;
  return registered(tools, model, waiting);
}

async function registerCode(tools: Tools, files: FilesToSend, waiting: Waiting): Promise<Result<RegisteredVersion>> {
  const read = await tools.readFiles(files, waiting.signal);
  if (!read.ok) return read;
  const { address } = read.value;
  const name = `${ourFolder}-${address}`;
  const code = {
    noun: "code",
    name,
    version: "1",
    content: address,
    taken: problemOf("script/invalid:azure-version-taken", { name, version: "1", workspace: tools.place.workspace }),
    async make() {
      const there = await sent(tools, "code", files, read.value, waiting);
      if (!there.ok) return there;
      const { datastore, path } = there.value;
      return success({ codeUri: blobAddress(datastore, path), isAnonymous: false });
    },
  } as const;
  return registered(tools, code, waiting);
}

async function registerEnvironment(
  tools: Tools,
  { name: given, version: wanted, image, condaFile }: EnvironmentToRegister,
  waiting: Waiting,
): Promise<Result<RegisteredVersion>> {
  const content = contentKey(image, condaFile);
  const [name, version] = [given ?? ourFolder, wanted ?? content.slice(0, 32)];
  const environment: VersionToRegister = {
    noun: "environment",
    name,
    version,
    content,
    taken: problemOf("environment/invalid:azure-version-taken", { name, version, workspace: tools.place.workspace }),
    isSame: (found) => found.image === image && found.condaFile === condaFile,
    async make() {
      const packages = condaFile === null ? {} : { condaFile };
      return success({ image, ...packages, osType: "Linux", isAnonymous: false });
    },
  };
  return registered(tools, environment, waiting);
}

async function registerData(
  tools: Tools,
  { name, version, type, description, source }: DataToRegister,
  waiting: Waiting,
): Promise<Result<RegisteredVersion>> {
  const { place, readFiles } = tools;
  const taken = { name, version: version ?? "", workspace: place.workspace };
  const common = {
    noun: "data",
    name,
    version,
    taken: problemOf("data/invalid:azure-version-taken", taken),
  } as const;
  const facts = { dataType: type, description, isAnonymous: false };
  if ("uri" in source) {
    const { uri: dataUri } = source;
    const data: VersionToRegister = {
      ...common,
      content: contentKey(type, dataUri),
      isSame: (found) => found.dataUri === dataUri,
      make: async () => success({ ...facts, dataUri }),
    };
    return registered(tools, data, waiting);
  }
  const { files } = source;
  const read = await readFiles(files, waiting.signal);
  if (!read.ok) return read;
  const data: VersionToRegister = {
    ...common,
    content: contentKey(type, read.value.address, files.root.name),
    async make() {
      const there = await sent(tools, "data", files, read.value, waiting);
      if (!there.ok) return there;
      const { datastore, path } = there.value;
      const end = type === "uri_folder" ? "/" : "";
      return success({ ...facts, dataUri: datastoreUri(place, datastore.name, path + end) });
    },
  };
  return registered(tools, data, waiting);
}

async function registered(
  { registerOnce }: Tools,
  asset: VersionToRegister,
  { onProgress, signal }: Waiting,
): Promise<Result<RegisteredVersion>> {
  const done = await registerOnce(asset, signal);
  if (done.ok) {
    const { name, version, isNew } = done.value;
    onProgress({ kind: "registered", what: asset.noun, name, version, isNew });
  }
  return done;
}

/** Sends files to the default datastore; gives it, and the path of their root there. */
async function sent(
  { place, resources }: Tools,
  what: Extract<AzureProgress, { kind: "uploading" }>["what"],
  { root }: FilesToSend,
  files: SendableFiles,
  { onProgress, signal }: Waiting,
): Promise<Result<{ readonly datastore: AzureDatastore; readonly path: string }>> {
  const datastore = await defaultDatastore(place, resources);
  if (!datastore.ok) return datastore;
  const content = `${ourFolder}/${what}/${files.address}`;
  const path = `${content}/${root.name}`;
  const onSent = (sentBytes: number, bytesPerSecond: number) =>
    onProgress({ kind: "uploading", what, sentBytes, totalBytes: files.bytes, bytesPerSecond });
  onSent(0, 0);
  const done = await files.send(datastore.value, root.kind === "file" ? content : path, onSent, signal);
  return done.ok ? success({ datastore: datastore.value, path }) : done;
}
