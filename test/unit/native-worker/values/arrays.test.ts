import { describe, expect, test } from "vitest";
import type { TensorScorer } from "../../../../electron/contract/nouns/scorers/tensor-scorer.ts";
import type { TensorType } from "../../../../electron/contract/signature.ts";
import { type ArrayType, valuesIn } from "../../../../electron/contract/tensors/npy-header.ts";
import { halfBits, float16ToNumber } from "../../../../electron/contract/half-float.ts";
import { readTensorItem, type TensorItem } from "../../../../native-worker/readers/tensors/array-items.ts";
import { npyFile, npyHeader, npzFile, zipFile } from "../../../helpers/data/npy-files.ts";
import { seededRandom } from "../../../helpers/random.ts";

/** Arrays of NumPy, whole: every type, order and header, and files that are none. */
const random = seededRandom(5);
const below = (limit: number): number => Math.floor(random() * limit);

type Inputs = Readonly<Record<string, readonly [TensorType, readonly (number | null)[]]>>;

/** Inputs with their sizes without the batch. */
function scorerOf(inputs: Inputs): TensorScorer {
  const [first, ...rest] = Object.entries(inputs).map(([name, [type, sizes]]) => ({
    name,
    type,
    shape: [null, ...sizes],
  }));
  if (first === undefined) throw new Error("no input");
  const outputs: TensorScorer["outputs"] = [
    { name: "y", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["y"] },
  ];
  const parts = { outputs, keep: [], batch: 1, fixedBatch: null };
  return { kind: "tensor", items: "file", inputs: [first, ...rest], isWhole: false, ...parts };
}

function read(inputs: Inputs, file: Uint8Array): TensorItem | string {
  const item = readTensorItem(scorerOf(inputs), file);
  return "code" in item ? `${item.code} ${item.message}` : item;
}

const limits: Readonly<Partial<Record<ArrayType, readonly [number, number]>>> = {
  int8: [-128, 255],
  uint8: [0, 255],
  int16: [-32768, 65535],
  uint16: [0, 65535],
  int32: [-2147483648, 4294967295],
  uint32: [0, 4294967295],
};
const types = [
  "bool",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "float16",
  "int32",
  "uint32",
  "float32",
  "int64",
  "uint64",
  "float64",
] as const;

function valueOf(type: ArrayType): number | bigint {
  if (type === "bool") return below(2);
  if (type === "int64") return BigInt.asIntN(64, BigInt(below(2 ** 32)) * 4294967311n);
  if (type === "uint64") return BigInt(below(2 ** 32)) * 4294967296n + BigInt(below(2 ** 32));
  if (type === "float64") return (random() - 0.5) * 1e9;
  if (type === "float32") return Math.fround((random() - 0.5) * 1e9);
  if (type === "float16") return float16ToNumber(halfBits((random() - 0.5) * 1000));
  const [low, size] = limits[type] as readonly [number, number];
  return low + below(size);
}

const shown = (type: ArrayType, values: ArrayLike<number | bigint>) =>
  Array.from(values, (value) => (type === "float16" ? float16ToNumber(Number(value)) : value));

describe("an array", () => {
  test.each(types)("of %s has its values in every byte order, index order, version and rank", (type) => {
    for (let turn = 0; turn < 60; turn++) {
      const shape = Array.from({ length: below(5) }, () => 1 + below(5));
      const values = Array.from({ length: valuesIn(shape) }, () => valueOf(type));
      const version = ([1, 2, 3] as const)[turn % 3] as 1 | 2 | 3;
      const orders = { isBigEndian: random() < 0.5, isFortran: random() < 0.5 };
      const array = npyFile({ type, shape, values, version, ...orders });
      const file = turn % 2 === 0 ? array : npzFile({ x: array }, turn % 4 === 1);
      const item = read({ x: [type, shape.map((size) => (random() < 0.3 ? null : size))] }, file);
      if (typeof item === "string") throw new Error(item);
      expect(item[0]?.shape).toEqual(shape);
      expect(shown(type, item[0]?.values as ArrayLike<number>)).toEqual(values);
    }
  });

  test.each([
    ["float64", "float32", [0.1, 1e300, -0.5], [Math.fround(0.1), Number.POSITIVE_INFINITY, -0.5]],
    ["float16", "float64", [0.5, -2], [0.5, -2]],
    ["int64", "float32", [16777216n, -3n], [16777216, -3]],
    ["bool", "int64", [1, 0], [1n, 0n]],
    ["float32", "uint8", [3, 255], [3, 255]],
    ["uint8", "bool", [1, 0], [1, 0]],
  ] as const)("of %s fills an input of %s where it stays the same number", (from, to, values, wanted) => {
    const item = read({ x: [to, [null]] }, npyFile({ type: from, shape: [values.length], values }));
    if (typeof item === "string") throw new Error(item);
    expect([...(item[0]?.values ?? [])]).toEqual(wanted);
  });

  test.each([
    ["int64", "float32", [16777217n]],
    ["int64", "int32", [2147483648n]],
    ["float32", "int64", [Number.NaN]],
    ["float64", "uint8", [-1]],
    ["uint32", "float16", [70000]],
    ["uint8", "bool", [2]],
  ] as const)("of %s with a value that %s does not hold is refused", (from, to, values) => {
    const file = npyFile({ type: from, shape: [1], values });
    expect(read({ x: [to, [null]] }, file)).toMatch(/^cell-out-of-range .*which is no /);
  });

  test("may have a leading 1 more or less, and no other shape", () => {
    const file = (...shape: readonly number[]) =>
      npyFile({ type: "uint8", shape, values: Array.from({ length: valuesIn(shape) }, (_, index) => index) });
    for (const shape of [
      [2, 3],
      [1, 2, 3],
    ])
      expect(read({ x: ["uint8", [2, 3]] }, file(...shape))).toHaveLength(1);
    for (const shape of [[3, 2], [6], [2, 2, 3], [1, 1, 2, 3], [2, 3, 1]])
      expect(read({ x: ["uint8", [2, 3]] }, file(...shape))).toMatch(/^array-wrong-shape .*the model takes \[2, 3\]/);
    expect(read({ x: ["uint8", []] }, file())).toMatchObject([{ shape: [] }]);
  });
});

describe("a file that holds no array that can be read", () => {
  const x: Inputs = { x: ["float32", [2]] };
  const good = npyFile({ type: "float32", shape: [2], values: [1, 2] });
  const header = (text: string) => Buffer.concat([npyHeader(text), Buffer.alloc(8)]);
  const shaped = (tuple: string) => header(`{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`);

  test.each([
    [
      "objects",
      npyFile({ type: "int8", shape: [2], values: [1, 2], descr: "'|O'" }),
      /array-unsupported .*Python objects/,
    ],
    ["structures", npyFile({ type: "int8", shape: [2], values: [1, 2], descr: "[('a', '<f4')]" }), /structures/],
    ["texts", npyFile({ type: "int8", shape: [2], values: [1, 2], descr: "'<U5'" }), /array-unsupported .*texts/],
    ["complex numbers", npyFile({ type: "int8", shape: [2], values: [1, 2], descr: "'<c8'" }), /complex/],
    ["dates", npyFile({ type: "int8", shape: [2], values: [1, 2], descr: "'<M8[ns]'" }), /dates/],
    ["values of another length", npyFile({ type: "int8", shape: [2], values: [1, 2], descr: "'<f16'" }), /"f16"/],
    ["an unknown version", Buffer.concat([good.subarray(0, 6), Buffer.from([9]), good.subarray(7)]), /version 9/],
    ["more than its file", shaped("(1099511627776,)"), /array-damaged/],
    ["more than can be counted", shaped("(2000000000, 2000000000, 2000000000)"), /array-damaged .*cut off/],
    ["less than its file", shaped("(1,)"), /array-damaged .*follow/],
    ["a tuple that is none", shaped("(2)"), /header of the array is damaged/],
    ["a negative size", shaped("(-2,)"), /damaged/],
    ["code", header("__import__('os').system('true')"), /damaged/],
    ["a header with a field twice", header("{'shape': (2,), 'shape': (2,), 'descr': '<f4'}"), /damaged/],
    ["nothing behind its name", good.subarray(0, 8), /cut off/],
    [
      "a header longer than the file",
      Buffer.concat([good.subarray(0, 8), Buffer.from([0xff, 0xff]), good.subarray(10)]),
      /cut off/,
    ],
    ["no array", Buffer.from("GIF89a"), /neither a .npy nor a .npz/],
    ["an archive of other files", zipFile({ "a.txt": Buffer.from("x") }, false), /array-missing .*it holds none/],
    ["an archive that is cut off", npzFile({ x: good }).subarray(0, 150), /cut off/],
  ])("(%s) says what it is", (_, file, reason) => {
    expect(read(x, file)).toMatch(reason);
  });

  test("is refused before it unpacks to far more than its size", () => {
    const shape = [20_000_000];
    const zeros = Buffer.concat([npyFile({ type: "float32", shape, values: [] }), Buffer.alloc(80_000_000)]);
    expect(read({ x: ["float32", [null]] }, npzFile({ x: zeros }, true))).toMatch(/^array-too-large .*250 times/);
  });

  test("of one array does not fill two inputs, and arrays are found by name alone", () => {
    const two: Inputs = { ...x, n: ["float32", [2]] };
    expect(read(two, good)).toMatch(/^array-missing .*"x", "n"/);
    expect(read(two, npzFile({ x: good, other: good }))).toMatch(
      /^array-missing .*no array "n"; it holds "x", "other"/,
    );
    expect(read(two, npzFile({ n: good, x: good, other: good }))).toHaveLength(2);
  });
});

test("damaged files give an error or what was written, never anything else", () => {
  const values = [1.5, -2, 3, 4, 5, 6];
  const array = npyFile({ type: "float32", shape: [2, 3], values });
  const files = [array, npzFile({ x: array }), npzFile({ x: array }, true)];
  let refused = 0;
  for (let turn = 0; turn < 3000; turn++) {
    const file = Buffer.from(files[turn % 3] as Buffer);
    // The values themselves are protected in archives alone.
    const reach = turn % 3 === 0 ? file.length - 24 : file.length;
    for (let change = 0; change <= below(3); change++) file[below(reach)] = below(256);
    const item = read({ x: ["float32", [null, 3]] }, turn % 7 === 0 ? file.subarray(0, below(file.length)) : file);
    if (typeof item === "string") {
      refused += 1;
      expect(item).toMatch(/^(array-[a-z-]+|cell-out-of-range) [^\n]+\.$/);
      continue;
    }
    const found = Array.from(item[0]?.values ?? [], Number);
    // Another type, order or shape may be as sound a header: then the numbers are those that the bytes say.
    const isHeader = turn % 3 === 0 && found.join() !== values.join();
    if (!isHeader) expect(found).toEqual(values);
  }
  expect(refused).toBeGreaterThan(500);
});
