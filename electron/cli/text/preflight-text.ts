import path from "node:path";
import { deviceTitles } from "../../contract/nouns/device.ts";
import type { EstimateRange, InvocationPlan, Preflight, PreflightScan } from "../../contract/nouns/preflight.ts";
import { englishFindingWords, problemSentence } from "../../contract/words/english-problems.ts";
import { encodingName } from "../../contract/tables/text-encoding.ts";
import { visibleText } from "../../contract/plain-text.ts";
import { englishPreflightSentences } from "../../contract/sentences/preflight-sentences.ts";
import { sentenceOf } from "../../contract/sentences/sentences.ts";
import { byteText, numberText } from "./numbers.ts";

const { warning, basis, noSample } = englishPreflightSentences;
const width = 80;

/** What `invoke --dry-run` prints: blocks that fit 80 columns, by the length of each text as it will be seen. */
export function preflightLines(report: Preflight): readonly string[] {
  const blocks = [
    [headline(report), ...listed(report.problems.map(problemSentence))],
    report.plan === null ? [] : facts(report, report.plan),
    report.plan === null ? [] : columnsBlock(report.plan),
    report.plan === null ? [] : headerBlock(report.plan),
    sampleBlock(report),
    report.warnings.length === 0 ? [] : ["Mind", ...listed(report.warnings.map((fact) => sentenceOf(warning, fact)))],
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, index) => (index === 0 ? block : ["", ...block]));
}

function headline({ endpoint_name, deployment_name, problems }: Preflight): string {
  const what = deployment_name === null ? endpoint_name : `${endpoint_name}/${deployment_name}`;
  if (problems.length === 0) return `${what}: nothing is wrong, nothing was started.`;
  return `${what}: ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}, nothing was started.`;
}

function listed(sentences: readonly string[]): string[] {
  return sentences.flatMap((sentence) => wrapped(visibleText(sentence), "  - ", "    "));
}

function facts({ scan, estimate }: Preflight, plan: InvocationPlan): string[] {
  const unit = plan.item_unit === "row" ? "rows" : "files";
  const items = `${plan.items_exact ? "" : "about "}${numberText(plan.items)} ${unit}`;
  const files = `${numberText(plan.files)} ${plan.files === 1 ? "file" : "files"}, ${byteText(plan.bytes)}`;
  const read = plan.item_unit === "row" ? `${items} in ${files}` : `${items}, ${byteText(plan.bytes)}`;
  const rows: (readonly [string, string])[] = [
    [
      "model",
      `${plan.model.name}:${plan.model.version} (${plan.scorer_kind}), sha256 ${plan.model.sha256.slice(0, 12)}…`,
    ],
    ...(scan === null ? [] : [["scan", scanWords(scan)] as const]),
    ["input", visibleText(plan.download === null ? plan.input_path : (plan.input_source ?? plan.input_path))],
    ["", plan.download === null ? read : downloadWords(plan.download)],
    ...(plan.base_job === null
      ? []
      : [["", `what job ${plan.base_job} scored and still holds is taken over`] as const]),
    ...(plan.dialect === null ? [] : [["read as", dialectWords(plan.dialect, plan)] as const]),
    ...(plan.text_sample === null ? [] : [["such as", visibleText(plan.text_sample)] as const]),
    ...(plan.pixels === null ? [] : [["pixels", pixelWords(plan.pixels)] as const]),
    ["output", visibleText(path.join(plan.output_folder, plan.output_file))],
    ["", formatWords(plan)],
    ["work", workWords(plan)],
    ["runs", runWords(plan)],
    [
      "errors",
      plan.error_threshold < 0 ? "any number may fail" : `it stops after ${plan.error_threshold} failed items`,
    ],
  ];
  if (estimate !== null) {
    rows.push([
      "time",
      estimate.seconds === null
        ? "unknown: no job of about this size has run here with the model yet"
        : rangeWords(estimate.seconds, secondsText),
    ]);
    rows.push(["size", rangeWords(estimate.output_bytes, byteText)]);
    for (const disk of estimate.disks) {
      const needed = `${byteText(disk.needed_bytes)} needed of ${byteText(disk.free_bytes)} free`;
      rows.push(["disk", `${needed} for ${disk.holds.join(" and ")} at ${visibleText(disk.place)}`]);
    }
  }
  return rows.flatMap(([name, value]) => wrapped(value, name.padEnd(9), " ".repeat(9)));
}

function downloadWords({ files, bytes, kept_bytes }: NonNullable<InvocationPlan["download"]>): string {
  const count = `${numberText(files)} ${files === 1 ? "file" : "files"}`;
  if (kept_bytes === bytes) return `${count}, ${byteText(bytes)}: all of it is here since an earlier job`;
  const kept = kept_bytes === 0 ? "" : `; ${byteText(kept_bytes)} are here since an earlier job`;
  return `downloaded first: ${byteText(bytes - kept_bytes)} of ${count}, ${byteText(bytes)}${kept}`;
}

function scanWords({ verdict, looked, parameters, memory_bytes, findings }: PreflightScan): string {
  if (looked === "at_creation") return "safe when the model came into the workspace";
  if (verdict === "refused") {
    return `refused: ${findings.map((finding) => visibleText(englishFindingWords(finding).message)).join(" ")}`;
  }
  return `safe: ${numberText(parameters ?? 0)} numbers, about ${byteText(memory_bytes ?? 0)} of memory a worker`;
}

const delimiters = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" } as const;

/** Texts that are no cells of a table have an encoding alone. */
function dialectWords(
  dialect: NonNullable<InvocationPlan["dialect"]>,
  { mapping, encoding: set }: InvocationPlan,
): string {
  const encoding = set ?? encodingName(dialect.encoding);
  if (mapping.every(({ columns }) => columns.length === 0)) return encoding;
  const mark = dialect.decimal === "." ? "decimal point" : "decimal comma";
  return `${delimiters[dialect.delimiter]}-separated, ${encoding}, ${mark}`;
}

const resizes = { stretch: "stretched", contain: "made to fit, with borders", cover: "cut to fit" } as const;

function pixelWords(pixels: NonNullable<InvocationPlan["pixels"]>): string {
  const { height, width, resize, color, lowest, highest } = pixels;
  const levels = `levels 0 to 255 become ${levelText(lowest)} to ${levelText(highest)}`;
  return `${width} × ${height} ${color}, ${resizes[resize]}; ${levels}`;
}

function levelText(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function formatWords({ output_format, csv_formulas }: InvocationPlan): string {
  if (output_format !== "csv") return output_format;
  return csv_formulas === "escape" ? "csv, text that looks like a formula gets a leading '" : "csv, formulas are kept";
}

function workWords(plan: InvocationPlan): string {
  const count = `${plan.mini_batches_exact ? "" : "about "}${numberText(plan.mini_batches)}`;
  const unit = plan.mini_batches === 1 ? "mini-batch" : "mini-batches";
  return `${count} ${unit} (mini_batch_size ${plan.mini_batch_size})`;
}

const choosers = { model: "the model says so", measurement: "measured", default: "as usual" } as const;

function runWords(plan: InvocationPlan): string {
  const capped = plan.workers_capped_from === null ? "" : ` instead of ${plan.workers_capped_from}`;
  const workers = `${plan.workers} ${plan.workers === 1 ? "worker" : "workers"}${capped} on ${deviceTitles[plan.device]}`;
  if (plan.scorer_kind === "script") return `${workers}, compute ${plan.compute}`;
  const unit = plan.item_unit === "row" ? "rows" : "files";
  return `${workers}, compute ${plan.compute}, ${numberText(plan.batch)} ${unit} a run (${choosers[plan.batch_chosen_by]})`;
}

function rangeWords(range: EstimateRange, text: (value: number) => string): string {
  return `${rangeText(range, text)} (${visibleText(sentenceOf(basis, range.basis))})`;
}

export function rangeText({ low, high }: Pick<EstimateRange, "low" | "high">, text: (value: number) => string): string {
  return text(low) === text(high) ? `about ${text(high)}` : `${text(low)} to ${text(high)}`;
}

export function secondsText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

const shownColumns = 40;
const shownInputs = 12;

function columnsBlock({ mapping, keep, unused_columns }: InvocationPlan): string[] {
  const tables = [
    ...mapping.slice(0, shownInputs).map(({ input, type, shape, columns }) => ({
      title: `Model input ${visibleText(input)}, ${type} [${shape.map((size) => size ?? "?").join(", ")}]`,
      columns,
    })),
    ...(keep.length === 0 ? [] : [{ title: "Kept as they are", columns: keep }]),
  ];
  return [
    ...tables.flatMap(({ title, columns }) => {
      const rows = columns
        .slice(0, shownColumns)
        .map(({ name, type, values }) => [visibleText(name), type, values.map(visibleText).join("  ")]);
      const more = columns.length > shownColumns ? [`  and ${columns.length - shownColumns} more`] : [];
      return [...wrapped(title, "", "  "), ...aligned(rows), ...more];
    }),
    ...(mapping.length > shownInputs ? [`and ${mapping.length - shownInputs} more inputs`] : []),
    ...(unused_columns.length === 0 ? [] : wrapped(names(unused_columns), "Not used: ", "  ")),
  ];
}

function headerBlock({ output_columns }: InvocationPlan): string[] {
  if (output_columns.length === 0) return ["The script decides the columns of the output."];
  return [
    "Columns of the output",
    ...wrapped(names(output_columns.map(({ name, type }) => `${name} ${type}`)), "  ", "  "),
  ];
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, shownColumns).map(visibleText).join(", ");
  return all.length > shownColumns ? `${shown} and ${all.length - shownColumns} more` : shown;
}

function sampleBlock({ sample, plan }: Preflight): string[] {
  if (sample === null) return [];
  if (sample.left_out !== null) {
    return wrapped(`No sample: ${visibleText(sentenceOf(noSample, sample.left_out))}`, "", "  ");
  }
  const unit = plan?.item_unit === "file" ? "files" : "rows";
  const failed = sample.errors.map(({ file, row, code, message }) => {
    const place = row === null ? visibleText(file) : `${visibleText(file)}, row ${row}`;
    return `${place}: ${code}: ${visibleText(message)}`;
  });
  const cells = [sample.columns, ...sample.rows].map((row) => row.map(visibleText));
  return [
    `The first ${sample.items} ${unit}, scored`,
    ...(sample.rows.length === 0 ? [] : aligned(fitting(cells))),
    ...listed(failed),
  ];
}

/** As many columns as fit, each cut to 24 letters; a last one says how many there are beside. */
function fitting(rows: readonly (readonly string[])[]): string[][] {
  const cut = rows.map((row) => row.map((cell) => (cell.length > 24 ? `${cell.slice(0, 23)}…` : cell)));
  const columns = cut[0]?.length ?? 0;
  let used = 0;
  let shown = 0;
  for (; shown < columns; shown++) {
    used += 2 + Math.max(...cut.map((row) => (row[shown] ?? "").length));
    // Room for the words about the rest.
    if (used > width - (shown + 1 < columns ? 12 : 0)) break;
  }
  if (shown === columns) return cut;
  return cut.map((row, index) => [...row.slice(0, shown), index === 0 ? `+ ${columns - shown} more` : ""]);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => (row[index] ?? "").length)),
  );
  return rows.map((row) => {
    const line = `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd();
    return line.length > width ? `${line.slice(0, width - 1)}…` : line;
  });
}

/** Breaks a text at blanks; a word that is too long stays whole, since it is a path. */
function wrapped(text: string, first: string, others: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = others;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
