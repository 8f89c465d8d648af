import {
  type FromModelProcess,
  type ToModelProcess,
  toModelProcessSchema,
} from "../../contract/messages/model-messages.ts";
import { connectToParent } from "../../contract/messages/parent-port.ts";
import { scanOnnxFile } from "../onnx/onnx-scan.ts";
import type { OpenedModel } from "../onnx/read-signature.ts";

/** The process that reads a model in place of the program that was given it; see contract/model-messages.ts. */
const port = connectToParent(process);
let earlier: Promise<void> = Promise.resolve();
let opened: OpenedModel | null = null;

port.onMessage((message) => {
  const request = toModelProcessSchema.parse(message);
  earlier = earlier.then(async () => port.send(await answer(request)));
});

async function answer(request: ToModelProcess): Promise<FromModelProcess> {
  if (request.type === "scan") {
    const scan = scanOnnxFile(request.file, request.identity);
    if (!scan.ok) return { type: "problem", problem: scan.problem };
    return { type: "scanned", facts: scan.value };
  }
  if (request.type === "try-items") {
    return { type: "tried", dependent: (await opened?.areItemsDependent()) ?? false };
  }
  // The native library is loaded only for a model that our own reading found no fault with.
  const { openModel } = await import("../onnx/read-signature.ts");
  await opened?.release();
  opened = null;
  const model = await openModel(request.file);
  if (!model.ok) return { type: "problem", problem: model.problem };
  opened = model.value;
  return { type: "opened", signature: opened.signature };
}
