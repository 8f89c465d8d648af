import { maxArrayValues } from "../../contract/nouns/scorers/item-files.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { Scorer } from "../../contract/nouns/scorer.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { ScorerOutput } from "../../contract/nouns/scorers/scorer-parts.ts";
import type { ModelSignature, OutputInfo } from "../../contract/signature.ts";
import { resolveImages } from "./resolve-images.ts";
import { described, isFloat, namesOf, wantedOutputs } from "./tensor-facts.ts";

const maxColumns = 10_000;
/** An output of more values an item is an array. */
const mostColumns = 1000;

export function resolveOutputs(
  kind: string,
  signature: ModelSignature,
  file: ScorerFile,
  labels: readonly string[] | null,
): Result<Scorer["outputs"]> {
  const wanted = file.output?.outputs;
  const unknown = wanted?.find((name) => !signature.outputs.some((output) => output.name === name));
  if (unknown !== undefined) {
    return failure("scorer/invalid:unknown-output", { output: unknown, known: namesOf(signature.outputs) });
  }
  const chosen = wantedOutputs(signature, file);
  const topK = file.output?.top_k ?? 0;
  const shared = chosen.find(({ shape }) => shape.length === 0 || shape[0] !== signature.fixedBatch);
  if (shared !== undefined) {
    const isOnly = signature.outputs.length === 1;
    return failure("scorer/invalid:output-not-per-item", {
      ...{ output: described(shared), isOnly, rows: signature.fixedBatch },
    });
  }
  const images = resolveImages(kind, file, chosen, signature.outputs);
  if (!images.ok) return images;
  const widths: Width[] = [];
  for (const info of chosen) {
    const image = images.value.get(info.name);
    const pool = image === undefined && isPooled(info, file) ? file.output?.pool : undefined;
    const width = widthOf(pool === undefined ? info : perText(info), labels, topK);
    if (!width.ok) return width;
    if (pool !== undefined && width.value.width === 0) {
      return failure("scorer/invalid:output-width", { output: described(info) });
    }
    widths.push({ ...width.value, isArray: width.value.isArray || image !== undefined, pool, image });
  }
  if (file.output?.pool !== undefined && !widths.some(({ pool }) => pool !== undefined)) {
    return failure("scorer/invalid:pool", { outputs: chosen.map(described) });
  }
  if (file.output?.normalize === true && !widths.some(isVector)) return failure("scorer/invalid:normalize");
  const tables = widths.filter(({ isArray }) => !isArray);
  if (labels !== null && !tables.some(({ width }) => width > 1 && width === labels.length)) {
    const widthsOf = tables.map(({ info, width }) => ({ name: info.name, width }));
    return failure("scorer/invalid:labels-width", { labels: labels.length, outputs: widthsOf });
  }
  const softmax = file.output?.softmax ?? false;
  if (softmax && !tables.some(takesSoftmax)) return failure("scorer/invalid:softmax");
  const tooNarrow = tables.find((output) => takesTopK(output) && output.width < topK);
  if (tooNarrow !== undefined) {
    const { info, width } = tooNarrow;
    return failure("scorer/invalid:top-k-width", { topK, width, output: info.name });
  }
  if (topK > 0 && !tables.some(takesTopK)) return failure("scorer/invalid:top-k", { topK });
  const names = signature.metadata?.classNames ?? null;
  // They name columns, and no two columns have one name.
  const metadataNames = names !== null && new Set(names).size === names.length ? names : null;
  // Before the columns are named, which of a picture's millions of values would fill the memory.
  const columns = tables.reduce(
    (sum, output) => sum + (takesTopK(output) && topK > 0 ? 2 * topK : output.width),
    widths.length - tables.length,
  );
  if (columns > maxColumns) return failure("scorer/invalid:too-many-columns", { columns });
  const values = widths.reduce((sum, { isArray, width }) => (isArray ? sum + width : sum), 0);
  if (values > maxArrayValues) return failure("scorer/invalid:too-many-values", { values, most: maxArrayValues });
  const outputs = widths.map((output): ScorerOutput => {
    const { info, width, isArray, image } = output;
    const { name } = info;
    const vector = vectorParts(output, file);
    const type = isMadeHere(output, vector) && info.type === "float16" ? "float32" : info.type;
    if (isArray) {
      const array = { shape: info.shape.slice(1) };
      return {
        name,
        type,
        width: 1,
        labels: null,
        softmax: false,
        topK: 0,
        columns: [name],
        array,
        ...vector,
        ...(image && { image }),
      };
    }
    const fitting = [labels, info.labels, metadataNames].find((known) => known?.length === width && width > 1);
    const common = {
      name,
      type,
      width,
      labels: fitting ? [...fitting] : null,
      softmax: softmax && takesSoftmax(output),
      topK: takesTopK(output) ? topK : 0,
      ...vector,
    };
    return { ...common, columns: outputColumns(common) };
  });
  const [first, ...rest] = outputs;
  if (first === undefined) return failure("model/unsupported:no-output");
  return success([first, ...rest]);
}

/** An output and how many values of it belong to one item: of an array whose shape varies, 0. */
type Width = {
  readonly info: OutputInfo;
  readonly width: number;
  readonly isArray: boolean;
  readonly pool?: ScorerOutput["pool"];
  /** It is written as pictures, which makes an array of it. */
  readonly image?: ScorerOutput["image"];
};

function takesSoftmax(output: Width): boolean {
  return !output.isArray && isVector(output);
}

/** A row of floats: of an array, one whose only size is known. */
function isVector({ info, width, isArray }: Width): boolean {
  return width > 1 && isFloat(info.type) && (!isArray || info.shape.length === 2);
}

function takesTopK({ info, width }: Width): boolean {
  return width > 1 && isNumeric(info);
}

function isNumeric({ type }: OutputInfo): boolean {
  return type !== "string" && type !== "bool";
}

function outputColumns({ name, width, labels, topK }: Omit<ScorerOutput, "columns">): string[] {
  if (topK > 0) {
    return Array.from({ length: topK }, (_, index) => [
      `${name}_top${index + 1}`,
      `${name}_top${index + 1}_score`,
    ]).flat();
  }
  if (width === 1) return [name];
  return Array.from({ length: width }, (_, index) => `${name}_${labels?.[index] ?? index}`);
}

type VectorParts = Pick<ScorerOutput, "pool" | "normalize">;

function vectorParts(output: Width, { output: said }: ScorerFile): VectorParts {
  const { pool } = output;
  return {
    ...(pool === undefined ? {} : { pool }),
    ...(said?.normalize === true && isVector(output) ? { normalize: true } : {}),
  };
}

/** Whether the values are not the model's own any more: sums and shares are not made of halves. */
function isMadeHere({ isArray }: Width, { pool, normalize }: VectorParts): boolean {
  return pool !== undefined || (isArray && normalize === true);
}

/** Whether an output has a vector a token, of which one a text is made. */
function isPooled({ type, shape }: OutputInfo, file: ScorerFile): boolean {
  return file.output?.pool !== undefined && isFloat(type) && shape.length === 3;
}

function perText(info: OutputInfo): OutputInfo {
  const [batch = null, , width = null] = info.shape;
  return { ...info, shape: [batch, width] };
}

/**
 * What lies behind an output's first dimension, which is the batch. More values than that many columns are an array, and so
 * is an output whose shape only a run tells; texts are columns always, and so are values with labels, or of which the best are wanted.
 */
function widthOf(info: OutputInfo, labels: readonly string[] | null, topK: number): Result<Width> {
  const [, ...rest] = info.shape;
  const isText = info.type === "string";
  const sizes = rest.filter((size) => size !== null);
  if (sizes.length < rest.length) {
    if (isText) return failure("scorer/invalid:output-width", { output: described(info) });
    return success({ info, width: 0, isArray: true });
  }
  const width = sizes.reduce((product, size) => product * size, 1);
  const isNamed = [labels?.length, info.labels?.length].includes(width) || (topK > 0 && isNumeric(info));
  return success({ info, width, isArray: width > mostColumns && !isText && !isNamed });
}
