import path from "node:path";
import { failure, type Result } from "../../contract/problem.ts";

/** Element types by number in onnx.proto that ONNX Runtime may refuse by that number. */
const numberedTypes: Readonly<Record<string, string>> = {
  14: "complex64",
  15: "complex128",
  16: "bfloat16",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  21: "uint4",
  22: "int4",
};

/** Why ONNX Runtime does not open a model, from what it threw: a known reason, or the heart of its message. */
export function runtimeRefuses(error: unknown, file: string): Result<never> {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(file, path.basename(file));
  const newerOpset = /Opset (\d+) is under development/.exec(text)?.[1];
  if (newerOpset !== undefined) return failure("model/unreadable:newer-opset", { opset: newerOpset });
  const locale = /Failed to construct locale with name:([\w.@-]+):/.exec(text)?.[1];
  if (locale !== undefined) return failure("model/unreadable:locale", { locale });
  const number = /Unsupported data type: (\d+)/.exec(text)?.[1] ?? "";
  const type = numberedTypes[number] ?? /MLDataType for: tensor\((\w+)\) is not/.exec(text)?.[1];
  if (type !== undefined) return failure("model/unreadable:number-type", { type });
  const [, operator, opset] = /Could not find an implementation for (\w+)\((\d+)\) node/.exec(text) ?? [];
  if (operator !== undefined && opset !== undefined) {
    return failure("model/unreadable:no-implementation", { operator, opset });
  }
  return failure("model/unreadable:runtime", { reason: heartOf(text) });
}

/** One clause, without source files, status codes and our folders; null when nothing is left. */
function heartOf(text: string): string | null {
  const clause = (text.split("\n")[0] ?? "")
    .replace(/^Load model from .*? failed: ?/i, "")
    .replace(/^\/\S+:\d+ .*?\) ?/, "")
    .replace(/^.*, Error /, "")
    .replace(/^(This is an invalid model|Invalid model)\. /, "")
    .replace(/[\s.]+$/, "");
  const reason = clause.length > 300 ? `${clause.slice(0, 300)}…` : clause;
  return reason === "" ? null : reason;
}
