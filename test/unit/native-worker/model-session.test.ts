import fs from "node:fs";
import path from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { DeviceAdapter, DeviceName } from "../../../native-worker/devices/device.ts";
import { devices } from "../../../native-worker/devices/devices.ts";
import { loadModel } from "../../../native-worker/scorers/model-session.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { floatMatrix } from "../../helpers/models/run-model.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const folder = temporaryFolder("model-session");

// No device fails when a test wants it to: this one is the CPU by another name, which runs once and then refuses.
const known = devices as Record<DeviceName, DeviceAdapter>;
const { webgpu, cpu } = devices;
beforeAll(() => {
  known.webgpu = { ...cpu, device: "webgpu" };
});
afterAll(() => {
  known.webgpu = webgpu;
});

it("a session whose device failed later says so to whoever uses it next, too", async () => {
  const open = InferenceSession.create.bind(InferenceSession) as (
    file: string,
    options?: InferenceSession.SessionOptions,
  ) => Promise<InferenceSession>;
  vi.spyOn(InferenceSession, "create").mockImplementationOnce(async (...given: readonly unknown[]) => {
    const [file, options] = given as Parameters<typeof open>;
    const session = await open(file, options);
    const run = session.run.bind(session);
    vi.spyOn(session, "run")
      .mockRejectedValue(new Error("device lost"))
      .mockImplementationOnce((feeds) => run(feeds));
    return session;
  });
  const file = path.join(folder, "model.onnx");
  fs.writeFileSync(file, denseModel({ features: 4, hidden: [8], classes: 3 }));
  const feeds = { features: floatMatrix([[1, 2, 3, 4]]) };
  const told: string[] = [];
  const session = await loadModel(
    file,
    "webgpu",
    () => feeds,
    (reason) => told.push(reason),
  );
  expect(session).toMatchObject({ provider: "webgpu", fallback: null });
  const outputs = Object.keys(await session.run(feeds, ["probabilities"]));
  expect(outputs).toEqual(["probabilities"]);
  const reason = "WebGPU failed while it ran (device lost), so the CPU goes on.";
  expect(told).toEqual([reason]);
  expect(session).toMatchObject({ provider: "cpu", fallback: reason });
  await session.release();
});
