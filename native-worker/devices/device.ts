import type { InferenceSession } from "onnxruntime-node";
import type { Device } from "../../electron/contract/nouns/device.ts";

export type DeviceName = Exclude<Device, "auto">;

/** Why a device is not to be had, and how to get it: a sentence each, the second may be empty. */
export type Absence = { readonly missing: string; readonly remedy: string };

/**
 * One device that sessions can be opened on. All that ONNX Runtime is told about it stands in the device's own file: no
 * option comes from a deployment, a model or any other file.
 */
export type DeviceAdapter = {
  readonly device: DeviceName;
  /** What ONNX Runtime calls it when a session is made, and in the record of what ran. */
  readonly backend: string;
  readonly provider: string;
  readonly sessionOptions: InferenceSession.SessionOptions;
  /** Whether ONNX Runtime's package can have it on this system, and the sentence for when it cannot. */
  readonly existsOn: (platform: NodeJS.Platform, arch: string) => boolean;
  readonly notOnThisSystem: string;
  /** Names of the processors behind it, as far as the system tells. */
  readonly hardware: () => readonly string[];
  /** What ONNX Runtime's words for a session that could not be opened or run come down to. */
  readonly explain: (reason: string) => Absence;
};

/** Shared by every device: ONNX Runtime's own threads do not multiply with the workers, nor spin; faults are thrown. */
export const oneThread: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
};

/** The last clause of what ONNX Runtime said, without its source files, on one line. */
export function clauseOf(reason: string): string {
  const text = reason
    .replace(/\s+/g, " ")
    .replace(/^.* was false\. ?/, "")
    .replace(/(^|\s)\/\S+/g, "$1")
    .trim()
    .replace(/[\s.]+$/, "");
  return text.length > 200 ? `${text.slice(0, 200)}…` : text || "no reason was given";
}
