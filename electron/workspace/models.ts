import type { ModelType, ModelView } from "../contract/views/model.ts";
import type { ModelReport } from "../contract/nouns/model-scan.ts";
import { type Problem, type Result, success } from "../contract/problem.ts";
import { reportView, scanModel } from "../deployments/models/model-scan.ts";
import { createModel, deleteModel, modelView, showModel } from "../deployments/models/models.ts";
import { findingProblem } from "../deployments/onnx/scan-findings.ts";
import { type ModelFile, readModelFile } from "../deployments/yaml/asset-files.ts";
import type { FileEdits } from "../deployments/yaml/file-edits.ts";
import type { WorkspaceContext } from "./context.ts";

export type ModelRequest = {
  readonly name: string;
  readonly path: string;
  /** Null: the next number. */
  readonly version: string | null;
  /** Null: told from what is there. */
  readonly type: ModelType | null;
  /** Files without an .onnx file among them are taken for plain ones. */
  readonly orPlainFiles?: boolean;
};

export type Models = {
  /** By name, newest version first. */
  readonly list: () => readonly ModelView[];
  /** `version` null: the latest. Problem: model/not-found. */
  readonly show: (name: string, version: string | null) => Result<ModelView>;
  /** Azure ML's file of a model, with what goes before it. Problem: usage/invalid. */
  readonly readFile: (file: string, edits: FileEdits) => Promise<Result<ModelFile>>;
  /** Copies a model into the workspace. Problems: model/…. */
  readonly create: (request: ModelRequest) => Promise<Result<ModelView>>;
  /**
   * Looks at a model where it is, without loading it: what it holds, the same as `--json` prints it, and why it would be
   * refused (null: it is safe). Problems: model/….
   */
  readonly scan: (path: string) => Promise<
    Result<{
      readonly report: ModelReport;
      readonly view: Readonly<Record<string, unknown>>;
      readonly refusal: Problem | null;
    }>
  >;
  /** A version, or every one (`version` null); gives how many. Problems: model/not-found, model/in-use. */
  readonly delete: (name: string, version: string | null) => Promise<Result<number>>;
};

export function createModels(context: WorkspaceContext): Models {
  const { registry, processHost, changed } = context;
  return {
    list: () => registry.models.list().map(modelView),
    show(name, version) {
      const found = showModel(registry, name, version);
      return found.ok ? success(modelView(found.value)) : found;
    },
    readFile: readModelFile,
    async create({ orPlainFiles = false, ...request }) {
      const first = await createModel(context, request);
      const isWithoutOnnx = !first.ok && first.problem.kind === "model/invalid:no-onnx-file";
      const made =
        orPlainFiles && isWithoutOnnx ? await createModel(context, { ...request, type: "custom_model" }) : first;
      if (!made.ok) return made;
      changed();
      return success(modelView(made.value));
    },
    async scan(path) {
      const scanned = await scanModel(processHost, path);
      if (!scanned.ok) return scanned;
      const report = scanned.value;
      const [finding] = report.findings;
      return success({
        report,
        view: reportView(report),
        refusal: finding === undefined ? null : findingProblem(finding),
      });
    },
    async delete(name, version) {
      const deleted = await deleteModel(context, name, version);
      if (deleted.ok) changed();
      return deleted;
    },
  };
}
