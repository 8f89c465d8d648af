import score from "./python/score.py";
import packageStart from "./python/batchdeck_scorer/__init__.py";
import boxes from "./python/batchdeck_scorer/boxes.py";
import cells from "./python/batchdeck_scorer/cells.py";
import columns from "./python/batchdeck_scorer/columns.py";
import files from "./python/batchdeck_scorer/files.py";
import images from "./python/batchdeck_scorer/images.py";
import job from "./python/batchdeck_scorer/job.py";
import jsonLines from "./python/batchdeck_scorer/json_lines.py";
import listCells from "./python/batchdeck_scorer/list_cells.py";
import model from "./python/batchdeck_scorer/model.py";
import numbers from "./python/batchdeck_scorer/numbers.py";
import outcomes from "./python/batchdeck_scorer/outcomes.py";
import outputs from "./python/batchdeck_scorer/outputs.py";
import parquet from "./python/batchdeck_scorer/parquet.py";
import records from "./python/batchdeck_scorer/records.py";
import resize from "./python/batchdeck_scorer/resize.py";
import rows from "./python/batchdeck_scorer/rows.py";
import tables from "./python/batchdeck_scorer/tables.py";
import texts from "./python/batchdeck_scorer/texts.py";
import tokens from "./python/batchdeck_scorer/tokens.py";
import type { Scorer } from "../../contract/nouns/scorer.ts";
import type { ScriptableKind } from "./scriptable.ts";

export const scoringScriptName = "score.py";
export const factsName = "scorer.json";

const common = { __init__: packageStart, files, job, model, numbers, outcomes, outputs };
const ofTables = { cells, columns, json_lines: jsonLines, list_cells: listCells, parquet, records, rows, tables };

/** The modules that a kind of scorer uses, by name. */
const modules: Readonly<Record<ScriptableKind, Readonly<Record<string, string>>>> = {
  tabular: { ...common, ...ofTables },
  text: { ...common, ...ofTables, texts, tokens },
  image: { ...common, boxes, images, resize },
};

/** The code of a scoring script, by path: the same for every scorer of that kind. `facts` is the text of its data. */
export function scriptFiles(kind: Extract<Scorer["kind"], ScriptableKind>, facts: string): ReadonlyMap<string, string> {
  const inPackage = Object.entries(modules[kind]).map(([name, source]): [string, string] => [
    `batchdeck_scorer/${name}.py`,
    source,
  ]);
  return new Map([[scoringScriptName, score], [factsName, facts], ...inPackage]);
}
