import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import path from "node:path";
import type { ModelFacts } from "../../contract/nouns/model-scan.ts";
import { plainText } from "../../contract/plain-text.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { opener } from "../../files/opener.ts";
import { onnxFacts } from "./onnx-facts.ts";
import { bufferSource, fileSource } from "./protobuf-wire.ts";
import { findingList } from "./scan-findings.ts";
import { scanLimits } from "./scan-limits.ts";

/**
 * Reads a model as protobuf without building it in memory and without any library: only tags, lengths and the few texts
 * and numbers that matter are looked at. What is wrong with the model is in the facts' findings.
 * Problem: model/unreadable when there is no such file to read; model/outside-files when it is not the one of that
 * `identity` (`device:inode`; null: any).
 */
export function scanOnnxFile(file: string, identity: string | null = null): Result<ModelFacts> {
  let descriptor: number;
  try {
    descriptor = openSync(file, opener.flags);
  } catch (error) {
    return failure("model/unreadable:opening", { reason: (error as Error).message });
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return failure("model/unreadable:not-a-file");
    if (identity !== null && identity !== `${stats.dev}:${stats.ino}`) {
      return failure("model/outside-files:changed", { file: plainText(path.basename(file)) });
    }
    if (stats.size > scanLimits.fileBytes) return success(tooLarge(stats.size));
    return success({ ...onnxFacts(fileSource(descriptor, stats.size)), sha256: hashOf(descriptor) });
  } finally {
    closeSync(descriptor);
  }
}

/** As `scanOnnxFile`, of bytes in memory. */
export function scanOnnx(bytes: Uint8Array): ModelFacts {
  return { ...onnxFacts(bufferSource(bytes)), sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Nothing of it was read: no reader of protobuf could. */
function tooLarge(sizeBytes: number): ModelFacts {
  const findings = findingList();
  findings.add("too-large:file", { bytes: sizeBytes }, "");
  return { ...onnxFacts(bufferSource(new Uint8Array(0))), sizeBytes, sha256: "", findings: [...findings.all] };
}

function hashOf(descriptor: number): string {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1024 * 1024);
  for (let position = 0; ; ) {
    const got = readSync(descriptor, buffer, 0, buffer.length, position);
    if (got === 0) return hash.digest("hex");
    hash.update(buffer.subarray(0, got));
    position += got;
  }
}
