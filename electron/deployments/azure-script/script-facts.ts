import { besideData, isUnpacked, knownEndings } from "../../contract/nouns/scorers/known-names.ts";
import { predictionColumns } from "../../contract/nouns/prediction-columns.ts";
import { encodingOf, itemSource, itemUnit, plannedBatch, readableEndings } from "../../contract/nouns/scorer.ts";
import type { DeploymentRecord } from "../../registry/deployments.repository.ts";
import type { ModelRecord } from "../../registry/models.repository.ts";
import { pythonCodec } from "./python-encodings.ts";
import type { ScriptableScorer } from "./scriptable.ts";

/** What scorer.json says to the script: all that differs between two deployments. */
export type ScriptFacts = {
  readonly version: 1;
  /** Where the .onnx file is in the registered model: the name of the folder that was registered, null for a file, and the path in it. */
  readonly model: { readonly folder: string | null; readonly file: string };
  /** What is written of an item behind its file and row. */
  readonly columns: readonly string[];
  /** Rows a run. */
  readonly batch: number;
  /** Processes that share a computer. */
  readonly workers: number;
  /** Python's name of the encoding that scorer.yml says; null: as each file shows. */
  readonly encoding: string | null;
  readonly formulas: "escape" | "keep";
  /** By which names files are taken and left out; `unpacks`: compressed ones too. */
  readonly endings: {
    readonly read: readonly string[];
    readonly others: readonly string[];
    readonly besideData: readonly string[];
    readonly unpacks: boolean;
  };
  /** As it is stored. */
  readonly scorer: ScriptableScorer;
};

export function scriptFacts(scorer: ScriptableScorer, deployment: DeploymentRecord, model: ModelRecord): ScriptFacts {
  const source = itemSource(scorer);
  const encoding = encodingOf(scorer);
  const read = readableEndings[source] ?? [];
  return {
    version: 1,
    model: { folder: model.folder.split("/")[2] ?? null, file: model.onnxFile },
    columns: scriptColumns(scorer).names,
    batch: plannedBatch(scorer),
    workers: deployment.settings.max_concurrency_per_instance ?? 1,
    encoding: encoding === null ? null : pythonCodec(encoding),
    formulas: deployment.properties["batchdeck.csv_formulas"],
    endings: {
      read,
      others: [...knownEndings].filter((ending) => !read.includes(ending)),
      besideData,
      unpacks: isUnpacked(source),
    },
    scorer,
  };
}

/**
 * The columns of a script's rows behind file and row; `hasKeys`: those two begin a row of our own file as well (a file alone
 * where items are files).
 */
export function scriptColumns(scorer: ScriptableScorer) {
  const names = predictionColumns(scorer)
    .filter(({ source }) => source === "keep" || source === "output")
    .map(({ name }) => name);
  return { names, hasKeys: scorer.keep.length === 0, unit: itemUnit(scorer) };
}
