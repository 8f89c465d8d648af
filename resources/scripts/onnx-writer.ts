import protobuf from "protobufjs/minimal.js";

/**
 * Writes ONNX models from plain data, with the field numbers of the public `onnx.proto`. The same data always gives the
 * same bytes. Nothing is checked: tests also need models that are wrong.
 */

/** Element types by the names of `TensorProto.DataType`, in lower case. */
export const elementTypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
} as const;
export type ElementType = keyof typeof elementTypes;

/** The numbers of a tensor, row by row. int64 and uint64 take bigints, string takes strings. */
export type TensorValues = readonly number[] | readonly bigint[] | readonly string[] | Float32Array;

/** A constant. With `external`, its bytes lie in another file and `entries` says where (`location`, `offset`, `length`, …). */
export type OnnxTensor = {
  readonly name?: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
} & ({ readonly values: TensorValues } | { readonly external: Readonly<Record<string, string>> });

/** A constant given by its values that are not zero; `indices` is an int64 tensor. */
export type OnnxSparseTensor = {
  readonly values: OnnxTensor;
  readonly indices: OnnxTensor;
  readonly dims: readonly number[];
};

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly tensor: OnnxTensor }
  | { readonly sparseTensor: OnnxSparseTensor }
  | { readonly graph: OnnxGraph };

/** One operation. `domain` is left out for the standard operators, `ai.onnx.ml` for those of classical models. */
export type OnnxNode = {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
};

/** A dimension is a number, or the name of a dynamic one (`"N"`), or `null` when nothing is said about it. */
export type OnnxDimension = number | string | null;

/** An input or output: a tensor (`shape: null`: of unknown rank), or a list of maps as ZipMap gives it. */
export type OnnxValueInfo = { readonly name: string } & (
  | { readonly type: ElementType; readonly shape: readonly OnnxDimension[] | null }
  | { readonly mapKey: "string" | "int64"; readonly mapValue: ElementType }
);

export type OnnxGraph = {
  readonly name?: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initializers?: readonly OnnxTensor[];
  readonly sparseInitializers?: readonly OnnxSparseTensor[];
};

/** A function that nodes may call as an operator of its domain. */
export type OnnxFunction = {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  readonly opsets: Readonly<Record<string, number>>;
};

export type OnnxModel = {
  readonly graph: OnnxGraph;
  /** Operator set version by domain; the standard operators' domain is `""`. Left out: `{"": 17}`. */
  readonly opsets?: Readonly<Record<string, number>>;
  /** Left out: 8, which belongs to operator set 17. */
  readonly irVersion?: number;
  readonly producer?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly functions?: readonly OnnxFunction[];
};

/** The bytes of an `.onnx` file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = protobuf.Writer.create();
  int64Field(writer, 1, model.irVersion ?? 8);
  stringField(writer, 2, model.producer ?? "batchdeck");
  messageField(writer, 7, (inner) => writeGraph(inner, model.graph, "graph"));
  writeOpsets(writer, 8, model.opsets ?? { "": 17 });
  for (const [key, value] of Object.entries(model.metadata ?? {})) writeEntry(writer, 14, key, value);
  for (const definition of model.functions ?? []) {
    messageField(writer, 25, (inner) => writeFunction(inner, definition));
  }
  // A copy: protobufjs hands out a view of a larger pooled buffer.
  return Uint8Array.from(writer.finish());
}

export function floatTensor(dims: readonly number[], values: readonly number[] | Float32Array): OnnxTensor {
  return { type: "float", dims, values };
}

export function int64Tensor(dims: readonly number[], values: readonly bigint[]): OnnxTensor {
  return { type: "int64", dims, values };
}

/** The bits of the half-precision number nearest to `value` (ties to even), as float16 tensors hold them. */
export function float16Bits(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const sign = view.getUint32(0) >>> 31 === 1 ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  // 65520 is half-way between the largest finite number and the next one, which is infinity.
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude || 1e-30)));
  const fraction = roundHalfToEven((magnitude / 2 ** exponent) * 1024);
  // A fraction that rounded up to 2048 carries into the exponent by plain addition; a subnormal one has exponent bits 0.
  return sign | ((exponent + 14) * 1024 + fraction);
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function writeGraph(writer: protobuf.Writer, graph: OnnxGraph, defaultName: string): void {
  for (const node of graph.nodes) messageField(writer, 1, (inner) => writeNode(inner, node));
  stringField(writer, 2, graph.name ?? defaultName);
  for (const tensor of graph.initializers ?? []) messageField(writer, 5, (inner) => writeTensor(inner, tensor));
  for (const input of graph.inputs) messageField(writer, 11, (inner) => writeValueInfo(inner, input));
  for (const output of graph.outputs) messageField(writer, 12, (inner) => writeValueInfo(inner, output));
  for (const tensor of graph.sparseInitializers ?? []) {
    messageField(writer, 15, (inner) => writeSparseTensor(inner, tensor));
  }
}

function writeFunction(writer: protobuf.Writer, definition: OnnxFunction): void {
  stringField(writer, 1, definition.name);
  for (const input of definition.inputs) stringField(writer, 4, input);
  for (const output of definition.outputs) stringField(writer, 5, output);
  for (const node of definition.nodes) messageField(writer, 7, (inner) => writeNode(inner, node));
  writeOpsets(writer, 9, definition.opsets);
  stringField(writer, 10, definition.domain);
}

function writeOpsets(writer: protobuf.Writer, field: number, opsets: Readonly<Record<string, number>>): void {
  for (const [domain, version] of Object.entries(opsets)) {
    messageField(writer, field, (inner) => {
      stringField(inner, 1, domain);
      int64Field(inner, 2, version);
    });
  }
}

function writeNode(writer: protobuf.Writer, node: OnnxNode): void {
  for (const input of node.inputs) stringField(writer, 1, input);
  for (const output of node.outputs) stringField(writer, 2, output);
  if (node.name !== undefined) stringField(writer, 3, node.name);
  stringField(writer, 4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes ?? {})) {
    messageField(writer, 5, (inner) => writeAttribute(inner, name, attribute));
  }
  if (node.domain !== undefined) stringField(writer, 7, node.domain);
}

/** Field 20 is `AttributeProto.type`, which says which of the value fields is meant. */
function writeAttribute(writer: protobuf.Writer, name: string, attribute: OnnxAttribute): void {
  stringField(writer, 1, name);
  if ("float" in attribute) {
    floatField(writer, 2, attribute.float);
    int64Field(writer, 20, 1);
  } else if ("int" in attribute) {
    int64Field(writer, 3, attribute.int);
    int64Field(writer, 20, 2);
  } else if ("string" in attribute) {
    stringField(writer, 4, attribute.string);
    int64Field(writer, 20, 3);
  } else if ("tensor" in attribute) {
    messageField(writer, 5, (inner) => writeTensor(inner, attribute.tensor));
    int64Field(writer, 20, 4);
  } else if ("graph" in attribute) {
    messageField(writer, 6, (inner) => writeGraph(inner, attribute.graph, name));
    int64Field(writer, 20, 5);
  } else if ("floats" in attribute) {
    for (const value of attribute.floats) floatField(writer, 7, value);
    int64Field(writer, 20, 6);
  } else if ("ints" in attribute) {
    for (const value of attribute.ints) int64Field(writer, 8, value);
    int64Field(writer, 20, 7);
  } else if ("strings" in attribute) {
    for (const value of attribute.strings) stringField(writer, 9, value);
    int64Field(writer, 20, 8);
  } else {
    messageField(writer, 22, (inner) => writeSparseTensor(inner, attribute.sparseTensor));
    int64Field(writer, 20, 11);
  }
}

function writeTensor(writer: protobuf.Writer, tensor: OnnxTensor): void {
  for (const dimension of tensor.dims) int64Field(writer, 1, dimension);
  int64Field(writer, 2, elementTypes[tensor.type]);
  if ("values" in tensor && tensor.type === "string") {
    for (const value of tensor.values) stringField(writer, 6, String(value));
  }
  if (tensor.name !== undefined) stringField(writer, 8, tensor.name);
  if ("external" in tensor) {
    for (const [key, value] of Object.entries(tensor.external)) writeEntry(writer, 13, key, value);
    // TensorProto.data_location: EXTERNAL.
    int64Field(writer, 14, 1);
  } else if (tensor.type !== "string") {
    bytesField(writer, 9, rawBytes(tensor.type, tensor.values));
  }
}

function writeSparseTensor(writer: protobuf.Writer, tensor: OnnxSparseTensor): void {
  messageField(writer, 1, (inner) => writeTensor(inner, tensor.values));
  messageField(writer, 2, (inner) => writeTensor(inner, tensor.indices));
  for (const dimension of tensor.dims) int64Field(writer, 3, dimension);
}

const elementBytes = {
  float: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  double: 8,
  uint32: 4,
  uint64: 8,
} as const satisfies Record<Exclude<ElementType, "string">, number>;

/**
 * A tensor's values as `TensorProto.raw_data` holds them: little-endian, whatever this machine's order is. The same
 * bytes are what an external data file holds.
 */
export function rawBytes(type: Exclude<ElementType, "string">, values: TensorValues): Uint8Array {
  const size = elementBytes[type];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    const offset = index * size;
    if (type === "float") view.setFloat32(offset, Number(value), true);
    else if (type === "double") view.setFloat64(offset, Number(value), true);
    else if (type === "float16") view.setUint16(offset, float16Bits(Number(value)), true);
    else if (type === "int64" || type === "uint64") view.setBigInt64(offset, BigInt(value), true);
    else if (size === 4) view.setUint32(offset, Number(value), true);
    else if (size === 2) view.setUint16(offset, Number(value), true);
    else view.setUint8(offset, Number(value));
  });
  return bytes;
}

function writeValueInfo(writer: protobuf.Writer, info: OnnxValueInfo): void {
  stringField(writer, 1, info.name);
  messageField(writer, 2, (type) => {
    if ("mapKey" in info) {
      // TypeProto.sequence_type of a map_type.
      messageField(type, 4, (sequence) =>
        messageField(sequence, 1, (element) =>
          messageField(element, 5, (map) => {
            int64Field(map, 1, elementTypes[info.mapKey]);
            messageField(map, 2, (value) => writeTensorType(value, info.mapValue, []));
          }),
        ),
      );
    } else {
      writeTensorType(type, info.type, info.shape);
    }
  });
}

function writeTensorType(writer: protobuf.Writer, type: ElementType, shape: readonly OnnxDimension[] | null): void {
  messageField(writer, 1, (tensor) => {
    int64Field(tensor, 1, elementTypes[type]);
    if (shape === null) return;
    messageField(tensor, 2, (dimensions) => {
      for (const dimension of shape) {
        messageField(dimensions, 1, (inner) => {
          if (typeof dimension === "number") int64Field(inner, 1, dimension);
          else if (dimension !== null) stringField(inner, 2, dimension);
        });
      }
    });
  });
}

function writeEntry(writer: protobuf.Writer, field: number, key: string, value: string): void {
  messageField(writer, field, (inner) => {
    stringField(inner, 1, key);
    stringField(inner, 2, value);
  });
}

// The low three bits of a tag are protobuf's wire type: 0 varint, 2 length-delimited, 5 four bytes.

function int64Field(writer: protobuf.Writer, field: number, value: number): void {
  writer.uint32(field << 3).int64(value);
}

function floatField(writer: protobuf.Writer, field: number, value: number): void {
  writer.uint32((field << 3) | 5).float(value);
}

function stringField(writer: protobuf.Writer, field: number, value: string): void {
  writer.uint32((field << 3) | 2).string(value);
}

function bytesField(writer: protobuf.Writer, field: number, value: Uint8Array): void {
  writer.uint32((field << 3) | 2).bytes(value);
}

function messageField(writer: protobuf.Writer, field: number, write: (inner: protobuf.Writer) => void): void {
  writer.uint32((field << 3) | 2).fork();
  write(writer);
  writer.ldelim();
}
