/**
 * `node scripts/jpeg-decoder/build.mjs SOURCE.tar.gz`: makes native-worker/readers/images/jpeg/jpeg-decoder.wasm of
 * libjpeg-turbo's source and the C of this folder, and writes down in SHA256SUMS what was made of what. README.md says where
 * source and compiler come from; with these the result is the same, byte for byte, on every computer.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const here = import.meta.dirname;
const result = path.join(here, "../../native-worker/readers/images/jpeg/jpeg-decoder.wasm");
const ours = ["build.mjs", "decoder.c", "kernels.c", "jconfig.h", "jconfigint.h"];

const version = "3.1.3";
const sourceHash = "3a13a5ba767dc8264bc40b185e41368a80d5d5f945944d1dbaa4b2fb0099f4e5";
const compiler = { command: "clang-19", version: "19.1.7" };
const linker = { command: "wasm-ld-19", version: "19.1.7" };

/** Of libjpeg-turbo: what decodes eight bits a sample. */
const sources =
  "jaricom jcomapi jdapimin jdapistd jdarith jdcoefct jdcolor jddctmgr jdhuff jdinput jdmainct jdmarker jdmaster jdphuff jdpostct jdsample jmemmgr jutils";
/** Huffman decoding is quicker with 64 bits in hand, which libjpeg-turbo takes beside 32-bit pointers on x86-64 alone. */
const wideBits = { sources: ["jdhuff", "jdphuff"], flags: ["-D__x86_64__", "-D__ILP32__"] };

const flags = [
  ...["--target=wasm32-wasi", "-isystem", "/usr/include/wasm32-wasi", "-O2", "-msimd128", "-mbulk-memory"],
  ...["-DNDEBUG", "-DNO_GETENV"],
];
const strict = ["-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"];
const linkerFlags = [
  ...["--no-entry", "--gc-sections", "--strip-all", "-O2", "--warn-unresolved-symbols"],
  // A stack that overflows runs into a trap, not into data; a picture that asks for more than a GiB fails.
  ...["-z", "stack-size=65536", "--stack-first", `--max-memory=${2 ** 30}`],
];
/**
 * What libjpeg-turbo mentions and never comes to with the settings of decoder.c: 12 and 16 bits, lossless, fewer colours, other
 * sizes and transforms, and what kernels.c replaces. Calling one is a trap.
 */
const leftOut =
  /^(j(12|16)init_\w+|jinit_(d_diff_controller|lossless_decompressor|lhuff_decoder|[12]pass_quantizer|merged_upsampler)|jpeg_idct_\w+|jsimd_(can_)?(idct_(2x2|4x4|ifast|float)|ycc_rgb565(_convert)?|h2v[12]_upsample))$/;

const [archive] = process.argv.slice(2);
if (archive === undefined) fail(`say where the source of libjpeg-turbo ${version} is: build.mjs SOURCE.tar.gz`);
if (hashOf(archive) !== sourceHash)
  fail(`${archive} is not the source of libjpeg-turbo ${version} that README.md names.`);
for (const { command, version: wanted } of [compiler, linker]) {
  const found = spawnSync(command, ["--version"], { encoding: "utf8" }).stdout ?? "nothing";
  if (!found.includes(` ${wanted}`)) fail(`${command} ${wanted} is needed; README.md says where it comes from.`);
}

const work = mkdtempSync(path.join(os.tmpdir(), "jpeg-decoder-"));
try {
  execFileSync("tar", ["-xzf", path.resolve(archive), "--strip-components=1"], { cwd: work });
  for (const name of sources.split(" ")) {
    compile(path.join(work, "src", `${name}.c`), wideBits.sources.includes(name) ? wideBits.flags : []);
  }
  for (const name of ["decoder", "kernels"]) compile(path.join(here, `${name}.c`), strict);
  const objects = [...sources.split(" "), "decoder", "kernels"].map((name) => `${name}.o`);
  const linked = spawnSync(linker.command, [...linkerFlags, "-o", "linked.wasm", ...objects], {
    cwd: work,
    encoding: "utf8",
  });
  const said = linked.stderr.split("\n").filter((line) => line !== "");
  const wrong = said.filter((line) => !leftOut.test(/ undefined symbol: (\w+)$/.exec(line)?.[1] ?? ""));
  if (linked.status !== 0 || wrong.length > 0) throw new Error(wrong.join("\n"));
  writeFileSync(result, readFileSync(path.join(work, "linked.wasm")));
} finally {
  rmSync(work, { recursive: true });
}
const sums = [...ours.map((name) => path.join(here, name)), result];
writeFileSync(
  path.join(here, "SHA256SUMS"),
  sums.map((file) => `${hashOf(file)}  ${path.relative(here, file).replaceAll("\\", "/")}\n`).join(""),
);

function compile(file, more) {
  const include = ["-I", here, "-I", path.join(work, "src")];
  execFileSync(compiler.command, [...flags, ...more, ...include, "-c", file], { cwd: work, stdio: "inherit" });
}

function hashOf(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function fail(sentence) {
  console.error(`jpeg-decoder: ${sentence}`);
  process.exit(1);
}
