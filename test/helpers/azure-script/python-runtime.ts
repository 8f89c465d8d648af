import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "../../..");

/** A Python with the packages of conda.yml, to try the scripts with these; usually there is none. */
const fullPython = process.env["AZURE_SCRIPT_PYTHON"];

/** Debian's Python, which has numpy, pandas and Pillow; the first one on the PATH may be another. */
export const azurePython = fullPython ?? "/usr/bin/python3";

/** Whether it reads Parquet. */
export function hasPyarrow(): boolean {
  return spawnSync(azurePython, ["-c", "import pyarrow"]).status === 0;
}

/**
 * The environment in which Debian's Python finds an `onnxruntime` that calls the real library by its C interface
 * (test/azure/onnxruntime).
 */
export function azurePythonEnvironment(): Readonly<Record<string, string>> {
  if (fullPython !== undefined) return { PYTHONDONTWRITEBYTECODE: "1" };
  const binaries = path.join(root, "node_modules/onnxruntime-node/bin");
  const library = readdirSync(binaries, { recursive: true, encoding: "utf8" }).find((name) =>
    name.endsWith(`${path.sep}${process.platform}${path.sep}${process.arch}${path.sep}libonnxruntime.so.1`),
  );
  if (library === undefined) throw new Error("onnxruntime-node has no library for this computer.");
  return {
    PYTHONPATH: path.join(root, "test/azure"),
    PYTHONDONTWRITEBYTECODE: "1",
    ONNXRUNTIME_LIBRARY: path.join(binaries, library),
  };
}
