import { byteText } from "./numbers.ts";
import type { Finding, ModelReport } from "../../contract/nouns/model-scan.ts";
import { englishFindingWords } from "../../contract/words/english-problems.ts";
import { plainText } from "../../contract/plain-text.ts";

/** A scan as people read it. Every text of the model's is made harmless for a terminal. */
export function reportLines(report: ModelReport): readonly string[] {
  const { facts, dataFiles, findings } = report;
  const facing = (domain: string): string => (domain === "" ? "ai.onnx" : plainText(domain));
  const domains = [...new Set(facts.operators.map(({ domain }) => domain))];
  const rows: readonly (readonly [string, string])[] = [
    ["verdict", findings.length === 0 ? "safe" : "refused"],
    ["file", `${plainText(report.onnxFile)} (${byteText(facts.sizeBytes)})`],
    ["sha256", facts.sha256],
    ["format", `IR ${facts.irVersion ?? "-"}, ${opsetText(facts.opsets, facing)}`],
    ["producer", plainText(`${facts.producer} ${facts.producerVersion}`.trim()) || "-"],
    ...valueRows("input", facts.inputs.map(valueText)),
    ...valueRows("output", facts.outputs.map(valueText)),
    ...domains.map(
      (domain) =>
        [
          "operators",
          `${facing(domain)}: ${facts.operators
            .filter((operator) => operator.domain === domain)
            .map(({ name, count }) => `${plainText(name)} ×${count}`)
            .slice(0, mostOperators)
            .join(", ")}`,
        ] as const,
    ),
    ["functions", String(facts.functions)],
    ["tensors", `${facts.tensors} (${facts.parameters} numbers)`],
    ...dataFiles.map(({ name, sizeBytes }) => ["data file", `${plainText(name)} (${byteText(sizeBytes)})`] as const),
    ["memory", `about ${byteText(report.memoryBytes)}`],
    ...findings.map((finding) => ["finding", findingText(finding)] as const),
  ];
  const width = Math.max(...rows.map(([key]) => key.length));
  return rows.map(([key, text]) => `${key.padEnd(width)}  ${text}`);
}

function findingText(finding: Finding): string {
  const { code, where } = finding;
  return `${code}: ${englishFindingWords(finding).message}${where === "" ? "" : ` (${where})`}`;
}

type Facts = ModelReport["facts"];

function opsetText(opsets: Facts["opsets"], facing: (domain: string) => string): string {
  if (opsets.length === 0) return "no operator sets";
  return `operator sets ${opsets.map(({ domain, version }) => `${facing(domain)} ${version}`).join(", ")}`;
}

function valueText({ name, type, shape }: Facts["inputs"][number]): string {
  const sizes = shape?.map((size) => (size === null ? "?" : plainText(String(size)))).join(", ");
  return `${plainText(name)} ${type}${sizes === undefined ? "" : ` [${sizes}]`}`;
}

const mostValues = 12;
const mostOperators = 40;

/** Of many inputs or outputs the first are told, and how many more there are. */
function valueRows(title: string, values: readonly string[]): readonly (readonly [string, string])[] {
  const rows = values.slice(0, mostValues).map((value) => [title, value] as const);
  const more = values.length - rows.length;
  return more === 0 ? rows : [...rows, [title, `… and ${more} more; --json has all`]];
}
