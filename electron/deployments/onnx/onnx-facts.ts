import type { ModelFacts } from "../../contract/nouns/model-scan.ts";
import type { CountedPart } from "../../contract/words/english/parts/wire-words.ts";
import { messageReader, type MessageReader } from "./onnx-message.ts";
import { type CarriedFunction, checkOperators, operatorKey, operatorOfKey } from "./onnx-operators.ts";
import { readDescribedValue, readType } from "./onnx-values.ts";
import { readSparseTensor, readTensor, type TensorTally, tensorTally } from "./onnx-tensor-reader.ts";
import { readText, WireError, type WireField, type WireSource } from "./protobuf-wire.ts";
import { plainText } from "../../contract/plain-text.ts";
import { isReadMetadata } from "./model-metadata.ts";
import { findingList } from "./scan-findings.ts";
import { scanLimits } from "./scan-limits.ts";

type DescribedValue = ModelFacts["inputs"][number];

/** What is collected while a model is read. Operators are counted apart for each function and for all else. */
type Reading = {
  readonly reader: MessageReader;
  readonly source: WireSource;
  readonly tally: TensorTally;
  readonly metadata: Map<string, string>;
  readonly places: Map<string, string>;
  readonly functions: CarriedFunction[];
  readonly opsets: { domain: string; version: number }[];
  readonly inputs: DescribedValue[];
  readonly outputs: DescribedValue[];
  irVersion: bigint | null;
  producer: string;
  producerVersion: string;
  hasGraph: boolean;
};

type Calls = Map<string, number>;

/** Everything that a model says and all that is wrong with it; `sha256` is the caller's to fill in. */
export function onnxFacts(source: WireSource): ModelFacts {
  const findings = findingList();
  const reader = messageReader(source);
  const reading: Reading = {
    reader,
    source,
    tally: tensorTally(reader, source, findings),
    metadata: new Map(),
    places: new Map(),
    functions: [],
    opsets: [],
    inputs: [],
    outputs: [],
    irVersion: null,
    producer: "",
    producerVersion: "",
    hasGraph: false,
  };
  const calls: Calls = new Map();
  try {
    visitModel(reading, source.size, calls);
    if (!reading.hasGraph) findings.add("malformed:no-graph", {}, "");
    checkOpsets(reading);
    checkOperators(calls, reading.functions, reading.places, findings);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    findings.add("malformed:file", { fault: error.fault }, "");
  }
  const { tally } = reading;
  return {
    sizeBytes: source.size,
    sha256: "",
    irVersion: reading.irVersion === null ? null : Number(reading.irVersion),
    producer: reading.producer,
    producerVersion: reading.producerVersion,
    opsets: reading.opsets,
    operators: countOperators([calls, ...reading.functions.map((each) => each.calls)]),
    functions: reading.functions.length,
    tensors: tally.tensors,
    parameters: tally.parameters,
    tensorBytes: tally.bytes,
    unbackedBytes: tally.unbackedBytes,
    inputs: reading.inputs,
    outputs: reading.outputs,
    metadata: Object.fromEntries(reading.metadata),
    externalFiles: [...tally.externalFiles.values()],
    findings: [...findings.all],
  };
}

function visitModel(reading: Reading, size: number, calls: Calls): void {
  const { reader, tally } = reading;
  let functions = 0;
  let trainings = 0;
  reader.visit("model", 0, size, (field, at) => {
    if (field.name === "irVersion") reading.irVersion = reader.int(at);
    else if (field.name === "producer") reading.producer = reader.text(at);
    else if (field.name === "producerVersion") reading.producerVersion = reader.text(at);
    else if (field.name === "opset") reading.opsets.push(readOpset(reader, at));
    else if (field.name === "metadata") visitMetadata(reading, at);
    else if (field.name === "function") visitFunction(reading, at, `function ${(functions += 1)}`);
    else if (field.name === "graph") {
      reading.hasGraph = true;
      visitGraph(reading, at, "graph", calls, true);
    } else if (field.name === "training") {
      trainings += 1;
      reader.visit("training", at.bodyStart, at.end, (part, inner) => {
        if (part.kind === "graph") visitGraph(reading, inner, `training ${trainings} / ${part.name}`, calls, false);
        else walk(reader, inner, "entry");
      });
    }
    limit(reading.opsets.length, "opsets");
    limit(reading.functions.length, "functions");
  });
  tally.finish();
}

function visitGraph(reading: Reading, at: WireField, where: string, calls: Calls, isMain: boolean): void {
  const { reader, tally } = reading;
  const seen = { node: 0, tensor: 0, sparse: 0 };
  reader.visit("graph", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "node") visitNode(reading, inner, `${where} / node ${(seen.node += 1)}`, calls);
    else if (field.name === "initializer") {
      readTensor(tally, inner, `${where} / initializer ${(seen.tensor += 1)}`, null);
    } else if (field.name === "sparseInitializer") {
      readSparseTensor(tally, inner, `${where} / sparse initializer ${(seen.sparse += 1)}`);
    } else if (field.kind === "valueInfo") {
      const value = readDescribedValue(reader, inner);
      if (isMain && field.name === "input") reading.inputs.push(value);
      if (isMain && field.name === "output") reading.outputs.push(value);
      limit(Math.max(reading.inputs.length, reading.outputs.length), "values");
    } else if (field.kind === "entry" || field.kind === "annotation") walk(reader, inner, field.kind);
  });
}

function visitFunction(reading: Reading, at: WireField, where: string): void {
  const { reader } = reading;
  const calls: Calls = new Map();
  const of = { domain: "", name: "", overload: "" };
  let nodes = 0;
  let attributes = 0;
  reader.visit("function", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "name" || field.name === "domain" || field.name === "overload") {
      of[field.name] = reader.text(inner);
    } else if (field.name === "node") visitNode(reading, inner, `${where} / node ${(nodes += 1)}`, calls);
    else if (field.name === "attribute") {
      visitAttribute(reading, inner, `${where} / attribute ${(attributes += 1)}`, calls, null);
    } else if (field.kind === "opset") readOpset(reader, inner);
    else if (field.kind === "valueInfo") readDescribedValue(reader, inner);
    else if (field.kind === "entry") walk(reader, inner, "entry");
  });
  reading.functions.push({ of, calls });
}

function visitNode(reading: Reading, at: WireField, where: string, calls: Calls): void {
  const { reader, tally } = reading;
  const of = { domain: "", name: "", overload: "" };
  const inputs: string[] = [];
  let output = "";
  let attributes = 0;
  // A constant's name is that of its node's output, which may be written after the constant.
  reader.visit("node", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "operator") of.name = reader.text(inner);
    else if (field.name === "domain" || field.name === "overload") of[field.name] = reader.text(inner);
    else if (field.name === "output" && output === "") output = reader.text(inner);
    else if (field.name === "input" && inputs.length < 2) inputs.push(reader.text(inner));
  });
  reader.visit("node", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "attribute") {
      const constant = of.name === "Constant" ? output : null;
      visitAttribute(reading, inner, `${where} / attribute ${(attributes += 1)}`, calls, constant);
    } else if (field.kind === "entry") walk(reader, inner, "entry");
  });
  const key = operatorKey(of);
  calls.set(key, (calls.get(key) ?? 0) + 1);
  if (!reading.places.has(key)) reading.places.set(key, where);
  limit(reading.places.size, "operators");
  tally.noteGenerator(of.domain, of.name, inputs, where);
}

/** `constant`: the name under which the node gives this attribute's numbers to others, else null. */
function visitAttribute(reading: Reading, at: WireField, where: string, calls: Calls, constant: string | null): void {
  const { reader, tally } = reading;
  let parts = 0;
  const ints: bigint[] = [];
  reader.visit("attribute", at.bodyStart, at.end, (field, inner) => {
    if (field.kind === "tensor") readTensor(tally, inner, `${where} / tensor ${(parts += 1)}`, constant);
    else if (field.kind === "sparseTensor") {
      readSparseTensor(tally, inner, `${where} / sparse tensor ${(parts += 1)}`);
    } else if (field.kind === "graph") visitGraph(reading, inner, `${where} / graph ${(parts += 1)}`, calls, false);
    else if (field.kind === "type") readType(reader, inner);
    else if (field.name === "ints" && constant !== null && inner.end - inner.bodyStart <= scanLimits.dimensions) {
      ints.push(...(inner.wireType === 0 ? [reader.int(inner)] : reader.ints(inner, scanLimits.dimensions)));
    } else if (field.name === "valueKind") {
      const kind = reader.int(inner);
      if (kind < 0n || kind > 14n) throw new WireError({ kind: "attribute-kind", params: { kind: String(kind) } });
    }
  });
  if (constant !== null && ints.length > 0) tally.noteNumbers(constant, ints);
}

/** Messages in which nothing is looked for are read strictly all the same. */
function walk(reader: MessageReader, at: WireField, message: "entry" | "annotation"): void {
  reader.visit(message, at.bodyStart, at.end, (field, inner) => {
    if (field.kind === "entry") walk(reader, inner, "entry");
  });
}

function readOpset(reader: MessageReader, at: WireField): { domain: string; version: number } {
  let domain = "";
  let version = 0n;
  reader.visit("opset", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "domain") domain = reader.text(inner);
    else version = reader.int(inner);
  });
  if (version < 0n || version > 2n ** 31n) {
    throw new WireError({ kind: "opset-version", params: { version: String(version) } });
  }
  return { domain, version: Number(version) };
}

function checkOpsets({ opsets, irVersion, tally }: Reading): void {
  if (irVersion !== null && (irVersion < 0n || irVersion > 2n ** 31n)) {
    throw new WireError({ kind: "format-version", params: { version: String(irVersion) } });
  }
  const versions = new Map<string, number>();
  for (const { domain, version } of opsets) {
    const name = domain === "ai.onnx" ? "" : domain;
    if ((versions.get(name) ?? version) !== version) {
      tally.findings.add("malformed:two-opsets", { domain: plainText(name) }, "opsets");
    }
    versions.set(name, version);
  }
}

/**
 * ONNX Runtime can be told to take its settings from the model; a model that brings some wants to be run so. What the model
 * says of its pictures and classes is kept, the first entry of a key.
 */
function visitMetadata({ reader, source, tally, metadata }: Reading, at: WireField): void {
  let key = "";
  let value: WireField | null = null;
  reader.visit("entry", at.bodyStart, at.end, (field, inner) => {
    if (field.name === "value") value = inner;
    if (field.name === "key" && inner.end - inner.bodyStart <= scanLimits.nameBytes) key = reader.text(inner);
  });
  if (/^(ort_config$|session\.|ep\.)/.test(key)) tally.findings.add("settings", { key: plainText(key) }, "metadata");
  if (value === null || !isReadMetadata(key) || metadata.has(key)) return;
  const { bodyStart, end }: WireField = value;
  if (end - bodyStart <= scanLimits.metadataBytes) metadata.set(key, readText(source, value));
}

function countOperators(counts: readonly ReadonlyMap<string, number>[]): ModelFacts["operators"] {
  const total = new Map<string, number>();
  for (const calls of counts) {
    for (const [key, count] of calls) {
      const { domain, name } = operatorOfKey(key);
      const own = JSON.stringify([domain, name]);
      total.set(own, (total.get(own) ?? 0) + count);
    }
  }
  return [...total]
    .map(([key, count]) => {
      const [domain = "", name = ""] = JSON.parse(key) as readonly string[];
      return { domain, name, count };
    })
    .sort((a, b) => compare(a.domain, b.domain) || compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function limit(count: number, what: CountedPart): void {
  if (count <= scanLimits.distinctNames) return;
  throw new WireError({ kind: "too-many", params: { most: scanLimits.distinctNames, what } });
}
