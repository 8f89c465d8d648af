import { existsSync, promises as files } from "node:fs";
import path from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";
import { readSmallTextFile } from "../yaml/read-yaml.ts";

/** One label a line, in the order of the model's classes. The file lies in one of the folders, and links do not lead out. */
export async function readLabels(name: string, folders: readonly string[]): Promise<Result<readonly string[]>> {
  for (const folder of folders) {
    const file = path.resolve(folder, name);
    if (!existsSync(file)) continue;
    const [root, real] = [await files.realpath(folder), await files.realpath(file)];
    if (!real.startsWith(root + path.sep)) return failure("scorer/invalid:labels-outside", { file: name });
    const text = await readSmallTextFile(file, "scorer/invalid", real);
    if (!text.ok) return text;
    const lines = text.value.split(/\r?\n/);
    while (lines.at(-1) === "") lines.pop();
    return lines.length > 0 ? success(lines) : failure("scorer/invalid:labels-empty", { file: name });
  }
  return failure("scorer/invalid:labels-missing", { file: name });
}
