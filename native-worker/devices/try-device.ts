import { deviceTitles } from "../../electron/contract/nouns/device.ts";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { DeviceReport } from "../../electron/contract/nouns/device.ts";
import type { DeviceName } from "./device.ts";
import { devices } from "./devices.ts";
import { createRunRecord } from "./ran-on.ts";
import { tinyModel } from "./tiny-model.ts";

/** Opens and runs a tiny model on a device and looks at what came out. Never rejects; a driver may end the process. */
export async function tryDevice(device: DeviceName): Promise<DeviceReport> {
  const adapter = devices[device];
  const hardware = [...adapter.hardware()];
  if (!adapter.existsOn(process.platform, process.arch)) {
    return { device, available: false, hardware, missing: adapter.notOnThisSystem, remedy: "" };
  }
  const record = createRunRecord();
  try {
    const session = await InferenceSession.create(tinyModel, { ...adapter.sessionOptions, ...record.options });
    const { y } = await session.run({ x: new Tensor("float32", [1, 1], [1, 2]) }, ["y"]);
    const isRight = [4.5, 5.5].every((wanted, index) => Math.abs(Number(y?.data[index]) - wanted) < 1e-3);
    const ranThere = record.read(session).has(adapter.provider);
    await session.release();
    if (isRight && ranThere) return { device, available: true, hardware, missing: "", remedy: "" };
    const missing = isRight
      ? `ONNX Runtime ran a small model on the CPU instead of ${deviceTitles[adapter.device]}.`
      : `${deviceTitles[adapter.device]} gave wrong results for a small model.`;
    return { device, available: false, hardware, missing, remedy: "Install the newest driver." };
  } catch (error) {
    const absence = adapter.explain(error instanceof Error ? error.message : String(error));
    return { device, available: false, hardware, ...absence };
  } finally {
    record.remove();
  }
}
