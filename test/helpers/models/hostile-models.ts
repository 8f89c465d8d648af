import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { encodeDelimited, encodeNumber, encodeText } from "../../../electron/deployments/onnx/protobuf-wire.ts";
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
  type TensorParts,
} from "./raw-onnx.ts";

/** One model that must be refused: how it is laid out in its folder, and what the refusal's sentence has to say. */
export type HostileModel = {
  readonly name: string;
  readonly says: RegExp;
  /** Whether it matters how the model is named: by its folder or by its file. */
  readonly isLayout?: boolean;
  /** Writes the model into `folder`; `canary` is a file outside that nobody may open. */
  readonly write: (folder: string, canary: string) => void;
};

/** What the model asks for outside: eight bytes, in the folder above its own. */
export const canaryName = "canary.bin";

const weights = [["location", "weights.bin"]] as const;

/** A model of these bytes, with eight bytes of data beside it. */
function bytesCase(name: string, says: RegExp, bytes: Uint8Array): HostileModel {
  return {
    name,
    says,
    write: (folder) => {
      writeFileSync(path.join(folder, "model.onnx"), bytes);
      writeFileSync(path.join(folder, "weights.bin"), new Uint8Array(8));
    },
  };
}

const outsideFolder = /not a plain path inside its folder/;

function locationCase(name: string, location: string | Uint8Array, says = outsideFolder): HostileModel {
  return bytesCase(`data in ${name}`, says, modelWith([outside(5, location)]));
}

const locations: readonly HostileModel[] = [
  locationCase("the folder above", `../${canaryName}`),
  locationCase("the folder above, by way of a folder below", `data/../../${canaryName}`),
  locationCase("the folder above, with backslashes", `..\\${canaryName}`),
  locationCase("two folders above", `../../${canaryName}`),
  locationCase("the folder above itself", ".."),
  locationCase("the model's folder itself", "."),
  locationCase("a drive", `C:\\${canaryName}`),
  locationCase("a drive's current folder", `C:${canaryName}`),
  locationCase("a network share", `\\\\server\\share\\${canaryName}`),
  locationCase("a network share with slashes", `//server/share/${canaryName}`),
  locationCase("a device path of Windows", `\\\\?\\C:\\${canaryName}`),
  locationCase("a web address", "https://example.com/weights.bin"),
  locationCase("this process's memory", "*/_ORT_MEM_ADDR_/*"),
  locationCase("this process's memory, in its own byte order", "*/_ORT_NATIVE_ENDIAN_MEM_ADDR_/*"),
  locationCase("a file without a name", ""),
  locationCase("a name with a NUL in it", `weights.bin\0/../../${canaryName}`),
  locationCase("a name with a line break", "weights.bin\n"),
  locationCase("a name that is written backwards", "weights\u202enib."),
  locationCase("a name that is no UTF-8", Uint8Array.from([0x77, 0xff, 0xfe])),
  locationCase("a stream of a file", "weights.bin:hidden"),
  locationCase("a device of Windows", "NUL"),
  locationCase("a device of Windows with an ending", "data/aux.bin"),
  locationCase("a name that Windows reads without its dot", "weights.bin."),
  locationCase("a name that Windows reads without its space", "weights.bin "),
  locationCase("a path with an empty part", "data//weights.bin"),
  locationCase("a path that ends in a slash", "weights.bin/"),
  locationCase("an escaped path above", `%2e%2e/${canaryName}`, /is not there/),
  locationCase("the home folder", `~/${canaryName}`, /is not there/),
  locationCase("a name with a byte order mark", "\ufeffweights.bin"),
  locationCase("the model itself", "model.onnx", /names itself/),
  locationCase("the model itself, in capitals", "./MODEL.ONNX", /names itself/),
  {
    name: "data in an absolute path",
    says: outsideFolder,
    write: (folder, canary) => writeFileSync(path.join(folder, "model.onnx"), modelWith([outside(5, canary)])),
  },
  {
    name: "data in a file: address",
    says: outsideFolder,
    write: (folder, canary) =>
      writeFileSync(path.join(folder, "model.onnx"), modelWith([outside(5, `file://${canary}`)])),
  },
];

const thereModel = modelWith([outside(5, "weights.bin")]);
const belowModel = modelWith([outside(5, "data/weights.bin")]);

function layoutCase(name: string, says: RegExp, bytes: Uint8Array, lay: HostileModel["write"]): HostileModel {
  return {
    name,
    says,
    isLayout: true,
    write: (folder, canary) => {
      writeFileSync(path.join(folder, "model.onnx"), bytes);
      lay(folder, canary);
    },
  };
}

const layouts: readonly HostileModel[] = [
  layoutCase("a data file that is a link out of the folder", /link that leaves/, thereModel, (folder, canary) =>
    symlinkSync(canary, path.join(folder, "weights.bin")),
  ),
  layoutCase(
    "a data file that is a link to a link out of the folder",
    /link that leaves/,
    thereModel,
    (folder, canary) => {
      symlinkSync(canary, path.join(folder, "hop"));
      symlinkSync("hop", path.join(folder, "weights.bin"));
    },
  ),
  layoutCase("a data folder that is a link out of the folder", /link that leaves/, belowModel, (folder, canary) => {
    symlinkSync(path.dirname(canary), path.join(folder, "data"));
    writeFileSync(path.join(path.dirname(canary), "weights.bin"), new Uint8Array(8));
  }),
  layoutCase("a data file that is a link to itself", /is not there|cannot be read/, thereModel, (folder) =>
    symlinkSync("weights.bin", path.join(folder, "weights.bin")),
  ),
  layoutCase("a data file that is a link to nothing", /is not there/, thereModel, (folder) =>
    symlinkSync("nowhere", path.join(folder, "weights.bin")),
  ),
  layoutCase("a data file that has a name elsewhere too", /linked from another place/, thereModel, (folder, canary) =>
    linkSync(canary, path.join(folder, "weights.bin")),
  ),
  layoutCase("a data file that is a pipe", /is not a file/, thereModel, (folder) => {
    execFileSync("mkfifo", [path.join(folder, "weights.bin")]);
  }),
  layoutCase("a data file that is a folder", /not there|link to a folder/, thereModel, (folder) => {
    mkdirSync(path.join(folder, "weights.bin"));
  }),
  layoutCase("a data file that is not there", /is not there/, thereModel, () => undefined),
  layoutCase(
    "data files that differ in capitals alone",
    /capitals/,
    modelWith([outside(5, "weights.bin"), outside(5, "Weights.bin", { name: "v" })]),
    (folder) => {
      for (const name of ["weights.bin", "Weights.bin"]) writeFileSync(path.join(folder, name), new Uint8Array(8));
    },
  ),
  layoutCase(
    "a data file that is cut short",
    /needs 8 bytes of its data file "weights.bin", which has 7/,
    thereModel,
    (folder) => writeFileSync(path.join(folder, "weights.bin"), new Uint8Array(7)),
  ),
  layoutCase(
    "data that begins behind the end of its file",
    /needs 1008 bytes of its data file/,
    modelWith([outside(5, "weights.bin", { entries: [["offset", "1000"]] })]),
    (folder) => writeFileSync(path.join(folder, "weights.bin"), new Uint8Array(8)),
  ),
  layoutCase(
    "one data file used a thousand times over",
    /would take .* GiB of memory/,
    modelWith(
      Array.from({ length: 1000 }, (_, index) => outside(5, "weights.bin", { name: `w${index}`, dims: [2 ** 22] })),
    ),
    (folder) => {
      writeFileSync(path.join(folder, "weights.bin"), "");
      truncateSync(path.join(folder, "weights.bin"), 2 ** 24);
    },
  ),
  layoutCase("a file longer than protobuf can be", /cannot be larger than 2 GiB/, thereModel, (folder) =>
    truncateSync(path.join(folder, "model.onnx"), 2 ** 31),
  ),
];

const above = (field: number, parts: TensorParts = {}) => outside(field, `../${canaryName}`, parts);
const here = (field: number, parts: TensorParts = {}) => tensor(field, { raw: 8, ...parts });
const place0 = tensor(2, { type: 7, dims: [1], raw: longs(0) });
const w = here(5);
const inGraph = (...parts: readonly Field[]) => attribute("body", 5, graph(6, ...parts));

/** A tensor that wants out, in every place where a tensor can be. */
const places: readonly HostileModel[] = [
  ["a constant", [w, node("Constant", "", [attribute("value", 4, above(5))])]],
  ["a list of tensors", [w, node("Constant", "", [attribute("value", 9, above(10))])]],
  [
    "a sparse constant's values",
    [w, node("Constant", "", [attribute("sparse_value", 11, sparse(22, above(1, { dims: [1] }), place0, [4]))])],
  ],
  [
    "a sparse constant's places",
    [
      w,
      node("Constant", "", [
        attribute(
          "sparse_value",
          11,
          sparse(22, here(1, { dims: [1], raw: 4 }), outside(2, `../${canaryName}`, { type: 7, dims: [1] }), [4]),
        ),
      ]),
    ],
  ],
  [
    "a list of sparse tensors",
    [w, node("Constant", "", [attribute("sparse_value", 12, sparse(23, above(1, { dims: [1] }), place0, [4]))])],
  ],
  ["sparse weights' values", [w, sparse(15, above(1, { dims: [1] }), place0, [4])]],
  [
    "sparse weights' places",
    [w, sparse(15, here(1, { dims: [1], raw: 4 }), outside(2, `../${canaryName}`, { type: 7, dims: [1] }), [4])],
  ],
  ["an inner graph's weights", [w, node("If", "", [inGraph(above(5))])]],
  [
    "an inner graph's sparse weights",
    [w, node("Loop", "", [inGraph(sparse(15, above(1, { dims: [1] }), place0, [4]))])],
  ],
  [
    "an inner graph's constant",
    [w, node("Scan", "", [inGraph(node("Constant", "", [attribute("value", 4, above(5))]))])],
  ],
  ["a graph in a graph", [w, node("If", "", [inGraph(node("Loop", "", [inGraph(above(5))]))])]],
  ["a list of graphs", [w, node("If", "", [attribute("bodies", 10, graph(11, above(5)))])]],
  ["an attribute of the wrong kind", [w, node("Relu", "", [attribute("alpha", 1, above(5))])]],
].map(([name, parts]) =>
  bytesCase(`data above the folder in ${name as string}`, outsideFolder, modelWith(parts as Field[])),
);

const modelPlaces: readonly HostileModel[] = [
  ["a function", carriedFunction("f", "own", node("Constant", "", [attribute("value", 4, above(5))], 7))],
  [
    "a function's default",
    carriedFunction("f", "own", encodeDelimited(11, encodeText(1, "a"), above(5), encodeNumber(20, 4))),
  ],
  ["a function's inner graph", carriedFunction("f", "own", node("If", "", [inGraph(above(5))], 7))],
  ["the start of training", encodeDelimited(20, graph(1, above(5)))],
  ["the steps of training", encodeDelimited(20, graph(2, above(5)))],
].map(([name, part]) =>
  bytesCase(`data above the folder in ${name as string}`, outsideFolder, modelWith([w], [part as Field])),
);

const sized = (name: string, says: RegExp, ...parts: readonly Field[]) => bytesCase(name, says, modelWith(parts));
const floats = (count: number) => encodeDelimited(4, new Uint8Array(4 * count));

const sizes: readonly HostileModel[] = [
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

const operators: readonly HostileModel[] = [
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
    /"\?\[2J" of "them"/,
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

const forms: readonly HostileModel[] = [
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

/** All of them, each with a name of its own. */
export const hostileModels: readonly HostileModel[] = [
  ...locations,
  ...layouts,
  ...places,
  ...modelPlaces,
  ...sizes,
  ...operators,
  ...forms,
];
