import path from "node:path";
import type { FromDeviceProcess, ToDeviceProcess } from "../electron/contract/messages/device-messages.ts";
import { toDeviceProcessSchema } from "../electron/contract/messages/device-messages.ts";
import { connectToParent } from "../electron/contract/messages/parent-port.ts";
import { oneLine } from "../electron/contract/plain-text.ts";
import { tryDevice } from "./devices/try-device.ts";
import { inventedRows } from "./scorers/invented-rows.ts";
import { measureBatches } from "./scorers/measure-batches.ts";
import { loadModel } from "./scorers/model-session.ts";
import { problemOf } from "../electron/contract/problem.ts";

/** The process that tries devices and measures models with a worker's own sessions; see contract/device-messages.ts. */
const port = connectToParent(process);
let earlier: Promise<void> = Promise.resolve();

port.onMessage((message) => {
  const request = toDeviceProcessSchema.parse(message);
  earlier = earlier.then(async () => port.send(await answer(request)));
});

async function answer(request: ToDeviceProcess): Promise<FromDeviceProcess> {
  if (request.type === "try") return { type: "tried", report: await tryDevice(request.device) };
  if (request.type === "tokenizer") return tryTokenizer(request.file);
  try {
    const model = await loadModel(
      request.file,
      request.device,
      () => inventedRows(request.scorer, request.scorer.fixedBatch ?? 1),
      () => undefined,
    );
    // The CPU is measured when it is asked for, not in another device's place.
    if (model.fallback !== null) {
      return { type: "measured", provider: model.provider, fallback: model.fallback, rates: [], complete: false };
    }
    // This process was started for this: its whole life so far is what the measuring cost.
    const measured = await measureBatches(model, request, process.uptime() * 1000);
    const { rates, complete } = measured;
    return { type: "measured", provider: model.provider, fallback: null, rates: [...rates], complete };
  } catch (error) {
    const reason = oneLine(error instanceof Error ? error.message : String(error));
    return {
      type: "problem",
      problem: problemOf("model/unreadable:measuring", { reason }),
    };
  }
}

async function tryTokenizer(file: string): Promise<FromDeviceProcess> {
  const { tokenizerFacts } = await import("./readers/texts/try-tokenizer.ts");
  try {
    return { type: "tokenizer", facts: tokenizerFacts(file) };
  } catch (error) {
    const reason = oneLine(error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
    return { type: "problem", problem: problemOf("scorer/invalid:tokenizer", { file: path.basename(file), reason }) };
  }
}
