import {
  encodeModel,
  floatTensor,
  int64Tensor,
  type ElementType,
  type OnnxNode,
  type OnnxTensor,
} from "./onnx-builder.ts";

/** Of a detector: what it gives for a black picture, and what a white one adds to it; `dims` without the batch. */
export type DetectorOutput = {
  readonly name: string;
  /** Left out: float. */
  readonly type?: ElementType;
  readonly dims: readonly number[];
  readonly black: readonly number[];
  /** Left out: nothing. */
  readonly white?: readonly number[];
  /** Without a batch axis: the boxes of a run in one list. */
  readonly isFlat?: boolean;
};

const casts: Readonly<Partial<Record<ElementType, number>>> = { float16: 10, double: 11, int64: 7, int32: 6 };

/**
 * A detector of pictures `size` pixels wide and high, `images` float [N, 3, size, size], whose outputs depend on how bright a
 * picture is: `black + brightness × white`, brightness from 0 to 1. With `batch` the number of pictures is fixed.
 */
export function detector(size: number, outputs: readonly DetectorOutput[], batch?: number): Uint8Array {
  const rows = batch ?? "N";
  const nodes: OnnxNode[] = [
    {
      op: "ReduceMean",
      inputs: ["images"],
      outputs: ["brightness"],
      attributes: { axes: { ints: [1, 2, 3] }, keepdims: { int: 0 } },
    },
  ];
  const initializers: OnnxTensor[] = [];
  for (const { name, type = "float", dims, black, white = black.map(() => 0), isFlat = false } of outputs) {
    const shape = isFlat ? dims : [1, ...dims];
    initializers.push(
      { name: `${name}_black`, ...floatTensor(shape, black) },
      { name: `${name}_white`, ...floatTensor(shape, white) },
      { name: `${name}_shape`, ...int64Tensor([shape.length], [isFlat ? 1n : -1n, ...shape.slice(1).map(() => 1n)]) },
    );
    const sum = casts[type] === undefined ? name : `${name}_sum`;
    nodes.push(
      { op: "Reshape", inputs: ["brightness", `${name}_shape`], outputs: [`${name}_brightness`] },
      { op: "Mul", inputs: [`${name}_brightness`, `${name}_white`], outputs: [`${name}_added`] },
      { op: "Add", inputs: [`${name}_added`, `${name}_black`], outputs: [sum] },
    );
    const cast = casts[type];
    if (cast !== undefined) {
      nodes.push({ op: "Cast", inputs: [sum], outputs: [name], attributes: { to: { int: cast } } });
    }
  }
  return encodeModel({
    graph: {
      nodes,
      initializers,
      inputs: [{ name: "images", type: "float", shape: [rows, 3, size, size] }],
      outputs: outputs.map(({ name, type = "float", dims, isFlat = false }) => ({
        name,
        type,
        shape: isFlat ? ["boxes", ...dims.slice(1)] : [rows, ...dims],
      })),
    },
  });
}

/** Lists of equal length, one behind the other, first all first values: [boxes, values] → [values, boxes]. */
export function transposed(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).flatMap((_, value) => rows.map((row) => row[value] as number));
}
