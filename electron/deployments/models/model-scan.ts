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
import { findingList, quoted } from "../onnx/scan-findings.ts";
import { scanLimits } from "../onnx/scan-limits.ts";
import { englishWords } from "../../contract/words/english-problems.ts";

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
  if (!stats.isFile()) return failure("model/invalid", `"${source}" is neither a file nor a folder.`);
  if (!source.toLowerCase().endsWith(".onnx")) {
    return failure("model/invalid", `"${source}" is not an .onnx file.`, "Name the folder or file of an ONNX model.");
  }
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
  const mlModel = listed.value.some(({ name }) => name === mlModelFileName) ? await readMlModel(source) : null;
  if (mlModel !== null && !mlModel.ok) return mlModel;
  const name = mlModel === null ? onlyOnnxFile(source, listed.value) : success(mlModel.value.onnxFile);
  if (!name.ok) return name;
  const onnx = listed.value.find((file) => file.name === name.value);
  if (onnx === undefined) {
    return failure(
      "model/unreadable",
      `The model's file ${quoted(name.value)}, which the file "MLmodel" names, is not there.`,
      "Save the model with MLflow again.",
    );
  }
  return success({ root: await files.realpath(source), onnx, listed: listed.value, isMlflow: mlModel !== null });
}

/** Adds to what the model's own file says what is there of the files that it names. None of them is opened. */
export async function reportModel(place: ModelPlace, facts: ModelFacts): Promise<FoundModelReport> {
  const findings = findingList();
  for (const { code, message, remedy, where } of facts.findings) findings.add(code, message, remedy, where);
  const dataFiles = new Map<string, ModelFile>();
  const spellings = new Map<string, string>();
  let unbackedBytes = facts.unbackedBytes;
  for (const external of facts.externalFiles) {
    const file = await dataFile(place, external.location);
    if (!file.ok) {
      const { message, remedy } = englishWords(file.problem);
      findings.add(
        file.problem.code === "model/outside-files" ? "outside-folder" : "missing-data",
        message,
        remedy,
        "",
      );
      continue;
    }
    const { name, sizeBytes } = file.value;
    const spelling = spellings.get(name.toLowerCase()) ?? name;
    spellings.set(name.toLowerCase(), spelling);
    if (spelling !== name) {
      findings.add(
        "outside-folder",
        `The model's data files ${quoted(spelling)} and ${quoted(name)} differ in capitals alone, which not every disk tells apart.`,
        "Give them different names.",
        "",
      );
    }
    if (external.endBytes > sizeBytes) {
      findings.add(
        "wrong-size",
        `The model needs ${external.endBytes} bytes of its data file ${quoted(name)}, which has ${sizeBytes}.`,
        "Copy the data file again; it may be cut short.",
        "",
      );
    }
    unbackedBytes += Math.max(0, external.tensorBytes - sizeBytes);
    dataFiles.set(name, file.value);
  }
  const memoryBytes = facts.tensorBytes + facts.sizeBytes;
  if (unbackedBytes > scanLimits.unbackedBytes || memoryBytes > totalmem()) {
    findings.add(
      "too-large",
      `The model would take ${gibibytes(memoryBytes)} GiB of memory; this computer has ${gibibytes(totalmem())} GiB, ` +
        `and at most ${gibibytes(scanLimits.unbackedBytes)} GiB may be made of repeated or sparse data.`,
      "Use a smaller model, or a computer with more memory.",
      "",
    );
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
  const missing = failure(
    "model/unreadable",
    `The model's data file ${quoted(location)} is not there.`,
    "Put it beside the model, where the model says it is.",
  );
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
    const facts = await reader.scan(place.value.onnx.source);
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
  if (code === "ENOENT" || code === "ENOTDIR") {
    return failure("model/invalid", `There is no file or folder "${source}".`, "Check the model's path.");
  }
  const reason = code === "ENOSPC" ? "the disk is full" : (error as Error).message;
  return failure("model/unreadable", `The model at "${source}" cannot be read or copied: ${reason}.`);
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
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
