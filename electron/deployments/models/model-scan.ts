import { promises as files } from "node:fs";
import { totalmem } from "node:os";
import path from "node:path";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { ModelFacts, ModelReport } from "../../contract/nouns/model-scan.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import {
  externalFileName,
  fileInside,
  listFolder,
  type ModelFile,
  onlyOnnxFile,
  refuseHardLink,
} from "./model-files.ts";
import { mlModelFileName, readMlModel } from "./ml-model.ts";
import { type ReaderLimits, startModelReader } from "./open-model.ts";
import { plainText } from "../../contract/plain-text.ts";
import { findingList } from "../onnx/scan-findings.ts";
import { scanLimits } from "../onnx/scan-limits.ts";

/** Where a model's files are, before any of them was opened. */
export type ModelPlace = {
  /** Resolved: no file of the model may be outside it. */
  readonly root: string;
  readonly onnx: ModelFile;
  /** Every file of the folder that was named; null when only the .onnx file was. */
  readonly listed: readonly ModelFile[] | null;
  /** The folder holds the file `MLmodel`. */
  readonly isMlflow: boolean;
};

/** A report on a model that was found: its data files with where they are. */
export type FoundModelReport = ModelReport & { readonly dataFiles: readonly ModelFile[] };

/**
 * Finds the model that a user named: an .onnx file, a folder that holds one, or an MLflow folder with the onnx flavor. Problems: model/invalid,
 * model/unreadable, model/outside-files. File system errors are thrown as they come.
 */
export async function findModel(source: string): Promise<Result<ModelPlace>> {
  const stats = await files.stat(source);
  if (stats.isDirectory()) return findInFolder(source);
  if (!stats.isFile()) return failure("model/invalid:no-file-or-folder", { source });
  if (!source.toLowerCase().endsWith(".onnx")) return failure("model/invalid:not-onnx", { source });
  // The user named this very file, so where a link leads is where they want to go.
  const resolved = await files.realpath(source);
  const onnx = await fileInside(path.dirname(resolved), path.basename(resolved), "model");
  if (!onnx.ok) return onnx;
  const root = await files.realpath(path.dirname(source));
  return success({ root, onnx: { ...onnx.value, name: path.basename(source) }, listed: null, isMlflow: false });
}

async function findInFolder(source: string): Promise<Result<ModelPlace>> {
  const listed = await listFolder(source, "model");
  if (!listed.ok) return listed;
  const mlModelFile = listed.value.find(({ name }) => name === mlModelFileName);
  const mlModel = mlModelFile === undefined ? null : await readMlModel(source, mlModelFile.source);
  if (mlModel !== null && !mlModel.ok) return mlModel;
  const name = mlModel === null ? onlyOnnxFile(source, listed.value) : success(mlModel.value.onnxFile);
  if (!name.ok) return name;
  const onnx = listed.value.find((file) => file.name === name.value);
  if (onnx === undefined) {
    return failure("model/unreadable:mlflow-file-missing", { file: plainText(name.value) });
  }
  return success({ root: await files.realpath(source), onnx, listed: listed.value, isMlflow: mlModel !== null });
}

/** Adds to what the model's own file says what is there of the files that it names. None of them is opened. */
export async function reportModel(place: ModelPlace, facts: ModelFacts): Promise<FoundModelReport> {
  const findings = findingList();
  findings.addAll(facts.findings);
  const dataFiles = new Map<string, ModelFile>();
  const spellings = new Map<string, string>();
  let unbackedBytes = facts.unbackedBytes;
  for (const external of facts.externalFiles) {
    const file = await dataFile(place, external.location);
    if (!file.ok) {
      const isOutside = file.problem.code === "model/outside-files";
      findings.add(isOutside ? "outside-folder:file" : "missing-data:file", { cause: file.problem }, "");
      continue;
    }
    const { name, sizeBytes } = file.value;
    const spelling = spellings.get(name.toLowerCase()) ?? name;
    spellings.set(name.toLowerCase(), spelling);
    if (spelling !== name) {
      findings.add("outside-folder:capitals", { file: plainText(spelling), other: plainText(name) }, "");
    }
    if (external.endBytes > sizeBytes) {
      const bytes = { needed: external.endBytes, found: sizeBytes };
      findings.add("wrong-size:data-file", { file: plainText(name), ...bytes }, "");
    }
    unbackedBytes += Math.max(0, external.tensorBytes - sizeBytes);
    dataFiles.set(name, file.value);
  }
  const memoryBytes = facts.tensorBytes + facts.sizeBytes;
  if (unbackedBytes > scanLimits.unbackedBytes || memoryBytes > totalmem()) {
    const bytes = { needed: memoryBytes, memory: totalmem(), repeated: scanLimits.unbackedBytes };
    findings.add("too-large:memory", bytes, "");
  }
  return {
    onnxFile: place.onnx.name,
    facts,
    dataFiles: [...dataFiles.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    memoryBytes,
    findings: findings.all,
  };
}

async function dataFile(place: ModelPlace, location: string): Promise<Result<ModelFile>> {
  const name = externalFileName(place.onnx.name, location);
  if (!name.ok) return name;
  const missing = failure("model/unreadable:data-file-missing", { file: plainText(location) });
  const listed = place.listed?.find((file) => file.name === name.value);
  if (place.listed !== null && listed === undefined) return missing;
  const file = listed === undefined ? await fileInside(place.root, name.value, "model") : success(listed);
  if (!file.ok) return file.problem.code === "model/unreadable" ? missing : file;
  const single = refuseHardLink(file.value);
  return single.ok ? file : single;
}

/**
 * Scans a model where it is: nothing is copied, and no library opens it. Problems: those of `findModel`, and
 * model/unreadable when the process that reads it ends, also by `signal` or the timeout; everything else that is wrong is
 * in the report.
 */
export async function scanModel(
  host: ProcessHost,
  source: string,
  limits: ReaderLimits = {},
): Promise<Result<ModelReport>> {
  const reader = startModelReader(host, limits);
  try {
    const place = await findModel(source);
    if (!place.ok) return place;
    const { onnx } = place.value;
    const facts = await reader.scan(onnx.source, onnx.identity);
    return facts.ok ? success(await reportModel(place.value, facts.value)) : facts;
  } catch (error) {
    return unreadableModel(source, error);
  } finally {
    reader.end();
  }
}

/** What the file system refuses is a problem; anything else is a mistake of ours, and thrown. */
export function unreadableModel(source: string, error: unknown): Result<never> {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) throw error;
  if (code === "ENOENT" || code === "ENOTDIR") return failure("model/invalid:missing", { source });
  if (code === "ENOSPC") return failure("model/unreadable:disk-full", { source });
  return failure("model/unreadable:copying", { source, reason: (error as Error).message });
}

/** What `model scan --json` prints. */
export function reportView(report: ModelReport): Readonly<Record<string, unknown>> {
  const { facts, findings } = report;
  return {
    verdict: findings.length === 0 ? "safe" : "refused",
    file: report.onnxFile,
    size_bytes: facts.sizeBytes,
    sha256: facts.sha256,
    ir_version: facts.irVersion,
    producer: facts.producer,
    producer_version: facts.producerVersion,
    opsets: facts.opsets,
    operators: facts.operators,
    functions: facts.functions,
    tensors: facts.tensors,
    parameters: facts.parameters,
    inputs: facts.inputs,
    outputs: facts.outputs,
    data_files: report.dataFiles.map(({ name, sizeBytes }) => ({ file: name, size_bytes: sizeBytes })),
    memory_bytes: report.memoryBytes,
    findings: findings.map((finding) => ({ severity: "error", ...finding })),
  };
}
