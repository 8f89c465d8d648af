/**
 * `node scripts/compile-wat.mjs [--check]`: makes native-worker/readers/images/image-resample-wasm.ts of image-resample.wat. The
 * result is kept in the repository, so that nothing has to be compiled to run from source; `npm run check` says when it is
 * out of date.
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import createWabt from "wabt";

const readers = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "native-worker", "readers", "images");

const target = path.join(readers, "image-resample-wasm.ts");
const wanted = moduleOf(fs.readFileSync(path.join(readers, "image-resample.wat"), "utf8"), await createWabt());

if (!process.argv.includes("--check")) fs.writeFileSync(target, wanted);
else if (fs.readFileSync(target, "utf8") !== wanted) {
  console.log("image-resample-wasm.ts is not what image-resample.wat makes: run node scripts/compile-wat.mjs");
  process.exitCode = 1;
}

/** The module as a TypeScript file. */
function moduleOf(source, wabt) {
  const parsed = wabt.parseWat("image-resample.wat", source, { simd: true });
  parsed.resolveNames();
  parsed.validate({ simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  const lines = Buffer.from(buffer)
    .toString("base64")
    .match(/.{1,110}/g)
    .map((line) => `  "${line}",`);
  return `// Made of image-resample.wat by scripts/compile-wat.mjs.
const bytes = [
${lines.join("\n")}
].join("");

let compiled: WebAssembly.Module | null = null;

/** The compiled inner loops of resizing; see image-resample.wat. */
export function resampleModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(bytes, "base64"));
  return compiled;
}
`;
}
