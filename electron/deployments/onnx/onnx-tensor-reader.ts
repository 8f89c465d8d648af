import type { ModelFacts } from "../../contract/nouns/model-scan.ts";
import type { TensorFault } from "../../contract/words/english/parts/finding-words.ts";
import type { MessageReader } from "./onnx-message.ts";
import { type CheckedTensor, checkTensor, countElements } from "./onnx-tensors.ts";
import { WireError, type WireField, type WireSource } from "./protobuf-wire.ts";
import type { FindingList } from "./scan-findings.ts";
import { scanLimits } from "./scan-limits.ts";

type ExternalFile = ModelFacts["externalFiles"][number];

/** The sum of all tensors that were read, and what is needed to go on. */
export type TensorTally = {
  readonly reader: MessageReader;
  readonly source: WireSource;
  readonly findings: FindingList;
  readonly externalFiles: Map<string, ExternalFile>;
  tensors: number;
  parameters: number;
  bytes: number;
  unbackedBytes: number;
  /** Remembers the short whole-number lists that operators may make something large of. */
  readonly noteNumbers: (name: string, numbers: readonly bigint[]) => void;
  readonly noteGenerator: (domain: string, name: string, inputs: readonly string[], where: string) => void;
  /** What can only be said when all tensors are known. */
  readonly finish: () => void;
};

/** Operators that make a tensor of a size that their named input, a list of numbers, says. */
const generators: ReadonlyMap<string, number> = new Map([
  ["ConstantOfShape", 0],
  ["Expand", 1],
  ["Tile", 1],
]);

export function tensorTally(reader: MessageReader, source: WireSource, findings: FindingList): TensorTally {
  const products = new Map<string, bigint>();
  const generated: { readonly input: string; readonly where: string; readonly operator: string }[] = [];
  const tally: TensorTally = {
    reader,
    source,
    findings,
    externalFiles: new Map(),
    tensors: 0,
    parameters: 0,
    bytes: 0,
    unbackedBytes: 0,
    noteNumbers: (name, numbers) => {
      // Names may come again in inner graphs: the largest counts.
      const product = numbers.reduce((whole, number) => (number > 0n ? whole * number : whole), 1n);
      if (product > (products.get(name) ?? 0n) && products.size < scanLimits.distinctNames) products.set(name, product);
    },
    noteGenerator: (domain, operator, inputs, where) => {
      const index = domain === "" || domain === "ai.onnx" ? generators.get(operator) : undefined;
      const input = index === undefined ? undefined : inputs[index];
      if (input !== undefined && generated.length < scanLimits.distinctNames)
        generated.push({ input, where, operator });
    },
    finish: () => {
      for (const { input, where, operator } of generated) {
        if ((products.get(input) ?? 0n) <= BigInt(scanLimits.generatedElements)) continue;
        findings.add("too-large:generated", { operator, elements: scanLimits.generatedElements }, where);
      }
    },
  };
  return tally;
}

/** `data`: where its bytes or numbers are in the model, piece by piece; of many pieces only the first ones. */
type ReadTensor = { readonly tensor: CheckedTensor; readonly data: readonly WireField[]; readonly isRaw: boolean };

/** Reads and checks one tensor; null when it is not what it says. `name`: how others call it when it says nothing itself. */
export function readTensor(tally: TensorTally, at: WireField, where: string, name: string | null): ReadTensor | null {
  const { reader, findings } = tally;
  const dims: bigint[] = [];
  const counts = { floats: 0, int32s: 0, strings: 0, int64s: 0, doubles: 0, uint64s: 0 };
  const external: [string, string][] = [];
  const data: WireField[] = [];
  let written = { name: "", elementType: 0n, rawBytes: null as number | null, isSegment: false, location: 0n };
  reader.visit("tensor", at.bodyStart, at.end, (field, inner) => {
    if (field.name in counts) {
      counts[field.name as keyof typeof counts] += reader.count(field, inner);
      if (data.length < maxPieces) data.push(inner);
    } else if (field.name === "dims") {
      dims.push(...(inner.wireType === 0 ? [reader.int(inner)] : reader.ints(inner, scanLimits.dimensions)));
      if (dims.length > scanLimits.dimensions) throw new WireError({ kind: "tensor-dimensions", params: {} });
    } else if (field.name === "name") written = { ...written, name: reader.text(inner) };
    else if (field.name === "elementType") written = { ...written, elementType: reader.int(inner) };
    else if (field.name === "location") written = { ...written, location: reader.int(inner) };
    else if (field.name === "raw") {
      written = { ...written, rawBytes: inner.end - inner.bodyStart };
      data.push(inner);
    } else if (field.name === "external") external.push(readEntry(reader, inner));
    else if (field.kind === "entry") reader.visit("entry", inner.bodyStart, inner.end, () => undefined);
    else if (field.kind === "segment") written = { ...written, isSegment: true };
    if (external.length > scanLimits.dimensions) throw new WireError({ kind: "tensor-entries", params: {} });
  });
  const tensor = checkTensor({ ...written, dims, counts, external }, where, findings);
  tally.tensors += 1;
  if (tensor === null) return null;
  tally.parameters += tensor.elements;
  tally.bytes += tensor.bytes;
  const read = { tensor, data, isRaw: written.rawBytes !== null };
  if (tensor.external !== null) addExternal(tally, tensor.external, tensor.bytes);
  else if (tensor.element.name === "int64" && tensor.elements <= scanLimits.dimensions) {
    tally.noteNumbers(name ?? written.name, int64sOf(tally, read));
  }
  return read;
}

/** Numbers written one at a time are a field each: as many as a sparse tensor's places are still looked at. */
const maxPieces = 100_000;

/**
 * Reads and checks a sparse tensor: its values and their places, and that each place is inside its shape. ONNX Runtime
 * fills it up, which takes the memory of the whole shape.
 */
export function readSparseTensor(tally: TensorTally, at: WireField, where: string): void {
  const { reader, findings } = tally;
  const dims: bigint[] = [];
  let values: ReadTensor | null = null;
  let indices: ReadTensor | null = null;
  let parts = 0;
  reader.visit("sparseTensor", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "dims") {
      dims.push(...(inner.wireType === 0 ? [reader.int(inner)] : reader.ints(inner, scanLimits.dimensions)));
      if (dims.length > scanLimits.dimensions) throw new WireError({ kind: "sparse-dimensions", params: {} });
      return;
    }
    parts += 1;
    const read = readTensor(tally, inner, `${where} / ${field.name}`, null);
    if (field.name === "values") values = read;
    else indices = read;
  });
  const wrong = (fault: TensorFault): void => findings.add("wrong-size:sparse", { fault }, where);
  if (parts < 2) wrong({ kind: "no-parts", params: {} });
  const elements = countElements(dims);
  if (typeof elements !== "number") wrong(elements);
  if (values === null || indices === null || typeof elements !== "number") return;
  checkSparse(tally, values, indices, dims.map(Number), elements, wrong);
}

function checkSparse(
  tally: TensorTally,
  values: ReadTensor,
  indices: ReadTensor,
  dims: readonly number[],
  elements: number,
  wrong: (fault: TensorFault) => void,
): void {
  const filled = Math.ceil((elements * values.tensor.element.bits) / 8);
  tally.bytes += filled;
  tally.unbackedBytes += filled;
  const [count = 0] = values.tensor.dims;
  const perValue = indices.tensor.dims.length === 1 ? 1 : dims.length;
  if (values.tensor.dims.length !== 1 || count > elements) return wrong({ kind: "too-many-values", params: {} });
  if (!["int64", "int32", "int16", "int8"].includes(indices.tensor.element.name)) {
    return wrong({ kind: "odd-places", params: {} });
  }
  const isShaped =
    indices.tensor.dims.length === 1 || (indices.tensor.dims.length === 2 && indices.tensor.dims[1] === perValue);
  if (!isShaped || indices.tensor.dims[0] !== count) return wrong({ kind: "uneven-places", params: {} });
  if (indices.tensor.external !== null) return;
  if (indices.tensor.elements > maxSparsePlaces) return wrong({ kind: "too-many-places", params: {} });
  const places =
    indices.tensor.element.name === "int64" || !indices.isRaw ? int64sOf(tally, indices) : smallInts(tally, indices);
  const sizes = perValue === 1 && indices.tensor.dims.length === 1 ? [elements] : dims;
  if (places.length !== indices.tensor.elements) return wrong({ kind: "too-many-places", params: {} });
  const isInside = places.every((place, index) => place >= 0n && place < BigInt(sizes[index % sizes.length] ?? 0));
  if (!isInside) wrong({ kind: "place-outside", params: {} });
}

const maxSparsePlaces = 2_000_000;

/** The numbers of an int64 tensor, or of a smaller type whose numbers are not raw. */
function int64sOf({ source, reader }: TensorTally, { data, isRaw }: ReadTensor): readonly bigint[] {
  if (!isRaw) {
    return data.flatMap((at) => (at.wireType === 0 ? [reader.int(at)] : [...reader.ints(at, maxSparsePlaces)]));
  }
  return data.flatMap((at) => {
    const bytes = Buffer.from(source.read(at.bodyStart, at.end));
    return Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readBigInt64LE(index * 8));
  });
}

function smallInts({ source }: TensorTally, { data, tensor }: ReadTensor): readonly bigint[] {
  const size = tensor.element.bits / 8;
  return data.flatMap((at) => {
    const bytes = Buffer.from(source.read(at.bodyStart, at.end));
    return Array.from({ length: bytes.length / size }, (_, index) => BigInt(bytes.readIntLE(index * size, size)));
  });
}

function addExternal(tally: TensorTally, place: { location: string; offset: number }, bytes: number): void {
  const { externalFiles } = tally;
  const known = externalFiles.get(place.location) ?? {
    location: place.location,
    tensors: 0,
    endBytes: 0,
    tensorBytes: 0,
  };
  externalFiles.set(place.location, {
    location: place.location,
    tensors: known.tensors + 1,
    endBytes: Math.max(known.endBytes, place.offset + bytes),
    tensorBytes: known.tensorBytes + bytes,
  });
  if (externalFiles.size > scanLimits.distinctNames) {
    throw new WireError({ kind: "too-many-files", params: { most: scanLimits.distinctNames } });
  }
}

function readEntry(reader: MessageReader, at: WireField): [key: string, value: string] {
  let [key, value] = ["", ""];
  reader.visit("entry", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "key") key = reader.text(inner);
    else value = reader.text(inner);
  });
  return [key, value];
}
