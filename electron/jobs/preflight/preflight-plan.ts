import type { InputPreview } from "../../contract/messages/data-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { predictionColumns } from "../../contract/nouns/prediction-columns.ts";
import type { InvocationPlan, SampledColumn } from "../../contract/nouns/preflight.ts";
import { encodingOf, itemUnit, type Scorer } from "../../contract/nouns/scorer.ts";
import type { ImageScorer } from "../../contract/nouns/scorers/image-scorer.ts";
import type { TensorInfo } from "../../contract/signature.ts";
import type { SeenDownload } from "../submit/download-looks.ts";
import type { PlannedInvocation } from "../submit/check-invocation.ts";

/** What a job would do, in the words of the report. */
export function planOf(
  { spec, preview, workersCappedFrom }: PlannedInvocation,
  download: SeenDownload | null,
): InvocationPlan {
  const { model, scorer, settings, output } = spec;
  const inputs = filledInputs(scorer);
  const columnOf = (name: string): SampledColumn =>
    preview.columns.find((column) => column.name === name.trim()) ?? { name, type: "empty", values: [] };
  const used = new Set([...scorer.keep, ...inputs.flatMap(({ columns }) => columns)].map((name) => name.trim()));
  return {
    model: { name: model.name, version: model.version, sha256: model.hash },
    scorer_kind: scorer.kind,
    input_path: spec.input.path,
    input_source: spec.input.source,
    base_job: spec.base?.job ?? null,
    download:
      download === null ? null : { files: download.files, bytes: download.bytes, kept_bytes: download.keptBytes },
    files: preview.files,
    bytes: preview.bytes,
    skipped_files: preview.skippedFiles,
    skipped_by: { ...preview.skippedBy },
    skipped_names: { ...preview.skippedNames },
    items: preview.items,
    items_exact: preview.itemsExact,
    item_unit: itemUnit(scorer),
    ...miniBatches(spec, preview),
    mini_batch_size: settings.mini_batch_size,
    mapping: inputs.map(({ name, type, shape, columns }) => ({
      input: name,
      type,
      shape: [...shape],
      columns: columns.map(columnOf),
    })),
    keep: scorer.keep.map(columnOf),
    unused_columns: preview.columns.map(({ name }) => name).filter((name) => !used.has(name)),
    pixels: scorer.kind === "image" ? pixelsOf(scorer) : null,
    dialect: spec.dialect,
    encoding: encodingOf(scorer),
    text_sample: preview.textSample,
    output_folder: output.folder,
    output_file: output.fileName,
    output_format: output.format,
    csv_formulas: output.csvFormulas,
    output_columns: scorer.kind === "script" ? [] : predictionColumns(scorer).map((column) => ({ ...column })),
    compute: spec.compute,
    device: spec.device,
    workers: spec.workers,
    workers_capped_from: workersCappedFrom,
    batch: spec.batch,
    batch_chosen_by: spec.batchChosenBy,
    error_threshold: settings.error_threshold,
  };
}

function pixelsOf({ height, width, resize, color, layout, scale, mean, std }: ImageScorer): InvocationPlan["pixels"] {
  const ends = scale.flatMap((factor, channel) =>
    [0, 255].map((level) => (level * factor - (mean[channel] ?? 0)) / (std[channel] ?? 1)),
  );
  const range = { lowest: Math.min(...ends), highest: Math.max(...ends) };
  return { height, width, resize, color, layout, scale: [...scale], mean: [...mean], std: [...std], ...range };
}

function filledInputs(scorer: Scorer): readonly (TensorInfo & { readonly columns: readonly string[] })[] {
  switch (scorer.kind) {
    case "tabular":
      return scorer.inputs.map((input) => ({ ...input, columns: input.columns ?? [] }));
    case "image":
      return [{ ...scorer.input, columns: [] }];
    case "text":
      return scorer.inputs.map((input) => ({ ...input, columns: scorer.column === null ? [] : [scorer.column] }));
    case "audio":
      return scorer.inputs.map((input) => ({ ...input, columns: [] }));
    case "tensor":
      return scorer.inputs.map((input) => ({ ...input, columns: [input.name] }));
    case "script":
      return [];
  }
}

/** Small tables of a mini-batch are one piece of work, up to so many bytes. */
const sharedBytes = 8 * 1024 * 1024;

/** Files are counted in mini-batches; a table larger than two slices is cut into slices instead. */
function miniBatches(
  { scorer, settings, sliceBytes }: JobSpec,
  { files, bytes, largestFileBytes }: InputPreview,
): Pick<InvocationPlan, "mini_batches" | "mini_batches_exact"> {
  const whole = Math.ceil(files / settings.mini_batch_size);
  if (itemUnit(scorer) === "file") return { mini_batches: whole, mini_batches_exact: true };
  const isCut = largestFileBytes > 2 * sliceBytes;
  return {
    mini_batches: isCut ? Math.max(whole, Math.ceil(bytes / sliceBytes)) : whole,
    mini_batches_exact: !isCut && bytes <= sharedBytes,
  };
}
