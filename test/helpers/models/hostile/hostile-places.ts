import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { encodeDelimited, encodeNumber, encodeText } from "../../../../electron/deployments/onnx/protobuf-wire.ts";
import { attribute, carriedFunction, type Field, graph, modelWith, node, outside, sparse } from "../raw-onnx.ts";
import type { HostileModel } from "./hostile-model.ts";
import {
  canaryName,
  bytesCase,
  outsideFolder,
  locationCase,
  above,
  here,
  place0,
  w,
  inGraph,
} from "./hostile-model.ts";

export const locations: readonly HostileModel[] = [
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

export const layouts: readonly HostileModel[] = [
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
/** A tensor that wants out, in every place where a tensor can be. */
export const places: readonly HostileModel[] = [
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

export const modelPlaces: readonly HostileModel[] = [
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
