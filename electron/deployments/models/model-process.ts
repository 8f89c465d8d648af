import {
  type FromModelProcess,
  type ToModelProcess,
  toModelProcessSchema,
} from "../../contract/messages/model-messages.ts";
import { connectToParent } from "../../contract/messages/parent-port.ts";
import { scanOnnxFile } from "../onnx/onnx-scan.ts";

/** The process that reads a model in place of the program that was given it; see contract/model-messages.ts. */
const port = connectToParent(process);
let earlier: Promise<void> = Promise.resolve();

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
  // The native library is loaded only for a model that our own reading found no fault with.
  const { readSignature } = await import("../onnx/read-signature.ts");
  const signature = await readSignature(request.file);
  if (!signature.ok) return { type: "problem", problem: signature.problem };
  return { type: "opened", signature: signature.value };
}
