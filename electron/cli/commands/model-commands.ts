import path from "node:path";
import { modelTypeSchema } from "../../contract/views/model.ts";
import { failure, success } from "../../contract/problem.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";
import { confirmed, nameOption, versionOption, yesOption } from "../terminal/common-options.ts";
import type { Command } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { jsonText } from "../terminal/json-text.ts";
import { reportLines } from "../text/scan-text.ts";
import { showDeleted, showList, showOne } from "../terminal/show.ts";
import { optional, optionals, positional, text } from "../terminal/usage.ts";

const forScriptsAlone =
  "This MLflow model has no onnx flavor: it is kept for deployments with a scoring_script and an environment, and nothing in it was opened.";

export const modelCommands: readonly Command[] = [
  {
    words: "model create",
    usage: [nameOption(), text("path", "P"), ...optionals(versionOption, text("type", "custom_model"))],
    summary: "copy a model file or folder into the workspace",
    details: [
      "Left out, --type is told from what is there: an .onnx file, or an MLflow folder.",
      "An MLflow folder without the onnx flavor is kept as files for scoring scripts.",
      "--type custom_model  any files, for scoring scripts alone: they are copied and never opened",
    ],
    async run(context, values) {
      const type = modelTypeSchema.nullable().safeParse(values.text("type"));
      if (!type.success) {
        return failure(
          "usage/invalid",
          `There is no model type "${values.text("type")}".`,
          "Use custom_model, or none.",
        );
      }
      const made = await context.workspace.models.create({
        name: values.text("name") ?? "",
        path: values.text("path") ?? "",
        version: values.text("version"),
        type: type.data,
      });
      if (!made.ok) return made;
      if (made.value.type === "mlflow_model" && made.value.onnx_file === "") context.terminal.note(forScriptsAlone);
      return showOne(context, made.value);
    },
  },
  {
    words: "model list",
    usage: [],
    summary: "list models",
    async run(context) {
      const views = context.workspace.models.list();
      return showList(context, views, ["name", "version", "type", "created_at"], "There are no models yet.");
    },
  },
  {
    words: "model show",
    usage: [nameOption(), optional(versionOption)],
    summary: "show a model and what it takes and gives",
    async run(context, values) {
      const found = context.workspace.models.show(values.text("name") ?? "", values.text("version"));
      return found.ok ? showOne(context, found.value) : found;
    },
  },
  {
    words: "model scan",
    usage: [positional("PATH")],
    summary: "tell what a model file or folder holds and whether it is safe, without loading it",
    async run({ workspace, terminal }, values) {
      const source = values.positionals[0] ?? "";
      const scanned = await workspace.models.scan(path.resolve(source));
      if (!scanned.ok) return scanned;
      const { report, view, refusal } = scanned.value;
      if (terminal.isJson) terminal.document(jsonText(view));
      else terminal.result(reportLines(report));
      if (refusal === null) return success(exitCodes.done);
      terminal.note(problemSentence(refusal));
      return success(exitCodes.refused);
    },
  },
  {
    words: "model delete",
    usage: [nameOption(), optional(versionOption), yesOption],
    summary: "delete a model that nothing uses",
    async run(context, values) {
      const name = values.text("name") ?? "";
      const version = values.text("version");
      const { models } = context.workspace;
      const found = models.show(name, version);
      if (!found.ok) return found;
      const sure = confirmed(values, `the model ${name}`);
      if (!sure.ok) return sure;
      const deleted = await models.delete(name, version);
      if (!deleted.ok) return deleted;
      return showDeleted(context, { name, versions: deleted.value }, `Deleted ${deleted.value} versions of ${name}.`);
    },
  },
];
