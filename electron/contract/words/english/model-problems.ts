import { someNames } from "../name-list.ts";
import { assetNameRule } from "../../names.ts";
import type { WordTable } from "../speaker.ts";
import { type FindingFact, findingWords } from "./parts/finding-words.ts";
import { folderWords } from "./parts/folder-words.ts";
import { type Tensor, tensorText } from "./parts/tensor-words.ts";

const folder = folderWords({
  title: "model",
  holder: "a model",
  advice: "Name the model's own folder, or its .onnx file.",
});
const saveAgain = "Save the model with MLflow again.";
const saveFitting = "Save the model with MLflow again, with a signature of what its onnx flavor takes.";

/** Of `nl_NL` it is `nl`. */
export function languageOf(locale: string): string {
  return locale.split(/[_.@-]/)[0] ?? locale;
}

/** Models: where they are, what is in their folder, and what they take and give. */
export const modelProblems = {
  "model/invalid:name": ({ name }: { name: string }) => [
    `"${name}" cannot be the name or version of a model.`,
    assetNameRule,
  ],
  "model/invalid:version-taken": ({ model, version }: { model: string; version: string }) => [
    `The model "${model}" has a version ${version} already, with other content.`,
    "Give another version, or none.",
  ],
  "model/invalid:missing": ({ source }: { source: string }) => [
    `There is no file or folder "${source}".`,
    "Check the model's path.",
  ],
  "model/invalid:no-file-or-folder": ({ source }: { source: string }) => [
    `"${source}" is neither a file nor a folder.`,
  ],
  "model/invalid:not-onnx": ({ source }: { source: string }) => [
    `"${source}" is not an .onnx file.`,
    "Name the folder or file of an ONNX model.",
  ],
  "model/invalid:no-onnx-file": ({ folder }: { folder: string }) => [
    `The folder "${folder}" holds no .onnx file.`,
    "Name the folder or file of an ONNX model.",
  ],
  "model/invalid:several-onnx-files": ({
    folder,
    count,
    names,
  }: {
    folder: string;
    count: number;
    /** The first few. */
    names: readonly string[];
  }) => [
    `The folder "${folder}" holds ${count} .onnx files (${names.join(", ")}${count > names.length ? ", …" : ""}).`,
    "Name one of the files instead of the folder.",
  ],
  "model/invalid:too-much": folder.tooMuch,
  "model/invalid:not-mlflow": ({ source }: { source: string }) => [
    `"${source}" is no MLflow folder: it holds no file "MLmodel".`,
    "Name the folder that holds it.",
  ],
  "model/invalid:holds-workspace": ({ folder }: { folder: string }) => [
    `The folder "${folder}" holds the workspace itself.`,
    "Name the model's own folder.",
  ],
  "model/invalid:changed-in-workspace": ({ finding }: { finding: FindingFact }, speaker) => [
    `The model in the workspace is refused: ${findingWords(finding, speaker)[0]}`,
    "Create the deployment again.",
  ],

  "model/not-found": ({ model }: { model: string }) => [
    `There is no model "${model}".`,
    `Make it with "model create -n ${model} --path PATH".`,
  ],
  "model/not-found:version": ({
    model,
    version,
    known,
  }: {
    model: string;
    version: string;
    known: readonly string[];
  }) => [`The model "${model}" has no version ${version}.`, `Its versions: ${someNames(known)}.`],
  "model/in-use:deployment": ({
    model,
    deployment,
    endpoint,
  }: {
    model: string;
    deployment: string;
    endpoint: string;
  }) => [
    `The model "${model}" is used by the deployment "${deployment}" of the endpoint "${endpoint}".`,
    "Delete that first.",
  ],
  "model/in-use:job": ({ model, job }: { model: string; job: string }) => [
    `The model "${model}" is used by the unfinished job "${job}".`,
    "Delete that first.",
  ],

  "model/unreadable:missing": folder.missing,
  "model/unreadable:system": folder.unreadable,
  "model/unreadable:disk-full": ({ source }: { source: string }) => [
    `The model at "${source}" cannot be read or copied: the disk is full.`,
  ],
  "model/unreadable:copying": ({ source, reason }: { source: string; reason: string }) => [
    `The model at "${source}" cannot be read or copied: ${reason}.`,
  ],
  "model/unreadable:opening": ({ reason }: { reason: string }) => [`The model cannot be read: ${reason}.`],
  "model/unreadable:not-a-file": () => ["The model is not a file.", "Name its .onnx file."],
  "model/unreadable:data-file-missing": ({ file }: { file: string }) => [
    `The model's data file "${file}" is not there.`,
    "Put it beside the model, where the model says it is.",
  ],
  "model/unreadable:process-ended": () => ["The model could not be opened: the process that read it ended."],
  "model/unreadable:timeout": ({ seconds }: { seconds: number }) => [
    `The model could not be opened within ${seconds} seconds.`,
  ],
  "model/unreadable:runtime": ({ reason }: { reason: string | null }) => [
    `ONNX Runtime cannot open the model: ${reason ?? "no reason was given"}.`,
    "Export it again, for an opset that ONNX Runtime 1.30 knows.",
  ],
  "model/unreadable:newer-opset": ({ opset }: { opset: string }) => [
    `ONNX Runtime cannot open the model: it is written for opset ${opset}, which is newer than ONNX Runtime.`,
    "Export it again, for an opset that ONNX Runtime 1.30 knows.",
  ],
  "model/unreadable:locale": ({ locale }: { locale: string }) => [
    `The model needs the locale "${locale}" of the operating system, which is not installed.`,
    `Install it: on Ubuntu with the package language-pack-${languageOf(locale)}, on Debian with the package locales and "localedef -i ${locale} -f UTF-8 ${locale}".`,
  ],
  "model/unreadable:number-type": ({ type }: { type: string }) => [
    `The model uses numbers of the type ${type}, which ONNX Runtime does not run here.`,
    "Export it in float32 or float16.",
  ],
  "model/unreadable:no-implementation": ({ operator, opset }: { operator: string; opset: string }) => [
    `ONNX Runtime has no ${operator} (opset ${opset}) for the type of numbers that the model gives it, such as bfloat16.`,
    "Export the model in float32.",
  ],
  "model/unreadable:finding": ({ finding }: { finding: FindingFact }, speaker) => findingWords(finding, speaker),

  "model/outside-files:link": folder.linkOut,
  "model/outside-files:folder-link": folder.folderLink,
  "model/outside-files:not-a-file": folder.notAFile,
  "model/outside-files:changed": folder.changed,
  "model/outside-files:place": ({ location }: { location: string }) => [
    `The model asks for its data in "${location}", which is not a plain path inside its folder.`,
    "Export the model with its data in one file, or beside it.",
  ],
  "model/outside-files:itself": () => ["The model names itself as the file of its data.", "Export the model again."],
  "model/outside-files:hard-link": ({ file }: { file: string }) => [
    `The model's file "${file}" is linked from another place as well.`,
    "Make a copy of the file in the model's folder.",
  ],
  "model/outside-files:finding": ({ finding }: { finding: FindingFact }, speaker) => findingWords(finding, speaker),

  "model/unsupported:not-a-tensor": ({ side, name }: { side: Side; name: string }) => [
    `The model's ${side} "${name}" is not a tensor.`,
    "Export it with tensors only.",
  ],
  "model/unsupported:tensor-type": ({ side, name, type }: { side: Side; name: string; type: string }) => [
    `The model's ${side} "${name}" has the type ${type}, which is not supported.`,
  ],
  "model/unsupported:no-input": () => ["The model takes no input."],
  "model/unsupported:no-output": () => ["The model gives no output."],
  "model/unsupported:fixed-rows": ({ rows }: { rows: readonly number[] }) => [
    `The model's inputs fix different numbers of rows: ${rows.join(" and ")}.`,
  ],
  "model/unsupported:dependent-items": ({ rows }: { rows: number }) => [
    `The model takes ${rows} items in a run, and what comes out for one depends on the others.`,
    "Export it with a batch of 1, or score it with a script that gives it what belongs together.",
  ],
  "model/unsupported:fixed-lengths": ({ lengths }: { lengths: readonly number[] }) => [
    `The model's inputs fix different lengths: ${lengths.join(" and ")}.`,
  ],
  "model/unsupported:inputs": ({ inputs }: { inputs: readonly Tensor[] }) => [
    `The model's inputs (${tensorText(inputs)}) are neither columns of a table nor one picture, and arrays hold no texts.`,
    "Name a column of lists for each input in scorer.yml: input: {columns: {INPUT: COLUMN}}.",
  ],
  "model/unsupported:plain-files": ({ model }: { model: string }) => [
    `The model "${model}" is kept as plain files for scripts, and nothing in it was opened.`,
    "Give the deployment a scoring_script (under code_configuration) and an environment, or name an ONNX model.",
  ],
  "model/unsupported:finding": ({ finding }: { finding: FindingFact }, speaker) => findingWords(finding, speaker),

  "model/unreadable:mlflow-data": () => ['The onnx flavor of the file "MLmodel" does not name its data file.'],
  "model/unreadable:mlflow-file-missing": ({ file }: { file: string }) => [
    `The model's file "${file}", which the file "MLmodel" names, is not there.`,
    saveAgain,
  ],
  "model/unreadable:mlflow-columns": ({ half }: { half: "inputs" | "outputs" }) => [
    `The signature's ${half} in the file "MLmodel" are not a list of columns.`,
    saveAgain,
  ],
  "model/unreadable:mlflow-column-twice": ({ column }: { column: string }) => [
    `The signature in the file "MLmodel" names the column "${column}" twice.`,
  ],
  "model/outside-files:mlflow": ({ location }: { location: string }) => [
    `The file "MLmodel" says that the model is in "${location}", which is not a plain path inside its folder.`,
    saveAgain,
  ],
  "model/unsupported:mlflow-flavors": ({ model, flavors }: { model: string; flavors: readonly string[] }) => [
    `The MLflow model in "${model}" has ${
      flavors.length === 0 ? "no flavors" : `the ${flavors.length === 1 ? "flavor" : "flavors"} ${someNames(flavors)}`
    }, and only the flavor onnx is scored without a script: the others are code that would have to be trusted.`,
    "Save it with the onnx flavor (mlflow.onnx), or give the deployment a scoring_script (under code_configuration) and an environment.",
  ],
  "model/unsupported:mlflow-column-type": ({ column, type }: { column: string; type: string }) => [
    `The signature in the file "MLmodel" has a column "${column}" of the type ${type}, which no table holds.`,
    "Score the model with a script.",
  ],
  "model/unsupported:mlflow-width": ({
    columns,
    input,
    width,
  }: {
    columns: number;
    input: string;
    width: number | null;
  }) => [
    `The MLflow signature does not fit the model: it has ${columns} columns, and its input "${input}" takes ${width ?? "none"}.`,
    saveFitting,
  ],
  "model/unsupported:mlflow-no-column": ({ input }: { input: string }) => [
    `The MLflow signature does not fit the model: it has no column for its input "${input}".`,
    saveFitting,
  ],
  "model/unsupported:mlflow-type": ({
    column,
    columnType,
    input,
    inputType,
  }: {
    column: string;
    columnType: string;
    input: string;
    inputType: string;
  }) => [
    `The MLflow signature does not fit the model: it says that the column "${column}" is ${columnType}, and its input "${input}" takes ${inputType}.`,
    saveFitting,
  ],
} satisfies Partial<WordTable>;

type Side = "input" | "output";
