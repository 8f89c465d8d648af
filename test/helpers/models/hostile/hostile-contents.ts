import { encodeDelimited, encodeNumber, encodeText } from "../../../../electron/deployments/onnx/protobuf-wire.ts";
import {
  attribute,
  carriedFunction,
  type Field,
  graph,
  int64,
  joined,
  longs,
  modelWith,
  node,
  opset,
  outside,
  sparse,
  tensor,
} from "../raw-onnx.ts";
import type { HostileModel } from "./hostile-model.ts";
import { canaryName, weights, bytesCase, above, here, place0, w, inGraph, sized } from "./hostile-model.ts";

const floats = (count: number) => encodeDelimited(4, new Uint8Array(4 * count));

export const sizes: readonly HostileModel[] = [
  ...["-1", "0x10", "1e3", " 8", "8 ", "+8", "08", "9223372036854775808", "18446744073709551616", "NaN", ""].map(
    (offset) =>
      sized(
        `an offset of ${JSON.stringify(offset)}`,
        /no number of bytes/,
        outside(5, "weights.bin", { entries: [["offset", offset]] }),
      ),
  ),
  sized("a negative length", /no number of bytes/, outside(5, "weights.bin", { entries: [["length", "-8"]] })),
  sized(
    "a length that is not the shape's",
    /says that its data has 4/,
    outside(5, "weights.bin", { entries: [["length", "4"]] }),
  ),
  sized(
    "a length beyond the shape's",
    /says that its data has 4096/,
    outside(5, "weights.bin", { entries: [["length", "4096"]] }),
  ),
  sized(
    "two locations",
    /location of its data twice/,
    tensor(5, { entries: [...weights, ["location", `../${canaryName}`]] }),
  ),
  sized(
    "two offsets",
    /offset of its data twice/,
    outside(5, "weights.bin", {
      entries: [
        ["offset", "0"],
        ["offset", "4096"],
      ],
    }),
  ),
  sized("an unknown word about its data", /"basepath"/, outside(5, "weights.bin", { entries: [["basepath", "/"]] })),
  sized(
    "prepared copies of its data",
    /prepared copies/,
    outside(5, "weights.bin", { entries: [["prepacked_0", "k|0;8;0"]] }),
  ),
  sized("data outside in no file", /not in which/, tensor(5, { location: 1 })),
  sized("data outside without a location", /not in which/, tensor(5, { entries: [["offset", "0"]] })),
  sized(
    "a data file that is not said to be used",
    /does not say that its data is there/,
    tensor(5, { entries: weights, location: 0 }),
  ),
  sized(
    "an unknown place of data",
    /does not say that its data is there/,
    tensor(5, { entries: weights, location: 2 }),
  ),
  sized("data in the model and outside", /in a file as well/, outside(5, "weights.bin", { raw: 8 })),
  sized("texts in a data file", /texts in a data file/, outside(5, "weights.bin", { type: 8 })),
  sized("too few bytes", /needs 8 bytes for its shape and has 4/, here(5, { raw: 4 })),
  sized("too many bytes", /needs 8 bytes for its shape and has 12/, here(5, { raw: 12 })),
  sized("no data", /needs 2 numbers for its shape and has 0/, tensor(5)),
  sized("too few numbers", /needs 2 numbers for its shape and has 1/, tensor(5, { more: [floats(1)] })),
  sized(
    "numbers of another type",
    /data of another type/,
    tensor(5, { more: [encodeDelimited(7, Uint8Array.from([1, 2]))] }),
  ),
  sized("data twice", /data twice/, here(5, { more: [floats(2)] })),
  sized("texts as raw bytes", /texts written as raw bytes/, here(5, { type: 8 })),
  sized("a type that nobody knows", /unknown element type 99/, here(5, { type: 99 })),
  sized("no type", /unknown element type 0/, here(5, { type: 0 })),
  sized(
    "a segment of a tensor",
    /only a segment/,
    here(5, { more: [encodeDelimited(3, encodeNumber(1, 0), encodeNumber(2, 4))] }),
  ),
  sized("a negative dimension", /dimension of the size -2/, here(5, { dims: [-2n] })),
  sized("two negative dimensions", /dimension of the size -1/, here(5, { dims: [-1n, -2n] })),
  sized("the least dimension", /dimension of the size -9223372036854775808/, here(5, { dims: [-(2n ** 63n)] })),
  sized("a shape that overflows to nothing", /any computer/, tensor(5, { dims: [2n ** 32n, 2n ** 32n], raw: 0 })),
  sized("a shape that overflows to what it has", /any computer/, here(5, { dims: [2n ** 62n, 8n, 2n] })),
  sized("a huge shape behind a zero", /any computer/, tensor(5, { dims: [0n, 2n ** 62n], raw: 0 })),
  sized(
    "a huge shape in a data file",
    /needs \d+ bytes of its data file/,
    outside(5, "weights.bin", { dims: [2n ** 45n] }),
  ),
  sized(
    "more dimensions than there are",
    /too many dimensions/,
    here(5, { dims: Array.from({ length: 100 }, () => 1) }),
  ),
  sized(
    "a sparse tensor that fills the memory",
    /would take .* GiB/,
    w,
    sparse(15, here(1, { dims: [1], raw: 4 }), place0, [2n ** 40n]),
  ),
  sized(
    "a sparse tensor of an impossible shape",
    /any computer/,
    w,
    sparse(15, here(1, { dims: [1], raw: 4 }), place0, [2n ** 40n, 2n ** 40n]),
  ),
  sized(
    "a sparse value outside its tensor",
    /outside its shape/,
    w,
    sparse(15, here(1, { dims: [1], raw: 4 }), tensor(2, { type: 7, dims: [1], raw: longs(4) }), [4]),
  ),
  sized(
    "a sparse value before its tensor",
    /outside its shape/,
    w,
    sparse(15, here(1, { dims: [1], raw: 4 }), tensor(2, { type: 7, dims: [1], raw: longs(-1) }), [4]),
  ),
  sized(
    "a sparse value in a row that is not there",
    /outside its shape/,
    w,
    sparse(15, here(1, { dims: [1], raw: 4 }), tensor(2, { type: 7, dims: [1, 2], raw: longs(2, 0) }), [2, 9]),
  ),
  sized(
    "more sparse values than places",
    /more values than/,
    w,
    sparse(15, here(1, { dims: [8], raw: 32 }), place0, [4]),
  ),
  sized("fewer places than sparse values", /one place for each/, w, sparse(15, here(1), place0, [4])),
  sized(
    "sparse places that are fractions",
    /not whole numbers/,
    w,
    sparse(15, here(1, { dims: [1], raw: 4 }), tensor(2, { dims: [1], raw: 4 }), [4]),
  ),
  sized("a sparse tensor without places", /lacks its values/, w, encodeDelimited(15, here(1), int64(3, 4n))),
  sized(
    "a constant of a shape that fills the memory",
    /out of nothing/,
    w,
    encodeDelimited(1, encodeText(1, "shape"), encodeText(2, "big"), encodeText(4, "ConstantOfShape")),
    tensor(5, { name: "shape", type: 7, dims: [2], raw: longs(2 ** 20, 2 ** 20) }),
  ),
];

const own = (name: string, ...calls: readonly string[]) =>
  carriedFunction(name, "own", ...calls.map((call) => node(call, call.startsWith("f") ? "own" : "", [], 7)));
const withFunctions = (name: string, says: RegExp, ...functions: readonly Field[]) =>
  bytesCase(name, says, modelWith([w, node("f0", "own")], [opset("own", 1), ...functions]));
const withNode = (operator: string, domain: string) =>
  bytesCase(
    `the operator ${domain}:${operator}`,
    new RegExp(`"${operator}" of "${domain.replaceAll(".", "\\.")}"`),
    modelWith([w, node(operator, domain)]),
  );

export const operators: readonly HostileModel[] = [
  withNode("Anything", "their.plugins"),
  withNode("ATen", "org.pytorch.aten"),
  withNode("SentencepieceTokenizer", "ai.onnx.contrib"),
  withNode("BpeTokenizer", "com.microsoft.extensions"),
  withNode("EPContext", "com.microsoft"),
  withNode("PythonOp", "com.microsoft"),
  withNode("TritonOp", "com.microsoft"),
  withNode("Relu", "AI.ONNX"),
  withNode("Relu", " "),
  bytesCase(
    "a foreign operator in an inner graph",
    /"Evil" of "them"/,
    modelWith([w, node("If", "", [inGraph(node("Evil", "them"))])]),
  ),
  bytesCase(
    "a foreign operator in a function",
    /"Evil" of "them"/,
    modelWith([w], [carriedFunction("f", "own", node("Evil", "them", [], 7))]),
  ),
  bytesCase(
    "a foreign operator in training",
    /"Evil" of "them"/,
    modelWith([w], [encodeDelimited(20, graph(2, node("Evil", "them")))]),
  ),
  bytesCase(
    "an operator with a name for the terminal",
    /"\\u\{1b\}\[2J" of "them"/,
    modelWith([w, node("\u001b[2J", "them")]),
  ),
  bytesCase(
    "a function that replaces a standard operator",
    /replaces the operator "Add" of ""/,
    modelWith([w], [carriedFunction("Add", "", node("Relu", "", [], 7))]),
  ),
  bytesCase(
    "a function that replaces one by its long name",
    /replaces the operator "Add" of "ai.onnx"/,
    modelWith([w], [carriedFunction("Add", "ai.onnx", node("Relu", "", [], 7))]),
  ),
  withFunctions("a function that calls itself", /calls itself/, own("f0", "f0")),
  withFunctions("functions that call each other", /calls itself/, own("f0", "f1"), own("f1", "f2"), own("f2", "f0")),
  withFunctions("a function that is there twice", /two functions "f0" of "own"/, own("f0", "Relu"), own("f0", "Abs")),
  withFunctions(
    "functions that double 40 times",
    /stand for more than/,
    ...Array.from({ length: 40 }, (_, index) =>
      index === 39 ? own("f39", "Relu") : own(`f${index}`, `f${index + 1}`, `f${index + 1}`),
    ),
  ),
  withFunctions(
    "functions that call each other 1000 deep",
    /more than 100 deep/,
    ...Array.from({ length: 1000 }, (_, index) =>
      index === 999 ? own("f999", "Relu") : own(`f${index}`, `f${index + 1}`),
    ),
  ),
  withFunctions(
    "a call of another overload than there is",
    /"f0" of "own"/,
    carriedFunction("f0", "own", encodeText(13, "other")),
  ),
];

const good = modelWith([w]);
let deep: Field = w;
for (let level = 0; level < 60; level += 1) deep = node("If", "", [inGraph(deep)]);
const wire = (name: string, says: RegExp, bytes: Uint8Array) => bytesCase(name, says, bytes);

export const forms: readonly HostileModel[] = [
  wire("a model cut in half", /not a readable ONNX file/, good.subarray(0, good.length / 2)),
  wire("nothing at all", /holds no graph/, new Uint8Array(0)),
  wire("zeros", /field number 0/, new Uint8Array(100)),
  wire("a letter", /not a readable ONNX file/, Buffer.from("%PDF-1.7 a document of another kind\n")),
  wire("a model without a graph", /holds no graph/, joined(encodeNumber(1, 8), opset("", 17))),
  wire("a group", /wire type 3/, joined(good, Uint8Array.from([0x3b, 0x3c]))),
  wire("an end of a group", /wire type 4/, joined(good, Uint8Array.from([0x3c]))),
  wire("an unknown wire type", /wire type 6/, joined(good, Uint8Array.from([0x0e]))),
  wire("an unfinished number", /unfinished number/, joined(good, Uint8Array.from([0x28, 0xff, 0xff]))),
  wire(
    "a number of eleven bytes",
    /unfinished number/,
    joined(good, Uint8Array.from([0x28, ...new Uint8Array(10).fill(0xff), 1])),
  ),
  wire(
    "a tag of six bytes",
    /field number too large/,
    joined(good, Uint8Array.from([0xba, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00])),
  ),
  wire(
    "a field of 2^52 bytes",
    /more than 2 GiB/,
    Uint8Array.from([0x3a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x08]),
  ),
  wire("a field longer than the file", /longer than what holds it/, joined(good, Uint8Array.from([0x3a, 0x64, 0]))),
  wire("two graphs, which readers merge", /graph of a model is there twice/, joined(good, graph(7, above(5)))),
  wire(
    "a tensor's bytes twice",
    /raw of a tensor is there twice/,
    modelWith([here(5, { more: [encodeDelimited(9, new Uint8Array(8))] })]),
  ),
  wire(
    "an attribute's tensor twice, which readers merge",
    /tensor of a attribute is there twice/,
    modelWith([w, node("Constant", "", [attribute("value", 4, here(5), above(5))])]),
  ),
  wire(
    "an operator with two names",
    /operator of a node is there twice/,
    modelWith([w, encodeDelimited(1, encodeText(4, "Relu"), encodeText(4, "EPContext"))]),
  ),
  wire(
    "an operator in two domains",
    /domain of a node is there twice/,
    modelWith([w, encodeDelimited(1, encodeText(4, "Relu"), encodeText(7, "them"), encodeText(7, ""))]),
  ),
  wire("a graph written as a number", /written as something else/, joined(good, encodeNumber(7, 1))),
  wire("a name written as a number", /written as something else/, modelWith([w, encodeNumber(2, 1)])),
  wire("a field that ONNX has not", /field 99 of a model is none of ONNX/, joined(good, encodeDelimited(99, above(5)))),
  wire("graphs in graphs without end", /nested deeper/, modelWith([deep])),
  wire(
    "a list of numbers cut in the middle",
    /middle of one/,
    modelWith([tensor(5, { more: [encodeDelimited(4, new Uint8Array(7))] })]),
  ),
  wire("two versions of the standard operators", /two versions/, joined(good, opset("ai.onnx", 9))),
  wire(
    "an operator set of a negative version",
    /version -1/,
    joined(good, encodeDelimited(8, encodeText(1, "own"), int64(2, -1n))),
  ),
  wire("an operator with an endless name", /longer than 4096/, modelWith([w, node("A".repeat(5000))])),
  wire(
    "settings for ONNX Runtime",
    /carries settings/,
    joined(good, encodeDelimited(14, encodeText(1, "ort_config"), encodeText(2, "{}"))),
  ),
  wire(
    "an option for ONNX Runtime that loads a library",
    /carries settings/,
    joined(good, encodeDelimited(14, encodeText(1, "session.custom_ops_library"), encodeText(2, "evil.so"))),
  ),
  wire(
    "an input larger than any computer",
    /dimension of the size/,
    joined(
      encodeNumber(1, 8),
      graph(
        7,
        encodeDelimited(
          11,
          encodeText(1, "x"),
          encodeDelimited(
            2,
            encodeDelimited(1, encodeNumber(1, 1), encodeDelimited(2, encodeDelimited(1, int64(1, 2n ** 60n)))),
          ),
        ),
      ),
    ),
  ),
];
