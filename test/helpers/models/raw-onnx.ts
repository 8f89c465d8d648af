import { encodeDelimited, encodeNumber, encodeText } from "../../../electron/deployments/onnx/protobuf-wire.ts";

/**
 * ONNX messages field by field, for models that no exporter would write. Fields may be left out, doubled or made up; each
 * function gives the bytes of one field of the message that is named first.
 */
export type Field = Uint8Array;

/** A model whose graph adds a constant `w` to its input `x` [N, 2]: `parts` are fields of the graph, `more` of the model. */
export function modelWith(parts: readonly Field[], more: readonly Field[] = []): Uint8Array {
  return joined(
    encodeNumber(1, 8),
    opset("", 17),
    graph(7, addW, valueInfo(11, "x"), valueInfo(12, "y"), ...parts),
    ...more,
  );
}

export function joined(...fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(fields));
}

export function opset(domain: string, version: number): Field {
  return encodeDelimited(8, encodeText(1, domain), encodeNumber(2, version));
}

export function graph(field: number, ...parts: readonly Field[]): Field {
  return encodeDelimited(field, ...parts, encodeText(2, "graph"));
}

/** A node of a graph (field 1) or of a function (field 7). */
export function node(operator: string, domain = "", attributes: readonly Field[] = [], field = 1): Field {
  return encodeDelimited(
    field,
    encodeText(1, "x"),
    encodeText(2, `${operator}_out`),
    encodeText(4, operator),
    ...attributes,
    encodeText(7, domain),
  );
}

const addW = encodeDelimited(1, encodeText(1, "x"), encodeText(1, "w"), encodeText(2, "y"), encodeText(4, "Add"));

/** An attribute of a node with the given content and `AttributeProto.type`. */
export function attribute(name: string, type: number, ...content: readonly Field[]): Field {
  return encodeDelimited(5, encodeText(1, name), ...content, encodeNumber(20, type));
}

function valueInfo(field: number, name: string): Field {
  const rows = encodeDelimited(1, encodeText(2, "N"));
  const columns = encodeDelimited(1, encodeNumber(1, 2));
  const type = encodeDelimited(1, encodeNumber(1, 1), encodeDelimited(2, rows, columns));
  return encodeDelimited(field, encodeText(1, name), encodeDelimited(2, type));
}

export type TensorParts = {
  /** Left out: [2]. Bigints may be negative or as large as 64 bits. */
  readonly dims?: readonly (number | bigint)[];
  /** Left out: 1, float. */
  readonly type?: number;
  readonly name?: string;
  readonly raw?: number | Uint8Array;
  readonly entries?: readonly (readonly [key: string, value: string | Uint8Array])[];
  /** `data_location`; left out: 1 with entries, else unsaid. */
  readonly location?: number;
  readonly more?: readonly Field[];
};

/** A tensor as field `field` of whatever holds it: 5 of a graph or of an attribute, 10 among an attribute's tensors. */
export function tensor(field: number, parts: TensorParts = {}): Field {
  const { dims = [2], type = 1, name = "w", raw, entries = [], more = [] } = parts;
  const location = parts.location ?? (entries.length > 0 ? 1 : null);
  return encodeDelimited(
    field,
    ...dims.map((size) => int64(1, BigInt(size))),
    encodeNumber(2, type),
    encodeText(8, name),
    ...(raw === undefined ? [] : [encodeDelimited(9, typeof raw === "number" ? new Uint8Array(raw) : raw)]),
    ...entries.map(([key, value]) => {
      const content = typeof value === "string" ? new TextEncoder().encode(value) : value;
      return encodeDelimited(13, encodeText(1, key), encodeDelimited(2, content));
    }),
    ...(location === null ? [] : [encodeNumber(14, location)]),
    ...more,
  );
}

/** A tensor of two floats whose data is said to be elsewhere. */
export function outside(field: number, location: string | Uint8Array, parts: TensorParts = {}): Field {
  return tensor(field, { ...parts, entries: [["location", location], ...(parts.entries ?? [])] });
}

/** A sparse tensor as field `field`: values (1), indices (2) and the dense shape. */
export function sparse(field: number, values: Field, indices: Field, dims: readonly (number | bigint)[]): Field {
  return encodeDelimited(field, values, indices, ...dims.map((size) => int64(3, BigInt(size))));
}

/** int64 values as raw bytes. */
export function longs(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer));
}

/** A function that the model carries, with nodes written as field 7. */
export function carriedFunction(name: string, domain: string, ...parts: readonly Field[]): Field {
  return encodeDelimited(25, encodeText(1, name), ...parts, encodeText(10, domain));
}

/** Any 64-bit number, also negative ones, which protobuf writes in ten bytes. */
export function int64(field: number, value: bigint): Field {
  const bytes = [field * 8];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}
