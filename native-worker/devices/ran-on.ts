import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { InferenceSession } from "onnxruntime-node";

/** How many of a model's steps each provider took when it ran, by the provider's own name. */
export type StepsByProvider = ReadonlyMap<string, number>;

/**
 * Where ONNX Runtime writes which provider took which step. Asking for a device is no proof that it works: what it has
 * no step for is given to the CPU in silence.
 */
export function createRunRecord(): {
  readonly options: InferenceSession.SessionOptions;
  /** Ends the record, which the session must have made, and reads it; the session goes on without. */
  readonly read: (session: InferenceSession) => StepsByProvider;
  readonly remove: () => void;
} {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "batchdeck-device-"));
  return {
    options: { enableProfiling: true, profileFilePrefix: path.join(folder, "run") },
    read(session) {
      session.endProfiling();
      const [file] = fs.readdirSync(folder);
      return stepsByProvider(file === undefined ? "[]" : fs.readFileSync(path.join(folder, file), "utf8"));
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** Reads a record: a list of events in JSON, of which those of the category Node name a step and its provider. */
export function stepsByProvider(text: string): StepsByProvider {
  const steps = new Map<string, Set<string>>();
  const events: unknown = JSON.parse(text);
  for (const event of Array.isArray(events) ? (events as unknown[]) : []) {
    const { cat, name, args } = event as { cat?: unknown; name?: unknown; args?: { provider?: unknown } };
    if (cat !== "Node" || typeof name !== "string" || typeof args?.provider !== "string") continue;
    const names = steps.get(args.provider) ?? new Set();
    steps.set(args.provider, names.add(name));
  }
  return new Map([...steps].map(([provider, names]) => [provider, names.size]));
}
