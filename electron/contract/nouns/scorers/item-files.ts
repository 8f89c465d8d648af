import type { OutputFormat } from "../deployment.ts";
import type { ScorerOutput } from "./scorer-parts.ts";

/**
 * Outputs that become files, one an item, whose path stands in the cell: pictures, and arrays where the format has no lists.
 * Each kind has a folder of its own in the output folder.
 */
export const itemFolders = ["arrays", "images"] as const;
export type ItemFolder = (typeof itemFolders)[number];

/** What the cells of an output or a column hold beside plain values. */
export type CellContent = "array" | "image";

/** Values of one array or picture, at most; of a larger one the item fails. */
export const maxArrayValues = 16 * 1024 * 1024;
/** The same of all arrays of an item where they are lists: with 25 characters a value, a row stays within what is read back. */
export const maxListValues = 4 * 1024 * 1024;

export function contentOf({ array, image }: Pick<ScorerOutput, "array" | "image">): CellContent | undefined {
  return image === undefined ? array && "array" : "image";
}

/** The folder that cells with such content name files of; null: they name none. */
export function itemFolderOf(content: CellContent | undefined, format: OutputFormat): ItemFolder | null {
  if (content === "image") return "images";
  const isText = format === "csv" || format === "azureml";
  return content === "array" && isText ? "arrays" : null;
}

/** What of a job tells it. */
type Written = {
  readonly scorer: { readonly outputs: readonly Pick<ScorerOutput, "array" | "image">[] };
  readonly settings: { readonly output_action: string };
  readonly output: { readonly format: OutputFormat };
};

/** The folders of files that a job writes. */
export function itemFoldersOf({ scorer, settings, output }: Written): readonly ItemFolder[] {
  if (settings.output_action !== "append_row") return [];
  const written = scorer.outputs.map((one) => itemFolderOf(contentOf(one), output.format));
  return itemFolders.filter((folder) => written.includes(folder));
}

/** Whether a path, relative to the output folder, leads to a place in one of those folders on any system. */
export function isItemFilePath(path: string): boolean {
  const [folder, ...parts] = path.split("/");
  const isSafe = (part: string) => part !== "" && part !== "." && part !== ".." && !/[\\:\0]/.test(part);
  return itemFolders.some((known) => known === folder) && parts.length > 1 && parts.every(isSafe);
}
