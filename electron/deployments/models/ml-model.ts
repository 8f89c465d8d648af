import path from "node:path";
import * as z from "zod";
import { type ColumnType, columnTypeSchema } from "../../contract/tables/column-types.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { externalFileName } from "./model-files.ts";
import { readYamlFile, schemaProblem } from "../yaml/read-yaml.ts";
import { plainText } from "../../contract/plain-text.ts";

/** What we need of an MLflow folder's `MLmodel` file. */
export type MlModel = {
  /** Of the onnx flavor: the model's file, relative to the folder, with `/`. */
  readonly onnxFile: string;
  /** The columns of a table that the model wants, in order; null: its signature says nothing of columns. */
  readonly inputs: readonly SignatureColumn[] | null;
  /** Names of its outputs, in order; null: it does not name them all. */
  readonly outputs: readonly string[] | null;
};

export type SignatureColumn = { readonly name: string; readonly type: ColumnType; readonly isRequired: boolean };

export const mlModelFileName = "MLmodel";

const flavorSchema = z.record(z.string(), z.unknown());
/** Keys of other flavors and other versions of MLflow may be anything: they are not ours to read. */
const fileSchema = z.object({
  flavors: z.record(z.string(), flavorSchema),
  signature: z.object({ inputs: z.string().nullish(), outputs: z.string().nullish() }).nullish(),
});
const onnxFlavorSchema = z.object({ data: z.string().min(1).default("model.onnx") });
const columnSchema = z.object({
  type: z.string(),
  name: z.union([z.string(), z.number()]).transform(String).nullish(),
  required: z.boolean().nullish(),
  optional: z.boolean().nullish(),
});

/**
 * Reads an MLflow folder's `MLmodel`. Nothing that it names is opened. Problems: model/unreadable (no such file, or not
 * as MLflow writes it), model/unsupported (no onnx flavor, columns of a type that no model here takes), model/outside-files
 * (a flavor that points out of the folder). `place`: where the file was found to lie; null: the folder is the workspace's own.
 */
export async function readMlModel(folder: string, place: string | null = null): Promise<Result<MlModel>> {
  const yaml = await readYamlFile(path.join(folder, mlModelFileName), "model/unreadable", place);
  if (!yaml.ok) return yaml;
  const parsed = fileSchema.safeParse(yaml.value.value);
  if (!parsed.success) return schemaProblem(yaml.value, parsed.error, "model/unreadable");
  const { flavors, signature } = parsed.data;
  const onnx = Object.hasOwn(flavors, "onnx") ? flavors["onnx"] : undefined;
  if (onnx === undefined) return noOnnxFlavor(folder, Object.keys(flavors));
  const flavor = onnxFlavorSchema.safeParse(onnx);
  if (!flavor.success) {
    return failure("model/unreadable:mlflow-data");
  }
  const onnxFile = externalFileName(mlModelFileName, flavor.data.data);
  if (!onnxFile.ok) {
    return failure("model/outside-files:mlflow", { location: plainText(flavor.data.data) });
  }
  const inputs = inputColumns(signature?.inputs ?? null);
  if (!inputs.ok) return inputs;
  const outputs = outputNames(signature?.outputs ?? null);
  return outputs.ok ? success({ onnxFile: onnxFile.value, inputs: inputs.value, outputs: outputs.value }) : outputs;
}

/** Flavors other than onnx are programs of Python, mostly pickles, which run whatever they hold when they are opened. */
function noOnnxFlavor(folder: string, flavors: readonly string[]): Result<never> {
  const names = flavors.slice(0, 10).map(plainText);
  return failure("model/unsupported:mlflow-flavors", { model: path.basename(folder), flavors: names });
}

/** Null when there is no signature, or one of tensors, or one without names: then the model itself says what it takes. */
function inputColumns(text: string | null): Result<MlModel["inputs"]> {
  const columns = columnsOf(text, "inputs");
  if (!columns.ok) return columns;
  const found: SignatureColumn[] = [];
  for (const { name, type, required, optional } of columns.value) {
    if (type === "tensor" || name === null || name === undefined) return success(null);
    const known = columnTypeSchema.safeParse(type);
    if (!known.success) {
      return failure("model/unsupported:mlflow-column-type", { column: plainText(name), type: plainText(type) });
    }
    found.push({ name, type: known.data, isRequired: required !== false && optional !== true });
  }
  const twice = found.find(({ name }, index) => found.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) return failure("model/unreadable:mlflow-column-twice", { column: plainText(twice.name) });
  return success(found.length === 0 ? null : found);
}

function outputNames(text: string | null): Result<MlModel["outputs"]> {
  const columns = columnsOf(text, "outputs");
  if (!columns.ok) return columns;
  const names = columns.value.map(({ name }) => name ?? "");
  const areNamed = names.length > 0 && names.every((name) => name !== "") && new Set(names).size === names.length;
  return success(areNamed ? names : null);
}

/** MLflow writes each half of the signature as JSON text. */
function columnsOf(text: string | null, half: "inputs" | "outputs"): Result<readonly z.infer<typeof columnSchema>[]> {
  if (text === null) return success([]);
  try {
    const parsed = z.array(columnSchema).max(10_000).safeParse(JSON.parse(text));
    if (parsed.success) return success(parsed.data);
  } catch {
    // Said below.
  }
  return failure("model/unreadable:mlflow-columns", { half });
}
