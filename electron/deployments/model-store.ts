import { createHash, randomUUID } from "node:crypto";
import { constants, existsSync, promises as files, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { assetNameRule, assetNameSchema } from "../contract/names.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import type { ModelSignature } from "../contract/signature.ts";
import type { ModelRecord } from "../registry/models.repository.ts";
import type { Registry } from "../registry/open-registry.ts";
import {
  externalFileName,
  listModelFolder,
  type ModelFile,
  modelFileInside,
  onlyOnnxFile,
  refuseHardLink,
} from "./model-files.ts";
import { startModelReader } from "./open-model.ts";
import { parseYaml, readSmallTextFile } from "./read-yaml.ts";
import type { DeploymentTools } from "./types.ts";

/**
 * A model that was copied into the store's staging area and opened, but is not in the registry. It becomes a model by
 * `keepModel`, or vanishes by `dropModel`: one of the two must follow.
 */
export type StagedModel = {
  readonly name: string;
  /** Null: the next number, or the version that holds the same content. */
  readonly version: string | null;
  readonly hash: string;
  readonly onnxFile: string;
  readonly signature: ModelSignature;
  /** Absolute path of the copy. */
  readonly folder: string;
};

const stagingPrefix = ".staging-";
const stagingLeftBehindMs = 24 * 60 * 60 * 1000;

/** Absolute path of the folder that a model's files are in. */
export function modelFolder(modelsFolder: string, model: ModelRecord): string {
  return path.join(modelsFolder, model.folder);
}

/**
 * Copies a model (an .onnx file with what belongs to it, or a folder that holds one) into the store, reads it and opens
 * it. Problems: model/invalid, model/unreadable, model/unsupported, model/outside-files; then nothing is left behind.
 */
export async function stageModel(
  tools: DeploymentTools,
  request: { readonly name: string; readonly version: string | null; readonly path: string },
): Promise<Result<StagedModel>> {
  for (const name of [request.name, request.version ?? "1"]) {
    if (!assetNameSchema.safeParse(name).success) {
      return failure("model/invalid", `"${name}" cannot be the name or version of a model.`, assetNameRule);
    }
  }
  await removeLeftStaging(tools.modelsFolder);
  const folder = path.join(tools.modelsFolder, `${stagingPrefix}${randomUUID()}`);
  const reader = startModelReader(tools.processHost);
  try {
    const copied = await copyModel(tools.modelsFolder, request.path, folder, reader.scan);
    if (!copied.ok) return await dropped(folder, copied);
    const signature = await reader.open(path.join(folder, copied.value.onnxFile));
    if (!signature.ok) return await dropped(folder, signature);
    return success({ ...request, ...copied.value, signature: signature.value, folder });
  } catch (error) {
    await files.rm(folder, { recursive: true, force: true });
    return unreadable(request.path, error);
  } finally {
    reader.end();
  }
}

/**
 * Puts a staged model into the registry and its files in their place. The same content under the same name is the same
 * version. To be called inside `registry.transaction`, whose lock also guards the folder; synchronous for that reason.
 * Problem: model/invalid when the wanted version holds something else.
 */
export function keepModel(registry: Registry, modelsFolder: string, staged: StagedModel): Result<ModelRecord> {
  const same = registry.models.findByHash(staged.name, staged.hash);
  if (same !== null && (staged.version === null || staged.version === same.version)) {
    const place = modelFolder(modelsFolder, same);
    // Its files may have been lost; then these are the same ones.
    if (!existsSync(path.join(place, same.onnxFile))) moveInto(staged.folder, place);
    return success(same);
  }
  const version = staged.version ?? nextVersion(registry, staged.name);
  if (registry.models.find(staged.name, version) !== null) {
    return failure(
      "model/invalid",
      `The model "${staged.name}" has a version ${version} already, with other content.`,
      "Give another version, or none.",
    );
  }
  const name = registry.models.findLatest(staged.name)?.name ?? staged.name;
  const folder = `${name}/${version}`;
  moveInto(staged.folder, path.join(modelsFolder, folder));
  const { hash, onnxFile, signature } = staged;
  return success(registry.models.add({ name, version, hash, folder, onnxFile, signature }));
}

/** Removes what is left of a staged model; harmless after `keepModel`. */
export async function dropModel(staged: StagedModel): Promise<void> {
  await files.rm(staged.folder, { recursive: true, force: true });
}

type CopiedModel = { readonly hash: string; readonly onnxFile: string };

async function copyModel(
  modelsFolder: string,
  source: string,
  target: string,
  scan: (file: string) => Promise<Result<readonly string[]>>,
): Promise<Result<CopiedModel>> {
  const stats = await files.stat(source);
  await files.mkdir(modelsFolder, { recursive: true });
  if (stats.isFile()) return copySingleFile(source, target, scan);
  if (!stats.isDirectory()) return failure("model/invalid", `"${source}" is neither a file nor a folder.`);

  const [from, store] = [await files.realpath(source), await files.realpath(modelsFolder)];
  if (isInside(from, store)) {
    return failure(
      "model/invalid",
      `The folder "${source}" holds the workspace itself.`,
      "Name the model's own folder.",
    );
  }
  const listed = await listModelFolder(source);
  if (!listed.ok) return listed;
  const onnx = onlyOnnxFile(source, listed.value);
  if (!onnx.ok) return onnx;
  const hash = await copyFiles(listed.value, target);
  const external = await scan(path.join(target, onnx.value));
  if (!external.ok) return external;
  for (const location of external.value) {
    const name = externalFileName(onnx.value, location);
    if (!name.ok) return name;
    const file = listed.value.find((candidate) => candidate.name === name.value);
    if (file === undefined) return missingData(location);
    const single = refuseHardLink(file);
    if (!single.ok) return single;
  }
  return success({ hash, onnxFile: onnx.value });
}

/** An .onnx file brings along: its data files, the scorer.yml beside it, and the labels that this names. */
async function copySingleFile(
  source: string,
  target: string,
  scan: (file: string) => Promise<Result<readonly string[]>>,
): Promise<Result<CopiedModel>> {
  if (!source.toLowerCase().endsWith(".onnx")) {
    return failure("model/invalid", `"${source}" is not an .onnx file.`, "Name the folder or file of an ONNX model.");
  }
  const root = await files.realpath(path.dirname(source));
  const onnxFile = path.basename(source);
  // The user named this very file, so where a link leads is where they want to go.
  const onnx = await modelFileInside(
    path.dirname(await files.realpath(source)),
    path.basename(await files.realpath(source)),
  );
  if (!onnx.ok) return onnx;
  await copyFiles([{ ...onnx.value, name: onnxFile }], target);
  const external = await scan(path.join(target, onnxFile));
  if (!external.ok) return external;

  const companions = new Map<string, ModelFile>();
  for (const location of external.value) {
    const name = externalFileName(onnxFile, location);
    if (!name.ok) return name;
    const file = await modelFileInside(root, name.value);
    if (!file.ok) return file.problem.code === "model/unreadable" ? missingData(location) : file;
    const single = refuseHardLink(file.value);
    if (!single.ok) return single;
    companions.set(file.value.name, file.value);
  }
  for (const name of await scorerFilesBeside(root)) {
    const file = await modelFileInside(root, name);
    if (!file.ok) return file;
    companions.set(name, file.value);
  }
  companions.delete(onnxFile);
  const copied = { name: onnxFile, source: path.join(target, onnxFile), sizeBytes: onnx.value.sizeBytes, links: 1 };
  const all = [copied, ...companions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return success({ hash: await copyFiles(all, target), onnxFile });
}

/** scorer.yml and the labels file that it names, of those that exist; what is wrong with them is said when they are read. */
async function scorerFilesBeside(folder: string): Promise<readonly string[]> {
  const scorerFile = path.join(folder, scorerFileName);
  if (!existsSync(scorerFile)) return [];
  const text = await readSmallTextFile(scorerFile, "scorer/invalid");
  const yaml = text.ok ? parseYaml(text.value, scorerFile, "scorer/invalid") : text;
  const output = yaml.ok ? yaml.value.value["output"] : null;
  const labels = typeof output === "object" && output !== null && "labels" in output ? output.labels : null;
  const isBeside =
    typeof labels === "string" && path.basename(labels) === labels && existsSync(path.join(folder, labels));
  return isBeside ? [scorerFileName, labels] : [scorerFileName];
}

export const scorerFileName = "scorer.yml";

/**
 * Copies files under `target`, each by its content, and gives the SHA-256 over all names, sizes and contents. A file that
 * is there already (the model, when it came first) is only read.
 */
async function copyFiles(modelFiles: readonly ModelFile[], target: string): Promise<string> {
  const whole = createHash("sha256");
  for (const file of modelFiles) {
    const place = path.join(target, file.name);
    await files.mkdir(path.dirname(place), { recursive: true });
    const contents = await copyFile(file.source, file.source === place ? null : place);
    whole.update(`${file.name}\0${contents.bytes}\0${contents.hash}\n`);
  }
  return whole.digest("hex");
}

async function copyFile(
  source: string,
  place: string | null,
): Promise<{ readonly hash: string; readonly bytes: number }> {
  // The path was resolved: a link here now was put there in the meantime.
  const input = await files.open(source, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  const output = place === null ? null : await files.open(place, "wx");
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    if (!(await input.stat()).isFile()) throw new Error(`${source} is not a file`);
    const buffer = new Uint8Array(1024 * 1024);
    for (;;) {
      const { bytesRead } = await input.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      const part = buffer.subarray(0, bytesRead);
      hash.update(part);
      for (let written = 0; output !== null && written < bytesRead; ) {
        written += (await output.write(part, written)).bytesWritten;
      }
      bytes += bytesRead;
    }
    await output?.sync();
  } finally {
    await input.close();
    await output?.close();
  }
  return { hash: hash.digest("hex"), bytes };
}

/** A folder at that place belongs to no model: a program ended before it could write its row. */
function moveInto(from: string, place: string): void {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(path.dirname(place), { recursive: true });
  renameSync(from, place);
}

function nextVersion(registry: Registry, name: string): string {
  const numbers = registry.models.list(name).map(({ version }) => (/^\d+$/.test(version) ? Number(version) : 0));
  return String(Math.max(0, ...numbers) + 1);
}

/** Staging folders of programs that ended long ago. */
async function removeLeftStaging(modelsFolder: string): Promise<void> {
  if (!existsSync(modelsFolder)) return;
  for (const name of await files.readdir(modelsFolder)) {
    if (!name.startsWith(stagingPrefix)) continue;
    const folder = path.join(modelsFolder, name);
    const stats = await files.stat(folder).catch(() => null);
    if (stats !== null && Date.now() - stats.mtimeMs > stagingLeftBehindMs) {
      await files.rm(folder, { recursive: true, force: true });
    }
  }
}

async function dropped(folder: string, problem: Result<never>): Promise<Result<never>> {
  await files.rm(folder, { recursive: true, force: true });
  return problem;
}

function isInside(folder: string, child: string): boolean {
  return child === folder || child.startsWith(folder + path.sep);
}

function missingData(location: string): Result<never> {
  return failure(
    "model/unreadable",
    `The model's data file "${location}" is not there.`,
    "Put it beside the model, where the model says it is.",
  );
}

/** What the file system refuses is a problem; anything else is a mistake of ours. */
function unreadable(source: string, error: unknown): Result<never> {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) throw error;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return failure("model/invalid", `There is no file or folder "${source}".`, "Check the model's path.");
  }
  const reason = code === "ENOSPC" ? "the disk is full" : (error as Error).message;
  return failure("model/unreadable", `The model at "${source}" cannot be copied: ${reason}.`);
}
