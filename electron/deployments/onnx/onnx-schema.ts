/** How a field of a message is written; every other kind names the message that it holds. */
type PlainKind = "int" | "float" | "double" | "text" | "bytes" | "other";

/** One field of onnx.proto. A field that is not `many` may be written once only. */
export type OnnxField = {
  readonly name: string;
  readonly kind: PlainKind | OnnxMessage;
  readonly many: boolean;
};

export type OnnxMessage =
  | "model"
  | "graph"
  | "node"
  | "attribute"
  | "tensor"
  | "sparseTensor"
  | "segment"
  | "valueInfo"
  | "type"
  | "tensorType"
  | "elementType"
  | "mapType"
  | "opaqueType"
  | "shape"
  | "dimension"
  | "opset"
  | "entry"
  | "annotation"
  | "training"
  | "function";

const one = (name: string, kind: OnnxField["kind"]): OnnxField => ({ name, kind, many: false });
const many = (name: string, kind: OnnxField["kind"]): OnnxField => ({ name, kind, many: true });

/**
 * The messages of ONNX 1.20 by field number: what ONNX Runtime 1.30 looks at. `other` is a message in which nothing of
 * interest can be: it holds no tensor, no operator and no path.
 */
export const onnxMessages: Readonly<Record<OnnxMessage, { readonly [number: number]: OnnxField }>> = {
  model: {
    1: one("irVersion", "int"),
    2: one("producer", "text"),
    3: one("producerVersion", "text"),
    4: one("domain", "text"),
    5: one("modelVersion", "int"),
    6: one("doc", "bytes"),
    7: one("graph", "graph"),
    8: many("opset", "opset"),
    14: many("metadata", "entry"),
    20: many("training", "training"),
    25: many("function", "function"),
    26: many("devices", "other"),
  },
  graph: {
    1: many("node", "node"),
    2: one("name", "text"),
    5: many("initializer", "tensor"),
    10: one("doc", "bytes"),
    11: many("input", "valueInfo"),
    12: many("output", "valueInfo"),
    13: many("value", "valueInfo"),
    14: many("annotation", "annotation"),
    15: many("sparseInitializer", "sparseTensor"),
    16: many("metadata", "entry"),
  },
  node: {
    1: many("input", "text"),
    2: many("output", "text"),
    3: one("name", "text"),
    4: one("operator", "text"),
    5: many("attribute", "attribute"),
    6: one("doc", "bytes"),
    7: one("domain", "text"),
    8: one("overload", "text"),
    9: many("metadata", "entry"),
    10: many("devices", "other"),
  },
  attribute: {
    1: one("name", "text"),
    2: one("float", "float"),
    3: one("int", "int"),
    4: one("string", "bytes"),
    5: one("tensor", "tensor"),
    6: one("graph", "graph"),
    7: many("floats", "float"),
    8: many("ints", "int"),
    9: many("strings", "bytes"),
    10: many("tensors", "tensor"),
    11: many("graphs", "graph"),
    13: one("doc", "bytes"),
    14: one("type", "type"),
    15: many("types", "type"),
    20: one("valueKind", "int"),
    21: one("reference", "text"),
    22: one("sparseTensor", "sparseTensor"),
    23: many("sparseTensors", "sparseTensor"),
  },
  tensor: {
    1: many("dims", "int"),
    2: one("elementType", "int"),
    3: one("segment", "segment"),
    4: many("floats", "float"),
    5: many("int32s", "int"),
    6: many("strings", "bytes"),
    7: many("int64s", "int"),
    8: one("name", "text"),
    9: one("raw", "bytes"),
    10: many("doubles", "double"),
    11: many("uint64s", "int"),
    12: one("doc", "bytes"),
    13: many("external", "entry"),
    14: one("location", "int"),
    16: many("metadata", "entry"),
  },
  sparseTensor: { 1: one("values", "tensor"), 2: one("indices", "tensor"), 3: many("dims", "int") },
  segment: { 1: one("begin", "int"), 2: one("end", "int") },
  valueInfo: {
    1: one("name", "text"),
    2: one("type", "type"),
    3: one("doc", "bytes"),
    4: many("metadata", "entry"),
  },
  type: {
    1: one("tensor", "tensorType"),
    4: one("sequence", "elementType"),
    5: one("map", "mapType"),
    6: one("denotation", "text"),
    7: one("opaque", "opaqueType"),
    8: one("sparse tensor", "tensorType"),
    9: one("optional", "elementType"),
  },
  tensorType: { 1: one("elementType", "int"), 2: one("shape", "shape") },
  elementType: { 1: one("type", "type") },
  mapType: { 1: one("keyType", "int"), 2: one("type", "type") },
  opaqueType: { 1: one("domain", "text"), 2: one("name", "text") },
  shape: { 1: many("dimension", "dimension") },
  dimension: { 1: one("size", "int"), 2: one("symbol", "text"), 3: one("denotation", "text") },
  opset: { 1: one("domain", "text"), 2: one("version", "int") },
  entry: { 1: one("key", "bytes"), 2: one("value", "bytes") },
  annotation: { 1: one("tensor", "text"), 2: many("quantization", "entry") },
  training: {
    1: one("initialization", "graph"),
    2: one("algorithm", "graph"),
    3: many("initializationBinding", "entry"),
    4: many("updateBinding", "entry"),
  },
  function: {
    1: one("name", "text"),
    4: many("input", "text"),
    5: many("output", "text"),
    6: many("attributeName", "text"),
    7: many("node", "node"),
    8: one("doc", "bytes"),
    9: many("opset", "opset"),
    10: one("domain", "text"),
    11: many("attribute", "attribute"),
    12: many("value", "valueInfo"),
    13: one("overload", "text"),
    14: many("metadata", "entry"),
  },
};

/** Element types by `TensorProto.DataType`: their name, bits an element, and the field that holds them beside raw bytes. */
export type ElementType = {
  readonly name: string;
  /** Zero: texts, which have no fixed size. */
  readonly bits: number;
  readonly field: "floats" | "int32s" | "strings" | "int64s" | "doubles" | "uint64s";
};

const element = (name: string, bits: number, field: ElementType["field"]): ElementType => ({ name, bits, field });

export const elementTypes: { readonly [number: number]: ElementType } = {
  1: element("float32", 32, "floats"),
  2: element("uint8", 8, "int32s"),
  3: element("int8", 8, "int32s"),
  4: element("uint16", 16, "int32s"),
  5: element("int16", 16, "int32s"),
  6: element("int32", 32, "int32s"),
  7: element("int64", 64, "int64s"),
  8: element("string", 0, "strings"),
  9: element("bool", 8, "int32s"),
  10: element("float16", 16, "int32s"),
  11: element("float64", 64, "doubles"),
  12: element("uint32", 32, "uint64s"),
  13: element("uint64", 64, "uint64s"),
  14: element("complex64", 64, "floats"),
  15: element("complex128", 128, "doubles"),
  16: element("bfloat16", 16, "int32s"),
  17: element("float8e4m3fn", 8, "int32s"),
  18: element("float8e4m3fnuz", 8, "int32s"),
  19: element("float8e5m2", 8, "int32s"),
  20: element("float8e5m2fnuz", 8, "int32s"),
  21: element("uint4", 4, "int32s"),
  22: element("int4", 4, "int32s"),
  23: element("float4e2m1", 4, "int32s"),
  24: element("float8e8m0", 8, "int32s"),
  25: element("uint2", 2, "int32s"),
  26: element("int2", 2, "int32s"),
};
