import path from "node:path";
import { modelTypeSchema } from "../../contract/views/model.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";
import {
  azureChange,
  azurePlace,
  checkLabel,
  confirmed,
  fileOption,
  labelOption,
  maxResultsOption,
  nameOption,
  noWaitOption,
  registryOption,
  setInFileOption,
  newVersionOption,
  versionOption,
  yesOption,
} from "../terminal/common-options.ts";
import type { ModelRequest } from "../../workspace/models.ts";
import { type CommandContext, usageProblem, type WorkspaceCommand } from "../terminal/command.ts";
import { type CommandValues, fileEdits, typedPath } from "../terminal/command-values.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { reportLines } from "../text/scan-text.ts";
import { firstOf, showDeleted, showList, showOne } from "../terminal/show.ts";
import { oneOf, optional, optionals, positional, text } from "../terminal/usage.ts";
import { registerModel } from "./azure/register-asset.ts";
import { listAzureAssets, showAzureAsset } from "./azure/asset-commands.ts";

const forScriptsAlone =
  "This MLflow model has no onnx flavor: it is kept for deployments with a scoring_script and an environment, and nothing in it was opened.";

const modelColumns = ["name", "version", "type", "created_at"];

export const modelCommands: readonly WorkspaceCommand[] = [
  {
    words: "model create",
    usage: [
      oneOf([nameOption(), text("path", "P", "a file or a folder", { alias: "p" })], [fileOption]),
      ...optionals(
        newVersionOption,
        text("type", "custom_model|mlflow_model|triton_model", "custom_model: any files, which are never opened", {
          alias: "t",
        }),
        setInFileOption,
      ),
      ...azureChange,
    ],
    withoutEffect: [
      ...["datastore", "description", "stage"].map((name) => text(name, "X", "")),
      text("tags", "k=v", "", { isRepeated: true }),
      registryOption,
      noWaitOption,
    ],
    summary: "copy a model file or folder into the workspace",
    details: [
      "Left out, --type is told from what is there: an .onnx file, or an MLflow folder.",
      "An MLflow folder without the onnx flavor is kept as files for scoring scripts.",
    ],
    async onAzure(context, values, resources, changes) {
      const request = await requested(context, values, this);
      return request.ok ? registerModel(context, values, request.value, resources, changes) : request;
    },
    async run(context, values) {
      const request = await requested(context, values, this);
      if (!request.ok) return request;
      const made = await context.workspace.models.create(request.value);
      if (!made.ok) return made;
      if (made.value.type === "mlflow_model" && made.value.onnx_file === "") context.terminal.note(forScriptsAlone);
      return showOne(context, made.value, modelColumns);
    },
  },
  {
    words: "model list",
    usage: [...optionals(nameOption("NAME", "the versions of that one"), maxResultsOption), azurePlace],
    withoutEffect: [registryOption],
    summary: "list models, newest version first",
    async run(context, values) {
      const name = values.text("name")?.toLowerCase() ?? null;
      const all = context.workspace.models.list();
      const models = firstOf(name === null ? all : all.filter((model) => model.name.toLowerCase() === name), values);
      if (!models.ok) return models;
      const make = "batchdeck model create -n NAME --path PATH";
      const whenEmpty = name === null ? `There are no models yet. Make one: ${make}` : `There is no model "${name}".`;
      return showList(context, models.value, modelColumns, whenEmpty);
    },
    onAzure: listAzureAssets("model"),
  },
  {
    words: "model show",
    usage: [nameOption(), ...optionals(versionOption, labelOption), azurePlace],
    withoutEffect: [registryOption],
    summary: "show a model and what it takes and gives",
    async run(context, values) {
      const label = checkLabel(values);
      if (!label.ok) return label;
      const found = context.workspace.models.show(values.text("name") ?? "", values.text("version"));
      return found.ok ? showOne(context, found.value, modelColumns) : found;
    },
    onAzure: showAzureAsset("model"),
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
    usage: [nameOption(), optional(text("version", "V", "default: every version", { alias: "v" })), yesOption],
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
      const count = deleted.value === 1 ? "1 version" : `${deleted.value} versions`;
      return showDeleted(context, { name, versions: deleted.value }, `Deleted ${count} of ${name}.`);
    },
  },
];

/** The model that the options name, or that of the file. */
async function requested(
  { workspace, terminal }: CommandContext,
  values: CommandValues,
  command: WorkspaceCommand,
): Promise<Result<ModelRequest>> {
  const type = modelTypeSchema.nullable().safeParse(values.text("type"));
  if (!type.success) {
    return failure("usage/invalid", `There is no model type "${values.text("type")}".`, "Use custom_model, or none.");
  }
  const [file, name, place] = [values.text("file"), values.text("name"), values.text("path")];
  if (file === null) {
    if (name === null) return usageProblem("--name is missing.", command);
    if (place === null) return usageProblem("--path is missing.", command);
    if (values.list("set").length > 0) return usageProblem("--set changes a file, and there is none.", command);
    return success({ name, path: place, version: values.text("version"), type: type.data });
  }
  const edits = fileEdits(values, ["name", "version", "type"]);
  if (!edits.ok) return edits;
  const options = { ...edits.value.options, path: typedPath(values) };
  const read = await workspace.models.readFile(file, { ...edits.value, options });
  if (!read.ok) return read;
  const { withoutEffect, ...model } = read.value;
  if (withoutEffect.length > 0) terminal.note(`Not kept of the file: ${withoutEffect.join(", ")}.`);
  // Azure calls an .onnx file this, too, and has no other word for it.
  const isPlain = model.type === "custom_model" && values.text("type") === null;
  return success({ ...model, type: isPlain ? null : model.type, orPlainFiles: isPlain });
}
