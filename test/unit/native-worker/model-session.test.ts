import fs from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { loadModel } from "../../../native-worker/scorers/model-session.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { floatMatrix } from "../../helpers/models/run-model.ts";
import { temporaryFolder } from "../../helpers/places.ts";

// No device fails when a test wants it to: this one opens, and then refuses every run.
vi.mock("../../../native-worker/devices/open-session.ts", async (original) => {
  const actual = await original<typeof import("../../../native-worker/devices/open-session.ts")>();
  return {
    ...actual,
    openSession: async (file: string, device: string, trial: () => never) => {
      const opened = await actual.openSession(file, "cpu", trial);
      if (device === "cpu") return opened;
      opened.session.run = () => Promise.reject(new Error("device lost"));
      return { ...opened, provider: device };
    },
  };
});

it("a session whose device failed later says so to whoever uses it next, too", async () => {
  const file = path.join(temporaryFolder("model-session"), "model.onnx");
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
