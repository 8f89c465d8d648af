import type { ModelFacts } from "../../contract/nouns/model-scan.ts";
import type { MessageReader } from "./onnx-message.ts";
import { elementTypes } from "./onnx-schema.ts";
import { WireError, type WireField } from "./protobuf-wire.ts";
import { scanLimits } from "./scan-limits.ts";

type DescribedValue = ModelFacts["inputs"][number];
type Dimension = number | string | null;

/** An input, output or value as the model declares it. */
export function readDescribedValue(reader: MessageReader, at: WireField): DescribedValue {
  let value: DescribedValue = { name: "", type: "unknown", shape: null };
  reader.visit("valueInfo", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "name") value = { ...value, name: reader.text(inner) };
    else if (field.name === "type") value = { ...value, ...readType(reader, inner) };
    else if (field.kind === "entry") reader.visit("entry", inner.bodyStart, inner.end, () => undefined);
  });
  return value;
}

/** A type alone. */
export function readType(reader: MessageReader, at: WireField): Pick<DescribedValue, "type" | "shape"> {
  let described: Pick<DescribedValue, "type" | "shape"> = { type: "unknown", shape: null };
  reader.visit("type", at.bodyStart, at.end, (field, inner) => {
    if (field.kind === "tensorType") {
      const tensor = readTensorType(reader, inner);
      described = field.name === "tensor" ? tensor : { ...tensor, type: field.name };
    } else if (field.kind === "elementType" || field.kind === "mapType") {
      described = { type: field.name, shape: null };
      reader.visit(field.kind, inner.bodyStart, inner.end, (part, nested) => {
        if (part.kind === "type") readType(reader, nested);
      });
    } else if (field.kind === "opaqueType") {
      described = { type: "opaque", shape: null };
      reader.visit("opaqueType", inner.bodyStart, inner.end, () => undefined);
    }
  });
  return described;
}

function readTensorType(reader: MessageReader, at: WireField): { type: string; shape: Dimension[] | null } {
  let type = "unknown";
  let shape: Dimension[] | null = null;
  reader.visit("tensorType", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "elementType") type = elementTypes[Number(reader.int(inner))]?.name ?? "unknown";
    else shape = readShape(reader, inner);
  });
  return { type, shape };
}

function readShape(reader: MessageReader, at: WireField): Dimension[] {
  const shape: Dimension[] = [];
  reader.visit("shape", at.bodyStart, at.end, (_field, inner) => {
    let dimension: Dimension = null;
    reader.visit("dimension", inner.bodyStart, inner.end, (field, part) => {
      if (field.name === "size") {
        const size = reader.int(part);
        // Some exporters write a negative size where they mean an unknown one.
        dimension = size < 0n ? null : Number(size);
        if (size >= 2n ** 50n) throw new WireError({ kind: "dimension-size", params: { size: String(size) } });
      } else if (field.name === "symbol") dimension = reader.text(part);
    });
    shape.push(dimension);
    if (shape.length > scanLimits.dimensions) {
      throw new WireError({ kind: "shape-dimensions", params: { most: scanLimits.dimensions } });
    }
  });
  return shape;
}
