import fs from "node:fs/promises";
import path from "node:path";
import type { BatchdeckProperties } from "../contract/deployment.ts";
import type { JobSpec, NamedFile } from "../contract/job-spec.ts";
import type { Result } from "../contract/problem.ts";
import { failure, success } from "../contract/problem.ts";
import type { InvokeRequest } from "./submit.ts";

/** The folder or file that an invocation names, by its one real path. Problems: input/…, usage/invalid. */
export async function resolveInput(
  request: InvokeRequest,
  properties: BatchdeckProperties,
): Promise<Result<JobSpec["input"]>> {
  const given = request.inputPath;
  if (/^(azureml:|[a-z][a-z0-9+.-]+:\/\/)/i.test(given)) {
    return failure(
      "input/unsupported",
      `"${given}" is not a path on this computer, and no other inputs are read yet.`,
      "Give a local folder or file.",
    );
  }
  const absolute = path.resolve(given);
  let stats;
  try {
    stats = await fs.stat(absolute);
  } catch {
    const kind = request.inputKind ?? "folder or file";
    return failure("input/not-found", `There is no ${kind} on target path: ${given}.`, "Check the path of the input.");
  }
  const kind = stats.isDirectory() ? "folder" : "file";
  if (kind === "file" && !stats.isFile()) {
    return failure("input/unsupported", `"${given}" is neither a folder nor a file.`, "Choose a folder or a file.");
  }
  if (request.inputKind !== undefined && request.inputKind !== null && request.inputKind !== kind) {
    return failure(
      "usage/invalid",
      `"${given}" is a ${kind}, not a ${request.inputKind}.`,
      `Use --input-type uri_${kind}, or leave it out.`,
    );
  }
  return success({
    path: await fs.realpath(absolute),
    kind,
    recursive: properties["batchdeck.recursive"] === "true",
    files: namedFiles(request.files ?? []),
    watch: request.watch ?? null,
    source: null,
  });
}

function namedFiles([first, ...others]: readonly NamedFile[]): JobSpec["input"]["files"] {
  return first === undefined ? null : [first, ...others];
}
