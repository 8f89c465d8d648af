import path from "node:path";
import { failure, success } from "../../contract/problem.ts";
import { reportView, scanModel } from "../../deployments/models/model-scan.ts";
import { createModel, deleteModel, modelView, showModel } from "../../deployments/models/models.ts";
import { findingProblem } from "../../deployments/onnx/scan-findings.ts";
import { modelTypeSchema } from "../../registry/models.repository.ts";
import type { Command } from "../terminal/command.ts";
import { nameOption } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { reportText } from "../text/scan-text.ts";
import { showDeleted, showList, showOne } from "../terminal/show.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";

const versionOption = { version: { type: "string", short: "v" } } as const;

export const modelCommands: readonly Command[] = [
  {
    words: "model create",
    usage: "-n NAME --path P [--version V] [--type custom_model]",
    summary: "copy a model file or folder into the workspace",
    details: [
      "Left out, --type is told from what is there: an .onnx file, or an MLflow folder with the onnx flavor.",
      "--type custom_model  any files, for scoring scripts alone: they are copied and never opened",
    ],
    options: { ...nameOption, ...versionOption, path: { type: "string" }, type: { type: "string" } },
    required: ["name", "path"],
    positionals: 0,
    async run(context, values) {
      const type = modelTypeSchema.nullable().safeParse(values.text("type"));
      if (!type.success) {
        return failure(
          "usage/invalid",
          `There is no model type "${values.text("type")}".`,
          "Use custom_model, or none.",
        );
      }
      const made = await createModel(context.workspace.deploymentTools, {
        name: values.text("name") ?? "",
        path: values.text("path") ?? "",
        version: values.text("version"),
        type: type.data,
      });
      return made.ok ? showOne(context, modelView(made.value)) : made;
    },
  },
  {
    words: "model list",
    usage: "",
    summary: "list models",
    options: {},
    required: [],
    positionals: 0,
    async run(context) {
      const views = context.workspace.registry.models.list().map(modelView);
      return showList(context, views, ["name", "version", "type", "created_at"], "There are no models yet.");
    },
  },
  {
    words: "model show",
    usage: "-n NAME [--version V]",
    summary: "show a model and what it takes and gives",
    options: { ...nameOption, ...versionOption },
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const found = showModel(context.workspace.registry, values.text("name") ?? "", values.text("version"));
      return found.ok ? showOne(context, modelView(found.value)) : found;
    },
  },
  {
    words: "model scan",
    usage: "PATH",
    summary: "tell what a model file or folder holds and whether it is safe, without loading it",
    options: {},
    required: [],
    positionals: 1,
    async run({ workspace, terminal }, values) {
      const source = values.positionals[0] ?? "";
      const scanned = await scanModel(workspace.deploymentTools.processHost, path.resolve(source));
      if (!scanned.ok) return scanned;
      const report = scanned.value;
      terminal.result(terminal.isJson ? JSON.stringify(reportView(report), null, 2) : reportText(report));
      const [finding] = report.findings;
      if (finding === undefined) return success(exitCodes.done);
      terminal.note(problemSentence(findingProblem(finding)));
      return success(exitCodes.refused);
    },
  },
  {
    words: "model delete",
    usage: "-n NAME [--version V] --yes",
    summary: "delete a model that nothing uses",
    options: { ...nameOption, ...versionOption, yes: { type: "boolean", short: "y" } },
    required: ["name"],
    positionals: 0,
    async run(context, values) {
      const name = values.text("name") ?? "";
      if (!values.flag("yes"))
        return failure("usage/invalid", `This deletes the model ${name}.`, "Repeat the command with --yes.");
      const deleted = await deleteModel(context.workspace.deploymentTools, name, values.text("version"));
      if (!deleted.ok) return deleted;
      return showDeleted(context, { name, versions: deleted.value }, `Deleted ${deleted.value} versions of ${name}.`);
    },
  },
];
