import path from "node:path";
import { modelTypeSchema } from "../../contract/views/model.ts";
import { failure, success } from "../../contract/problem.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";
import {
  checkLabel,
  confirmed,
  labelOption,
  maxResultsOption,
  nameOption,
  registryOption,
  versionOption,
  yesOption,
} from "../terminal/common-options.ts";
import type { WorkspaceCommand } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { reportLines } from "../text/scan-text.ts";
import { firstOf, showDeleted, showList, showOne } from "../terminal/show.ts";
import { optional, optionals, positional, text } from "../terminal/usage.ts";

const forScriptsAlone =
  "This MLflow model has no onnx flavor: it is kept for deployments with a scoring_script and an environment, and nothing in it was opened.";

const modelColumns = ["name", "version", "type", "created_at"];

export const modelCommands: readonly WorkspaceCommand[] = [
  {
    words: "model create",
    usage: [
      nameOption(),
      text("path", "P", "a file or a folder", { alias: "p" }),
      ...optionals(
        versionOption,
        text("type", "custom_model", "any files, for scoring scripts alone: they are copied and never opened", {
          alias: "t",
        }),
      ),
    ],
    summary: "copy a model file or folder into the workspace",
    details: [
      "Left out, --type is told from what is there: an .onnx file, or an MLflow folder.",
      "An MLflow folder without the onnx flavor is kept as files for scoring scripts.",
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
    usage: optionals(nameOption("NAME", "the versions of that one"), maxResultsOption),
    withoutEffect: [registryOption],
    summary: "list models, newest version first",
    async run(context, values) {
      const name = values.text("name")?.toLowerCase() ?? null;
      const all = context.workspace.models.list();
      const models = firstOf(name === null ? all : all.filter((model) => model.name.toLowerCase() === name), values);
      if (!models.ok) return models;
      const whenEmpty = "There are no models yet. Make one: batchdeck model create -n NAME --path PATH";
      return showList(context, models.value, modelColumns, whenEmpty);
    },
  },
  {
    words: "model show",
    usage: [nameOption(), ...optionals(versionOption, labelOption)],
    withoutEffect: [registryOption],
    summary: "show a model and what it takes and gives",
    async run(context, values) {
      const label = checkLabel(values);
      if (!label.ok) return label;
      const found = context.workspace.models.show(values.text("name") ?? "", values.text("version"));
      return found.ok ? showOne(context, found.value, modelColumns) : found;
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
      if (terminal.print !== null) terminal.print.view(view);
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
