import {
  bufferSource,
  encodeDelimited,
  encodeNumber,
  encodeText,
  forEachField,
  lengthDelimited,
  readInt64s,
  readText,
  type WireField,
  type WireSource,
} from "./protobuf-wire.ts";

/** A model without ZipMap, and what the ZipMaps knew: output name → class labels. */
export type DetachedModel = {
  /** Null: there was nothing to detach. */
  readonly bytes: Uint8Array | null;
  readonly labels: ReadonlyMap<string, readonly string[]>;
};

type ZipMap = { readonly input: string; readonly output: string; readonly labels: readonly string[] };

const graphField = 7;
const opsetField = 8;
const nodeField = 1;
const outputField = 12;
const float32 = 1;
const standardOpset = 13;

/**
 * scikit-learn's converters end classifiers in ZipMap, which turns a matrix of probabilities into a list of maps: a
 * value that ONNX Runtime's Node binding cannot return. Each ZipMap that makes an output of the model becomes an
 * Identity, so that the output of that name is the matrix, and its labels are handed back. Everything else is copied
 * byte by byte.
 */
export function detachZipMaps(model: Uint8Array): DetachedModel {
  const source = bufferSource(model);
  const zipMaps = findZipMaps(source);
  const labels = new Map([...zipMaps.values()].map((zipMap) => [zipMap.output, zipMap.labels]));
  if (zipMaps.size === 0) return { bytes: null, labels };

  let hasStandardOpset = false;
  const bytes = rewriteFields(source, 0, source.size, (field) => {
    if (field.number === opsetField) hasStandardOpset ||= isStandardOpset(source, field);
    return field.number === graphField ? [encodeDelimited(graphField, rewriteGraph(source, field, zipMaps))] : null;
  });
  // A classifier alone needs only ai.onnx.ml; Identity is an operator of the standard set.
  const addedOpset = hasStandardOpset
    ? []
    : [encodeDelimited(opsetField, encodeText(1, ""), encodeNumber(2, standardOpset))];
  return { bytes: Buffer.concat([bytes, ...addedOpset]), labels };
}

/** ZipMap nodes of the main graph whose output is an output of the model, by where they start in the file. */
function findZipMaps(source: WireSource): ReadonlyMap<number, ZipMap> {
  const found = new Map<number, ZipMap>();
  const outputs = new Set<string>();
  forEachField(source, 0, source.size, (graph) => {
    if (graph.number !== graphField || graph.wireType !== lengthDelimited) return;
    forEachField(source, graph.bodyStart, graph.end, (field) => {
      if (field.wireType !== lengthDelimited) return;
      if (field.number === outputField) outputs.add(firstText(source, field, 1));
      if (field.number === nodeField && isZipMap(source, field)) found.set(field.start, readZipMap(source, field));
    });
  });
  return new Map([...found].filter(([, zipMap]) => outputs.has(zipMap.output)));
}

function isZipMap(source: WireSource, node: WireField): boolean {
  return firstText(source, node, 4) === "ZipMap" && firstText(source, node, 7) === "ai.onnx.ml";
}

function readZipMap(source: WireSource, node: WireField): ZipMap {
  const labels: string[] = [];
  forEachField(source, node.bodyStart, node.end, (attribute) => {
    if (attribute.number !== 5 || attribute.wireType !== lengthDelimited) return;
    const name = firstText(source, attribute, 1);
    forEachField(source, attribute.bodyStart, attribute.end, (field) => {
      if (name === "classlabels_strings" && field.number === 9) labels.push(readText(source, field));
      if (name === "classlabels_int64s" && field.number === 8) {
        labels.push(...readInt64s(source, field.bodyStart, field.end).map(String));
      }
    });
  });
  return { input: firstText(source, node, 1), output: firstText(source, node, 2), labels };
}

function rewriteGraph(source: WireSource, graph: WireField, zipMaps: ReadonlyMap<number, ZipMap>): Uint8Array {
  const byOutput = new Map([...zipMaps.values()].map((zipMap) => [zipMap.output, zipMap]));
  return rewriteFields(source, graph.bodyStart, graph.end, (field) => {
    const zipMap = zipMaps.get(field.start);
    if (field.number === nodeField && zipMap !== undefined) {
      const name = encodeText(3, firstText(source, field, 3));
      const ends = [encodeText(1, zipMap.input), encodeText(2, zipMap.output)];
      return [encodeDelimited(nodeField, ...ends, name, encodeText(4, "Identity"))];
    }
    if (field.number !== outputField) return null;
    const output = byOutput.get(firstText(source, field, 1));
    return output === undefined ? null : [encodeDelimited(outputField, ...matrixInfo(output))];
  });
}

/** ValueInfoProto of tensor(float)[?, classes]. */
function matrixInfo({ output, labels }: ZipMap): readonly Uint8Array[] {
  const rows = encodeDelimited(1);
  const classes = labels.length === 0 ? encodeDelimited(1) : encodeDelimited(1, encodeNumber(1, labels.length));
  const tensorType = encodeDelimited(1, encodeNumber(1, float32), encodeDelimited(2, rows, classes));
  return [encodeText(1, output), encodeDelimited(2, tensorType)];
}

/** Copies a message, with the fields for which `replace` gives something else replaced by that. */
function rewriteFields(
  source: WireSource,
  start: number,
  end: number,
  replace: (field: WireField) => readonly Uint8Array[] | null,
): Uint8Array {
  const pieces: Uint8Array[] = [];
  forEachField(source, start, end, (field) => {
    const replaced = field.wireType === lengthDelimited ? replace(field) : null;
    pieces.push(...(replaced ?? [source.read(field.start, field.end)]));
  });
  return Buffer.concat(pieces);
}

function isStandardOpset(source: WireSource, opset: WireField): boolean {
  return ["", "ai.onnx"].includes(firstText(source, opset, 1));
}

/** The text in a message's field, empty when it has none. */
function firstText(source: WireSource, message: WireField, number: number): string {
  let text: string | null = null;
  forEachField(source, message.bodyStart, message.end, (field) => {
    if (field.number === number && field.wireType === lengthDelimited) text ??= readText(source, field);
  });
  return text ?? "";
}
