import path from "node:path";
import { type ItemFolder, itemFoldersOf } from "../../contract/nouns/scorers/item-files.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { partsFolder } from "./parts-folder.ts";

/**
 * Every file that a job writes, by name. The `.part` files lie on the destination's own disk: beside their final names, and where
 * a script writes files of its own in a folder that it does not see.
 */
export type JobFiles = {
  /** The job's own folder in the workspace. */
  readonly folder: string;
  readonly listing: string;
  readonly segments: string;
  readonly logs: string;
  readonly rowsPart: string;
  readonly errorsPart: string;
  readonly parquetPart: string | null;
  readonly itemFolders: readonly ItemFolderFiles[];
  readonly predictions: string;
  /** Where rows go that a failed or cancelled job had finished. */
  readonly partialPredictions: string;
  readonly errors: string;
  readonly record: string;
  readonly recordPart: string;
};

/** A folder of item files: `part` while it is filled, then `final`. */
export type ItemFolderFiles = { readonly name: ItemFolder; readonly part: string; readonly final: string };

export const errorsFileName = "errors.csv";
export const recordFileName = "job.json";

export function jobsFolder(home: string): string {
  return path.join(home, "jobs");
}

export function jobFolder(home: string, name: string): string {
  return path.join(jobsFolder(home), name);
}

/** Where an input that was fetched from elsewhere lies whole. */
export function downloadedFolder(jobFolder: string): string {
  return path.join(jobFolder, "input");
}

/** What belongs to fetching it: the list of its files, and those that are not whole. */
export function downloadFolder(jobFolder: string): string {
  return path.join(jobFolder, "download");
}

export function segmentsFolder(jobFolder: string): string {
  return path.join(jobFolder, "segments");
}

/** Copies of files of the input that cannot be cut as they stand: unpacked, and as UTF-8. */
export function copiesFolder(jobFolder: string): string {
  return path.join(jobFolder, "copies");
}

export function logsFolder(jobFolder: string): string {
  return path.join(jobFolder, "logs");
}

/** The files of the job's input, in order. */
export function listingFile(jobFolder: string): string {
  return path.join(jobFolder, "listing.jsonl");
}

/** The list that a look at the input kept, for the job to take over when it begins. */
export function seenListing(jobFolder: string): string {
  return path.join(jobFolder, "seen.jsonl");
}

export function journalFile(jobFolder: string): string {
  return path.join(jobFolder, "journal.db");
}

export function jobFiles(home: string, spec: JobSpec): JobFiles {
  const folder = jobFolder(home, spec.name);
  const { fileName, ownFolder } = spec.output;
  const inParts = (name: string) => path.join(partsFolder(spec), name);
  const inOutput = (name: string) => path.join(spec.output.folder, ownFolder ?? "", name);
  const isParquet = spec.output.format === "parquet";
  const extension = path.extname(fileName);
  const stem = fileName.slice(0, fileName.length - extension.length);
  return {
    folder,
    listing: listingFile(folder),
    segments: segmentsFolder(folder),
    logs: logsFolder(folder),
    rowsPart: inParts(isParquet ? `${fileName}.csv.part` : `${fileName}.part`),
    errorsPart: inParts(`${errorsFileName}.part`),
    parquetPart: isParquet ? inParts(`${fileName}.part`) : null,
    itemFolders: itemFoldersOf(spec).map((name) => ({ name, part: inParts(`${name}.part`), final: inOutput(name) })),
    predictions: inOutput(fileName),
    partialPredictions: inOutput(`${stem}.partial${isParquet ? ".csv" : extension}`),
    errors: inOutput(errorsFileName),
    record: inOutput(recordFileName),
    recordPart: inParts(`${recordFileName}.part`),
  };
}

/** Where what Azure wrote for a job stays as it is, beside our files. */
export function azureFolderOf({ output, azure }: Pick<JobSpec, "output" | "azure">): string {
  return path.join(output.folder, azure?.folder ?? "azure");
}

/** The same files, with their final names in another folder. */
export function withNamesIn(folder: string, files: JobFiles): JobFiles {
  const moved = (file: string) => path.join(folder, path.basename(file));
  return {
    ...files,
    predictions: moved(files.predictions),
    itemFolders: files.itemFolders.map((one) => ({ ...one, final: moved(one.final) })),
    partialPredictions: moved(files.partialPredictions),
    errors: moved(files.errors),
    record: moved(files.record),
  };
}
