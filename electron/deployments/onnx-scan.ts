import { closeSync, fstatSync, openSync } from "node:fs";
import { failure, type Result, success } from "../contract/problem.ts";
import {
  fileSource,
  forEachField,
  lengthDelimited,
  readText,
  WireError,
  type WireField,
  type WireSource,
} from "./protobuf-wire.ts";

/** What our own reading of a model found, before any library has opened it. */
export type OnnxScan = {
  /** Locations of tensor data outside the file, as written, each once. */
  readonly externalFiles: readonly string[];
  /** Operators as `domain:type`, each once; the standard domain is empty. */
  readonly operators: readonly string[];
};

/** Which fields of a message hold which messages; field numbers are those of onnx.proto. */
type MessageShape = { readonly [field: number]: keyof typeof shapes };

/** Everything in a model that can hold a tensor or an operator. */
const shapes = {
  model: { 7: "graph", 8: "opsetImport", 20: "trainingInfo", 25: "function" },
  graph: { 1: "node", 5: "tensor", 15: "sparseTensor" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparseTensor", 23: "sparseTensor" },
  sparseTensor: { 1: "tensor", 2: "tensor" },
  tensor: { 13: "externalData" },
  externalData: {},
  trainingInfo: { 1: "graph", 2: "graph" },
  function: { 7: "node", 11: "attribute" },
  opsetImport: {},
} as const satisfies Record<string, Record<number, string>>;

const deepestNesting = 100;
const mostDistinctNames = 100_000;

/**
 * Reads a model as protobuf without building it in memory: only tags, lengths and the few texts that matter are read.
 * Problems: model/unreadable (not a model, cut short), model/unsupported (operators that no built-in library has).
 */
export function scanOnnxFile(file: string): Result<OnnxScan> {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    return failure("model/unreadable", `The model cannot be read: ${(error as Error).message}.`);
  }
  try {
    return scanOnnx(fileSource(descriptor, fstatSync(descriptor).size));
  } finally {
    closeSync(descriptor);
  }
}

/** As `scanOnnxFile`, of bytes wherever they are. */
export function scanOnnx(source: WireSource): Result<OnnxScan> {
  const externalFiles = new Set<string>();
  const operators = new Set<string>();
  const functionDomains = new Set<string>();
  let hasGraph = false;

  const visitMessage = (name: keyof typeof shapes, start: number, end: number, depth: number): void => {
    if (depth > deepestNesting) throw new WireError(`it is nested deeper than ${deepestNesting} levels`);
    if (externalFiles.size + operators.size > mostDistinctNames) throw new WireError("it names too many things");
    const shape: MessageShape = shapes[name];
    let key = "";
    let value = "";
    let operator = "";
    let domain = "";
    forEachField(source, start, end, (field) => {
      if (field.wireType !== lengthDelimited) return;
      const inner = shape[field.number];
      if (inner !== undefined) {
        if (name === "model" && inner === "graph") hasGraph = true;
        visitMessage(inner, field.bodyStart, field.end, depth + 1);
      } else if (name === "externalData") {
        if (field.number === 1) key = shortText(source, field);
        if (field.number === 2) value = shortText(source, field);
      } else if (name === "node") {
        if (field.number === 4) operator = shortText(source, field);
        if (field.number === 7) domain = shortText(source, field);
      } else if (name === "function" && field.number === 10) {
        functionDomains.add(shortText(source, field));
      }
    });
    if (name === "externalData" && key === "location") externalFiles.add(value);
    if (name === "node") operators.add(`${domain}:${operator}`);
  };

  try {
    visitMessage("model", 0, source.size, 0);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return failure(
      "model/unreadable",
      `The model is not a readable ONNX file: ${error.message}.`,
      "It may be damaged or cut short; export or copy it again.",
    );
  }
  if (!hasGraph) {
    return failure("model/unreadable", "The model is not an ONNX file: it holds no graph.", "Export it again.");
  }
  const foreign = [...operators].find((operator) => !isAvailable(operator, functionDomains));
  if (foreign !== undefined) {
    const [domain, type] = [foreign.slice(0, foreign.indexOf(":")), foreign.slice(foreign.indexOf(":") + 1)];
    return failure(
      "model/unsupported",
      `The model uses the operator "${type}" of "${domain}", which is not part of ONNX Runtime.`,
      "Export the model with standard operators.",
    );
  }
  return success({ externalFiles: [...externalFiles], operators: [...operators] });
}

/** Operators of ONNX and of ONNX Runtime itself, or a function that the model carries along. */
function isAvailable(operator: string, functionDomains: ReadonlySet<string>): boolean {
  // Its data is a file that only some device's compiler reads.
  if (operator === "com.microsoft:EPContext") return false;
  const domain = operator.slice(0, operator.indexOf(":"));
  return (
    /^(|ai\.onnx(\..*)?|com\.microsoft(\..*)?|com\.ms\..*|org\.pytorch\..*)$/.test(domain) ||
    functionDomains.has(domain)
  );
}

function shortText(source: WireSource, field: WireField): string {
  const longestName = 4096;
  if (field.end - field.bodyStart > longestName) throw new WireError(`a name is longer than ${longestName} bytes`);
  return readText(source, field);
}
