import type { NestedProblem, Speaker, WordTable, WrittenWords } from "../speaker.ts";

/** Azure ML's own words for an input that is none of these. */
const supportedForms =
  "Supported input path value are: path on the datastore, public URI, a registered data asset, or a local folder path.";

const fileUriFaults = {
  "not-whole": ["is not a whole file URI", "Write file:///FOLDER/FILE."],
  query: ["has a ? or #", "Write them as %3F and %23 in the name of a file."],
  separator: ["hides a separator in a name", "Write / between folders."],
  encoding: ["is not encoded rightly", "Write each % that belongs to a name as %25."],
  drive: ["names no drive", "Write file:///C:/FOLDER/FILE."],
} as const;
/** What is wrong with a `file:` URI. */
export type FileUriFault = keyof typeof fileUriFaults;

function unusableAsset({ asset, cause }: { asset: string; cause: NestedProblem }, { problem }: Speaker): WrittenWords {
  const { message, remedy } = problem(cause);
  return [`The data asset ${asset} cannot be used: ${message}`, remedy];
}

/** What an input is called: paths, names and addresses. */
export const addressProblems = {
  "input/unsupported:scheme": ({ address }: { address: string }) => [
    `"${address}" is of no known kind.`,
    supportedForms,
  ],
  "input/unsupported:asset-name": ({ address }: { address: string }) => [
    `"${address}" is not the name of a data asset.`,
    supportedForms,
  ],
  "input/unsupported:label": ({ address, label }: { address: string; label: string }) => [
    `"${address}" has the label "${label}", and the one label here is latest.`,
    supportedForms,
  ],
  "input/unsupported:outside-datastore": ({ address }: { address: string }) => [
    `"${address}" names a place outside of its datastore.`,
    supportedForms,
  ],
  "input/unsupported:outside-output": ({ address }: { address: string }) => [
    `"${address}" names a place outside of its job's output.`,
    supportedForms,
  ],
  "input/unsupported:azureml-address": ({ address }: { address: string }) => [
    `Invalid input path: "${address}" is neither a data asset, nor a path on a datastore, nor the output of a job.`,
    "Write azureml:NAME:VERSION, azureml://datastores/NAME/paths/PATH or azureml://jobs/JOB/outputs/score.",
  ],
  "input/unsupported:file-uri": ({ uri, fault }: { uri: string; fault: FileUriFault }) => {
    const [is, remedy] = fileUriFaults[fault];
    return [`"${uri}" ${is}.`, remedy];
  },
  "input/unsupported:file-uri-host": ({ uri, host }: { uri: string; host: string }) => [
    `"${uri}" names the computer "${host}".`,
    "Give the path of the shared folder instead.",
  ],
  "input/unsupported:link-outside": ({ address, folder }: { address: string; folder: string }) => [
    `"${address}" leads through a link out of ${folder}.`,
    "Give the path of that place itself.",
  ],
  "input/not-found:folder-of-address": ({
    address,
    folder,
    errno,
  }: {
    address: string;
    folder: string;
    errno: string | null;
  }) => [
    `The folder ${folder} of "${address}" cannot be read (${errno ?? "unknown reason"}).`,
    "Connect its disk or share, or name another folder.",
  ],
  "input/not-found:path": ({ path, wanted }: { path: string; wanted: "folder" | "file" | null }) => [
    `There is no ${wanted ?? "folder or file"} on target path: ${path}.`,
    "Check the path of the input.",
  ],
  "input/unsupported:special-file": ({ path }: { path: string }) => [
    `"${path}" is neither a folder nor a file.`,
    "Choose a folder or a file.",
  ],
  "usage/invalid:input-kind": ({
    path,
    kind,
    wanted,
  }: {
    path: string;
    kind: "folder" | "file";
    wanted: "folder" | "file";
  }) => [`"${path}" is a ${kind}, not a ${wanted}.`, `Use --input-type uri_${kind}, or leave it out.`],
  "usage/invalid:asset-type": ({
    asset,
    type,
    wanted,
  }: {
    asset: string;
    type: "uri_folder" | "uri_file";
    wanted: "folder" | "file";
  }) => [`The data asset ${asset} is a ${type}, not a uri_${wanted}.`, `Use --input-type ${type}, or leave it out.`],
  "input/unsupported:job-output": ({ job, output }: { job: string; output: string }) => [
    `The job ${job} has no output "${output}".`,
    `Its one output is called score: azureml://jobs/${job}/outputs/score`,
  ],
  "input/needs-download": ({ address }: { address: string }) => [
    `"${address}" is not on this computer, and Batchdeck cannot download from this address yet.`,
    "Download it, with Azure Storage Explorer or azcopy, then give the local folder or file.",
  ],
  // A data asset that stands for a place with a problem has the code of that problem.
  "data/not-found:asset": unusableAsset,
  "datastore/not-found:asset": unusableAsset,
  "input/not-found:asset": unusableAsset,
  "input/unsupported:asset": unusableAsset,
  "job/not-allowed:asset": unusableAsset,
  "job/not-found:asset": unusableAsset,
  "usage/invalid:asset": unusableAsset,
} satisfies Partial<WordTable>;
