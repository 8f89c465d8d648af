import path from "node:path";
import { pathToFileURL } from "node:url";

const assetImports = pathToFileURL(path.join(import.meta.dirname, "setup/asset-imports.ts")).href;

/** Arguments by which Node runs a TypeScript program that imports our sources. */
export const sourceProgram = (program: string, ...args: readonly string[]): readonly string[] => [
  ...["--import", assetImports],
  ...[program, ...args],
];
