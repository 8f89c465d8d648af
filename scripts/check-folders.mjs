/** No folder holds more source files than a reader can take in at a glance. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const maxFiles = 20;
const tops = ["electron", "native-worker", "renderer", "resources", "scripts", "test"];
const source = /\.(ts|tsx|mjs|js|py|c|h|wat)$/;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const crowded = tops.flatMap(crowdedFolders);
for (const { folder, files } of crowded) {
  console.log(`${folder} holds ${files} source files, more than ${maxFiles}: fold it by what the files are for.`);
}
process.exitCode = crowded.length === 0 ? 0 : 1;

function crowdedFolders(folder) {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && source.test(entry.name)).length;
  const below = entries
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .flatMap((entry) => crowdedFolders(`${folder}/${entry.name}`));
  return files > maxFiles ? [{ folder, files }, ...below] : below;
}
