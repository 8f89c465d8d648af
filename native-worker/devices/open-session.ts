import "./halves-as-bits.ts";
import { deviceTitles } from "../../electron/contract/nouns/device.ts";
import { InferenceSession } from "onnxruntime-node";
import { cpu } from "./cpu.ts";
import type { DeviceAdapter, DeviceName } from "./device.ts";
import { clauseOf } from "./device.ts";
import { devices } from "./devices.ts";
import { createRunRecord, type StepsByProvider } from "./ran-on.ts";

/** A session, and what it was seen to run on. */
export type OpenedSession = {
  readonly session: InferenceSession;
  /** `cpu`, or the device; "webgpu (4 of 5 nodes)" when the rest of the model runs on the CPU. */
  readonly provider: string;
  /** One sentence: why it is not the device that was asked for; null when it is. */
  readonly fallback: string | null;
};

type Feeds = Parameters<InferenceSession["run"]>[0];

/**
 * Opens the model in `file` on a device: opens it, runs it once on `trial` values and looks which provider took its
 * steps. When that fails in any way the model is opened on the CPU instead. Throws what ONNX Runtime throws when the
 * CPU cannot open it either.
 */
export async function openSession(file: string, device: DeviceName, trial: () => Feeds): Promise<OpenedSession> {
  if (device === "cpu") return onCpu(file, null);
  const adapter = devices[device];
  const { platform, arch } = process;
  if (!adapter.existsOn(platform, arch)) return onCpu(file, adapter.notOnThisSystem);
  const record = createRunRecord();
  let session: InferenceSession | null = null;
  try {
    session = await InferenceSession.create(file, { ...adapter.sessionOptions, ...record.options });
    await session.run(trial());
    const provider = providerOf(adapter, record.read(session));
    if (provider !== null) return { session, provider, fallback: null };
    await session.release();
  } catch (error) {
    await session?.release();
    const { missing } = adapter.explain(error instanceof Error ? error.message : String(error));
    return await onCpu(file, missing);
  } finally {
    record.remove();
  }
  return onCpu(file, `${deviceTitles[adapter.device]} has none of the operators of this model.`);
}

async function onCpu(file: string, fallback: string | null): Promise<OpenedSession> {
  return { session: await InferenceSession.create(file, cpu.sessionOptions), provider: cpu.device, fallback };
}

/** Why a device that had worked is not used any more. */
export function failedLater(device: DeviceName, error: unknown): string {
  const reason = clauseOf(error instanceof Error ? error.message : String(error));
  return `${deviceTitles[device]} failed while it ran (${reason}), so the CPU goes on.`;
}

/** What ran, in words; null when the device took no step at all. */
export function providerOf(adapter: DeviceAdapter, steps: StepsByProvider): string | null {
  const own = steps.get(adapter.provider) ?? 0;
  const all = [...steps.values()].reduce((sum, count) => sum + count, 0);
  if (own === 0) return null;
  return own === all ? adapter.device : `${adapter.device} (${own} of ${all} nodes)`;
}
