import { createHash, randomUUID } from "node:crypto";
import { constants, existsSync, promises as files, mkdirSync, renameSync, rmSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { assetNameRule, assetNameSchema } from "../contract/names.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import type { ModelSignature } from "../contract/signature.ts";
import type { ModelRecord } from "../registry/models.repository.ts";
import type { Registry } from "../registry/open-registry.ts";
import { fileIdentity, type ModelFile, modelFileInside } from "./model-files.ts";
import { findModel, type ModelPlace, type ModelReport, reportModel, unreadableModel } from "./model-scan.ts";
import { type ModelReader, startModelReader } from "./open-model.ts";
import { parseYaml, readSmallTextFile } from "./read-yaml.ts";
import { findingProblem, quoted } from "./scan-findings.ts";
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
    return unreadableModel(request.path, error);
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

/** Only the .onnx file is opened before all that it says was found harmless; then the files that belong to it. */
async function copyModel(
  modelsFolder: string,
  source: string,
  target: string,
  scan: ModelReader["scan"],
): Promise<Result<CopiedModel>> {
  await files.mkdir(modelsFolder, { recursive: true });
  const outside = await refuseAroundStore(source, modelsFolder);
  if (!outside.ok) return outside;
  const place = await findModel(source);
  if (!place.ok) return place;
  const { onnx, listed } = place.value;
  const model = await copyFile(onnx, target);
  if (!model.ok) return model;
  const facts = await scan(path.join(target, onnx.name));
  if (!facts.ok) return facts;
  const report = await reportModel(place.value, facts.value);
  const [finding] = report.findings;
  if (finding !== undefined) return { ok: false, problem: findingProblem(finding) };
  if (facts.value.sha256 !== model.value.hash) return changedMeanwhile(onnx.name);

  const rest = listed === null ? await companions(place.value, report) : success(listed);
  if (!rest.ok) return rest;
  const copied = new Map([[onnx.name, model.value]]);
  for (const file of rest.value) {
    if (copied.has(file.name)) continue;
    const copy = await copyFile(file, target);
    if (!copy.ok) return copy;
    copied.set(file.name, copy.value);
  }
  return success({ hash: hashOfAll(copied), onnxFile: onnx.name });
}

/** A workspace must not be copied into itself. */
async function refuseAroundStore(source: string, modelsFolder: string): Promise<Result<null>> {
  const [from, store] = [await files.realpath(source), await files.realpath(modelsFolder)];
  if (!isInside(from, store)) return success(null);
  return failure("model/invalid", `The folder "${source}" holds the workspace itself.`, "Name the model's own folder.");
}

/** An .onnx file brings along: its data files, the scorer.yml beside it, and the labels that this names. */
async function companions({ root }: ModelPlace, report: ModelReport): Promise<Result<readonly ModelFile[]>> {
  const found = [...report.dataFiles];
  for (const name of await scorerFilesBeside(root)) {
    const file = await modelFileInside(root, name);
    if (!file.ok) return file;
    found.push(file.value);
  }
  return success(found);
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

type CopiedFile = { readonly hash: string; readonly bytes: number };

/** SHA-256 over all names, sizes and contents, in the order of the names. */
function hashOfAll(copied: ReadonlyMap<string, CopiedFile>): string {
  const whole = createHash("sha256");
  for (const [name, { bytes, hash }] of [...copied].sort(([a], [b]) => (a < b ? -1 : 1))) {
    whole.update(`${name}\0${bytes}\0${hash}\n`);
  }
  return whole.digest("hex");
}

/** Copies a file under `target`. Problem: model/outside-files when it is not the file any more that was looked at. */
async function copyFile(file: ModelFile, target: string): Promise<Result<CopiedFile>> {
  const place = path.join(target, file.name);
  await files.mkdir(path.dirname(place), { recursive: true });
  // The path was resolved: a link here now was put there in the meantime. Nor shall a pipe keep us waiting.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const input = await files.open(file.source, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ELOOP") throw error;
    return null;
  });
  if (input === null) return changedMeanwhile(file.name);
  try {
    if (!(await isSameFile(input, file))) return changedMeanwhile(file.name);
    const output = await files.open(place, "wx");
    try {
      return success(await copyContent(input, output));
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

/** Folders on the way may have been exchanged as well, so it is asked of the open file itself where and what it is. */
async function isSameFile(opened: FileHandle, file: ModelFile): Promise<boolean> {
  const stats = await opened.stat();
  if (!stats.isFile() || fileIdentity(stats) !== file.identity || stats.nlink !== file.links) return false;
  // Only Linux tells; elsewhere the path is asked once more.
  const place = await files.readlink(`/proc/self/fd/${opened.fd}`).catch(() => files.realpath(file.source));
  return place === file.source;
}

async function copyContent(input: FileHandle, output: FileHandle): Promise<CopiedFile> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1024 * 1024);
  for (let bytes = 0; ; ) {
    const { bytesRead } = await input.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) {
      await output.sync();
      return { hash: hash.digest("hex"), bytes };
    }
    const part = buffer.subarray(0, bytesRead);
    hash.update(part);
    for (let written = 0; written < bytesRead; ) written += (await output.write(part, written)).bytesWritten;
    bytes += bytesRead;
  }
}

function changedMeanwhile(name: string): Result<never> {
  return failure(
    "model/outside-files",
    `The model's file ${quoted(name)} became another one while it was copied.`,
    "Leave the model's folder alone and try again.",
  );
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
