import { basename } from "node:path";
import { failure, type Result } from "../../contract/problem.ts";
import type { Input } from "../listing/listing.ts";
import type { FileProblem } from "../table-file.ts";

/** No file of an input can be read; the first of them stands for all. */
export function unreadableInput(
  input: Input,
  first: { readonly fileName: string; readonly problem: FileProblem },
  how: "table" | "text" | "array",
): Result<never> {
  const { code, message } = first.problem;
  const kind = code === "file-empty" ? "input/empty:no-readable-file" : "input/unreadable:no-readable-file";
  return failure(kind, {
    input: input.path,
    kind: input.kind,
    how,
    file: basename(first.fileName),
    code,
    reason: message,
  });
}

export function noRows(input: Input): Result<never> {
  return failure("input/empty:no-rows", { path: input.path });
}
