import { randomUUID } from "node:crypto";
import { existsSync, promises as files, mkdirSync } from "node:fs";
import path from "node:path";
import { assetNameSchema } from "../../contract/names.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { ModelSignature } from "../../contract/signature.ts";
import { removeFolder, removeFolderSync, renameSync } from "../../files/patient.ts";
import type { ModelRecord } from "../../registry/models.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { changedMeanwhile, copyFile, copyFiles, hashOfAll, holds, holdSame } from "./copy-files.ts";
import { fileInside, listFolder, type ModelFile } from "./model-files.ts";
import { findModel, type FoundModelReport, type ModelPlace, reportModel, unreadableModel } from "./model-scan.ts";
import { type ModelReader, startModelReader } from "./open-model.ts";
import { parseYaml, readSmallTextFile } from "../yaml/read-yaml.ts";
import { tokenizerFileName } from "../scorers/resolve-text-scorer.ts";
import { findingProblem } from "../onnx/scan-findings.ts";
import type { DeploymentTools } from "../deployment-tools.ts";
import type { ModelType } from "../../contract/views/model.ts";

/** What to copy, and as what: an ONNX model, which is opened, or plain files for a script, which never are. */
export type ModelRequest = {
  readonly name: string;
  /** Null: the next number, or the version that holds the same content. */
  readonly version: string | null;
  readonly path: string;
  /** Of an ONNX model null: what is there tells whether it is an MLflow folder. */
  readonly type: ModelType | null;
  readonly content: "onnx" | "files";
};

/**
 * A model that was copied into the store's staging area and opened, but is not in the registry. It becomes a model by
 * `keepModel`, or vanishes by `dropModel`: one of the two must follow.
 */
export type StagedModel = {
  readonly name: string;
  /** Null: the next number, or the version that holds the same content. */
  readonly version: string | null;
  readonly hash: string;
  /** Empty: nothing was opened. */
  readonly onnxFile: string;
  readonly signature: ModelSignature;
  readonly type: ModelType;
  /** The name of the folder that was copied; null: a file was. */
  readonly rootName: string | null;
  /** Absolute path of the copy. */
  readonly folder: string;
  /** The files of the version with this content were changed or lost since: they are replaced. */
  readonly replaces: boolean;
};

const stagingPrefix = ".staging-";
const stagingLeftBehindMs = 24 * 60 * 60 * 1000;

/** Absolute path of the folder that a model's files are in. */
export function modelFolder(modelsFolder: string, model: ModelRecord): string {
  return path.join(modelsFolder, model.folder);
}

/**
 * Absolute path of what Azure calls AZUREML_MODEL_DIR: a model that was a folder `net` is the folder `net` in it, one that
 * was a file is that file in it. (Folders that were copied by earlier versions lie in it without their own name.)
 */
export function modelDirectory(modelsFolder: string, model: ModelRecord): string {
  return path.join(modelsFolder, ...model.folder.split("/").slice(0, 2));
}

const nothingTaken: ModelSignature = { inputs: [], outputs: [], fixedBatch: null };

/**
 * Copies a model (an .onnx file with what belongs to it, or a folder that holds one) into the store, reads it and opens
 * it; of plain files for a script nothing is opened. Problems: model/invalid, model/unreadable, model/unsupported, model/outside-files; then nothing is left behind.
 */
export async function stageModel(tools: DeploymentTools, request: ModelRequest): Promise<Result<StagedModel>> {
  for (const name of [request.name, request.version ?? "1"]) {
    if (!assetNameSchema.safeParse(name).success) {
      return failure("model/invalid:name", { name });
    }
  }
  await removeLeftStaging(tools.modelsFolder);
  const folder = path.join(tools.modelsFolder, `${stagingPrefix}${randomUUID()}`);
  const reader = startModelReader(tools.processHost);
  try {
    const rootName = (await files.stat(request.path)).isDirectory() ? path.basename(path.resolve(request.path)) : null;
    const { name, version, type } = request;
    const common = { name, version, type: type ?? "custom_model", rootName, folder };
    if (request.content === "files") {
      const copied = await copyPlainFiles(tools.modelsFolder, request.path, folder);
      if (!copied.ok) return await dropped(folder, copied);
      const kept = { hash: copied.value, replaces: await isDamaged(tools, name, copied.value, folder) };
      return success({ ...common, onnxFile: "", signature: nothingTaken, ...kept });
    }
    const copied = await copyModel(tools.modelsFolder, request, folder, reader.scan);
    if (!copied.ok) return await dropped(folder, copied);
    const signature = await reader.open(path.join(folder, copied.value.onnxFile));
    if (!signature.ok) return await dropped(folder, signature);
    const replaces = await isDamaged(tools, name, copied.value.hash, folder);
    return success({ ...common, ...copied.value, signature: signature.value, replaces });
  } catch (error) {
    await removeFolder(folder);
    return unreadableModel(request.path, error);
  } finally {
    reader.end();
  }
}

/**
 * Whether the version that was made of this content holds something else by now. Compared with what is staged as it is
 * after it was opened, which may have changed it.
 */
async function isDamaged(
  { registry, modelsFolder }: DeploymentTools,
  name: string,
  hash: string,
  staged: string,
): Promise<boolean> {
  const same = registry.models.findByHash(name, hash);
  return same !== null && !(await holdSame(modelFolder(modelsFolder, same), staged, "model"));
}

/**
 * Puts a staged model into the registry and its files in their place. The same content under the same name is the same
 * version. To be called inside `registry.transaction`, whose lock also guards the folder; synchronous for that reason.
 * Problem: model/invalid when the wanted version holds something else.
 */
export function keepModel(registry: Registry, modelsFolder: string, staged: StagedModel): Result<ModelRecord> {
  const same = registry.models.findByHash(staged.name, staged.hash);
  if (same !== null && servesAs(same, staged) && (staged.version === null || staged.version === same.version)) {
    const place = modelFolder(modelsFolder, same);
    if (staged.replaces) moveInto(staged.folder, modelDirectory(modelsFolder, same), place);
    return success(same);
  }
  const version = staged.version ?? nextVersion(registry, staged.name);
  if (registry.models.find(staged.name, version) !== null) {
    return failure("model/invalid:version-taken", { model: staged.name, version });
  }
  const name = registry.models.findLatest(staged.name)?.name ?? staged.name;
  const folder = [name, version, ...(staged.rootName === null ? [] : [staged.rootName])].join("/");
  moveInto(staged.folder, path.join(modelsFolder, name, version), path.join(modelsFolder, folder));
  const { hash, onnxFile, signature, type } = staged;
  return success(registry.models.add({ name, version, hash, folder, onnxFile, signature, type }));
}

/** Whether a version with the same content can stand for it: opened where that is needed, lying as it did for a script. */
function servesAs(known: ModelRecord, staged: StagedModel): boolean {
  if (staged.onnxFile !== "") return known.onnxFile === staged.onnxFile && known.type === staged.type;
  return (known.folder.split("/")[2] ?? null) === staged.rootName;
}

/** Removes what is left of a staged model; harmless after `keepModel`. */
export async function dropModel(staged: StagedModel): Promise<void> {
  await removeFolder(staged.folder);
}

type CopiedModel = { readonly hash: string; readonly onnxFile: string; readonly type: ModelType };

/** Only the .onnx file is opened before all that it says was found harmless; then the files that belong to it. */
async function copyModel(
  modelsFolder: string,
  { path: source, type: wanted }: ModelRequest,
  target: string,
  scan: ModelReader["scan"],
): Promise<Result<CopiedModel>> {
  await files.mkdir(modelsFolder, { recursive: true, mode: ownerOnly.folder });
  const outside = await refuseAroundStore(source, modelsFolder);
  if (!outside.ok) return outside;
  const place = await findModel(source);
  if (!place.ok) return place;
  const { onnx, listed, isMlflow } = place.value;
  const type = isMlflow ? "mlflow_model" : "custom_model";
  if (wanted !== null && wanted !== type && wanted !== "custom_model") {
    return failure("model/invalid:not-mlflow", { source });
  }
  const model = await copyFile(onnx, target, "model");
  if (!model.ok) return model;
  const facts = await scan(path.join(target, onnx.name));
  if (!facts.ok) return facts;
  const report = await reportModel(place.value, facts.value);
  const [finding] = report.findings;
  if (finding !== undefined) return { ok: false, problem: findingProblem(finding) };
  if (facts.value.sha256 !== model.value.hash) return changedMeanwhile(onnx.name, "model");

  const rest = listed === null ? await companions(place.value, report) : success(listed);
  if (!rest.ok) return rest;
  const copied = new Map([[onnx.name, model.value]]);
  for (const file of rest.value) {
    if (copied.has(file.name)) continue;
    const copy = await copyFile(file, target, "model");
    if (!copy.ok) return copy;
    copied.set(file.name, copy.value);
  }
  return success({ hash: hashOfAll(copied), onnxFile: onnx.name, type });
}

/** Every byte as it is, and no look at any of them. */
async function copyPlainFiles(modelsFolder: string, source: string, target: string): Promise<Result<string>> {
  await files.mkdir(target, { recursive: true, mode: ownerOnly.folder });
  const outside = await refuseAroundStore(source, modelsFolder);
  if (!outside.ok) return outside;
  const listed = (await files.stat(source)).isDirectory()
    ? await listFolder(source, "model")
    : await singleFile(source);
  if (!listed.ok) return listed;
  const copied = await copyFiles(listed.value, target, "model");
  return copied.ok ? success(hashOfAll(copied.value)) : copied;
}

/** The user named this very file, so where a link leads is where they want to go; it keeps the name that they know. */
async function singleFile(source: string): Promise<Result<readonly ModelFile[]>> {
  const resolved = await files.realpath(source);
  const file = await fileInside(path.dirname(resolved), path.basename(resolved), "model");
  return file.ok ? success([{ ...file.value, name: path.basename(source) }]) : file;
}

/** A workspace must not be copied into itself. */
async function refuseAroundStore(source: string, modelsFolder: string): Promise<Result<null>> {
  await files.access(source);
  if (!holds(source, modelsFolder)) return success(null);
  return failure("model/invalid:holds-workspace", { folder: source });
}

/** An .onnx file brings along: its data files, the scorer.yml and tokenizer beside it, and the labels that scorer.yml names. */
async function companions({ root }: ModelPlace, report: FoundModelReport): Promise<Result<readonly ModelFile[]>> {
  const found = [...report.dataFiles];
  for (const name of await scorerFilesBeside(root)) {
    const file = await fileInside(root, name, "model");
    if (!file.ok) return file;
    found.push(file.value);
  }
  return success(found);
}

/**
 * scorer.yml, the files that it names (labels, a tokenizer), and tokenizer.json, of those that exist; what is wrong with
 * them is said when they are read.
 */
async function scorerFilesBeside(folder: string): Promise<readonly string[]> {
  const names = new Set<string>([scorerFileName, tokenizerFileName]);
  const scorerFile = path.join(folder, scorerFileName);
  if (existsSync(scorerFile)) {
    const text = await readSmallTextFile(scorerFile, "scorer/invalid");
    const yaml = text.ok ? parseYaml(text.value, scorerFile, "scorer/invalid") : text;
    if (yaml.ok) {
      for (const name of [
        valueIn(yaml.value.value["output"], "labels"),
        valueIn(yaml.value.value["input"], "tokenizer"),
      ])
        if (typeof name === "string" && path.basename(name) === name) names.add(name);
    }
  }
  return [...names].filter((name) => existsSync(path.join(folder, name)));
}

function valueIn(map: unknown, key: string): unknown {
  return typeof map === "object" && map !== null && key in map ? (map as Record<string, unknown>)[key] : null;
}

export const scorerFileName = "scorer.yml";

/** What is in the model's directory belongs to no model: a program ended before it could write its row. */
function moveInto(from: string, directory: string, place: string): void {
  removeFolderSync(directory);
  mkdirSync(path.dirname(place), { recursive: true, mode: ownerOnly.folder });
  renameSync(from, place);
}

function nextVersion(registry: Registry, name: string): string {
  const numbers = registry.models.versions(name).map((version) => (/^\d+$/.test(version) ? Number(version) : 0));
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
      await removeFolder(folder);
    }
  }
}

async function dropped(folder: string, problem: Result<never>): Promise<Result<never>> {
  await removeFolder(folder);
  return problem;
}
