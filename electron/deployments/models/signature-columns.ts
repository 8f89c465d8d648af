import type { ColumnType } from "../../contract/tables/column-types.ts";
import { predictionColumns } from "../../contract/nouns/prediction-columns.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { Scorer } from "../../contract/nouns/scorer.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";
import type { ModelSignature, TensorInfo } from "../../contract/signature.ts";
import type { MlModel, SignatureColumn } from "./ml-model.ts";
import { plainText } from "../../contract/plain-text.ts";

/**
 * What MLflow's signature says of the columns, in the words of a scorer.yml: one input takes them all, in order; several
 * take them by name. Empty when the signature says nothing of columns. Problem: model/unsupported when they do not fit.
 */
export function inputBySignature(
  signature: ModelSignature,
  { inputs }: MlModel,
): Result<NonNullable<ScorerFile["input"]>> {
  if (inputs === null) return success({});
  const [only, ...others] = signature.inputs;
  if (only !== undefined && others.length === 0) {
    const width = only.shape.length === 1 ? 1 : (only.shape[1] ?? null);
    if (only.shape.length > 2 || (width !== null && width !== inputs.length)) {
      const sizes = { columns: inputs.length, width };
      return failure("model/unsupported:mlflow-width", { input: plainText(only.name), ...sizes });
    }
    const names = inputs.map(({ name }) => name) as [string, ...string[]];
    return success({ kind: "tabular", columns: { [only.name]: names } });
  }
  const unnamed = signature.inputs.find(({ name }) => !inputs.some((column) => column.name === name));
  if (unnamed !== undefined) return failure("model/unsupported:mlflow-no-column", { input: plainText(unnamed.name) });
  return success({
    kind: "tabular",
    columns: Object.fromEntries(signature.inputs.map(({ name }): [string, [string]] => [name, [name]])),
  });
}

/** A scorer whose cells are held to the types of the signature, and whose outputs have its names where they match. */
export function withSignature(scorer: Scorer, { inputs, outputs }: MlModel): Result<Scorer> {
  if (scorer.kind !== "tabular") return success(scorer);
  const named = outputs === null ? scorer : withOutputNames(scorer, outputs);
  if (inputs === null) return success(named);
  const types: Record<string, ColumnType> = {};
  for (const input of named.inputs) {
    for (const name of input.columns ?? []) {
      const column = inputs.find((known) => known.name === name);
      if (column === undefined) continue;
      if (!takes(input, column)) {
        const types = { columnType: column.type, inputType: input.type };
        const names = { column: plainText(name), input: plainText(input.name) };
        return failure("model/unsupported:mlflow-type", { ...names, ...types });
      }
      types[name] = column.type;
    }
  }
  const areOptional = inputs.every(({ name, isRequired }) => types[name] === undefined || !isRequired);
  const missing = areOptional && named.missing === "error" && named.inputs.every(isFloat) ? "nan" : named.missing;
  return success({ ...named, missing, columnTypes: types });
}

function takes({ type }: TensorInfo, column: SignatureColumn): boolean {
  const isText = column.type === "string" || column.type === "datetime";
  return type === "string" || !isText;
}

function isFloat({ type }: TensorInfo): boolean {
  return type === "float16" || type === "float32" || type === "float64";
}

/** One name a column of the predictions, where the model itself has no better ones (labels of its classes). */
function withOutputNames(scorer: TabularScorer, names: readonly string[]): TabularScorer {
  const places = scorer.outputs.flatMap(({ columns }) => columns);
  const hasOwnNames = scorer.outputs.some(({ labels, topK }) => labels !== null || topK > 0);
  if (hasOwnNames || places.length !== names.length) return scorer;
  let next = 0;
  const renamed = scorer.outputs.map((output) => ({
    ...output,
    columns: output.columns.map(() => names[next++] ?? ""),
  })) as unknown as TabularScorer["outputs"];
  const result = { ...scorer, outputs: renamed };
  const all = predictionColumns(result).map(({ name }) => name);
  return new Set(all).size === all.length ? result : scorer;
}
