import {
  bufferSource,
  encodeDelimited,
  forEachField,
  type WireField,
} from "../../../electron/deployments/onnx/protobuf-wire.ts";

/** Field numbers from a model to the shape of an output's tensor: graph, output, type, tensor type, shape. */
const toShape = [7, 12, 2, 1, 2] as const;

/** The model with no shape said of its outputs: who opens it has to run it to know them. */
export function undeclaredOutputs(model: Uint8Array): Uint8Array {
  return without(model, 0, model.length, toShape);
}

function without(model: Uint8Array, start: number, end: number, way: readonly number[]): Uint8Array {
  const [number, ...rest] = way;
  const pieces: Uint8Array[] = [];
  forEachField(bufferSource(model), start, end, (field: WireField) => {
    if (field.number !== number) pieces.push(model.subarray(field.start, field.end));
    else if (rest.length > 0) pieces.push(encodeDelimited(number, without(model, field.bodyStart, field.end, rest)));
  });
  return Uint8Array.from(Buffer.concat(pieces));
}
