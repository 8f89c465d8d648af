import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import { deploymentSettingsSchema } from "../../../electron/contract/nouns/deployment.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";

/** A scorer of four columns into one number, as small as one can be. */
export const smallScorer: TabularScorer = {
  kind: "tabular",
  inputs: [{ name: "features", type: "float32", shape: [null, 4], columns: ["f0", "f1", "f2", "f3"] }],
  missing: "error",
  outputs: [{ name: "score", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["score"] }],
  keep: [],
  batch: "auto",
  fixedBatch: null,
};

/** A frozen job for tests that store jobs and run none; its output folder is its own. */
export function jobSpec(name: string, changes: Partial<JobSpec> = {}): JobSpec {
  return {
    version: 1,
    name,
    endpointName: "flowers",
    deploymentName: "blue",
    input: { path: "/data/in", kind: "folder", recursive: true, files: null, watch: null, source: null },
    base: null,
    model: { name: "iris", version: "1", hash: "00", file: "/data/models/iris/1/model.onnx", folder: "" },
    scorer: smallScorer,
    dialect: null,
    dialectScope: "file",
    settings: deploymentSettingsSchema.parse({}),
    compute: "local",
    workers: 1,
    errorThreshold: { percent: null, unit: "row" },
    device: "cpu",
    pricePerHour: null,
    batch: 16,
    batchChosenBy: "default",
    sliceBytes: 8 * 1024 * 1024,
    output: { folder: `/data/outputs/${name}`, fileName: "predictions.csv", format: "csv", csvFormulas: "escape" },
    overrides: {},
    deployment: { name: "blue" },
    ...changes,
  };
}
