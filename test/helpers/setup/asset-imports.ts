/**
 * For test programs that run our sources by Node itself (`node --import`): imports what the build puts into its bundles,
 * as the build does. Python is text, compiled WebAssembly is bytes. What Node makes of TypeScript is kept: a fault test
 * starts such a program a hundred times.
 */
import { readFileSync } from "node:fs";
import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

const sources: Readonly<Record<string, (file: string) => string>> = {
  ".py": (file) => `export default ${JSON.stringify(readFileSync(file, "utf8"))};`,
  ".wasm": (file) => `export default Buffer.from("${readFileSync(file).toString("base64")}", "base64");`,
};

enableCompileCache();

registerHooks({
  load(url, context, next) {
    const sourceOf = Object.entries(sources).find(([ending]) => url.endsWith(ending))?.[1];
    if (sourceOf === undefined) return next(url, context);
    return { format: "module", shortCircuit: true, source: sourceOf(fileURLToPath(url)) };
  },
});
