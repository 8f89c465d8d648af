import type { AzureScriptRefusal } from "../../contract/words/english/parts/azure-script-words.ts";
import { encodingOf, type Scorer } from "../../contract/nouns/scorer.ts";
import { contentOf } from "../../contract/nouns/scorers/item-files.ts";
import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";
import { pythonCodec } from "./python-encodings.ts";

/** The kinds of scorers that a script can do the work of. */
export type ScriptableKind = "tabular" | "image" | "text";
/** A scorer that a script can do the work of; of a text's tokenizer see tokenizer-parts.ts. */
export type ScriptableScorer = Extract<Scorer, { kind: ScriptableKind }>;

type Reason = (scorer: ScriptableScorer) => AzureScriptRefusal | null;

/** Why a scorer cannot become a script: the first reason that is found; null: it can. */
const reasons: readonly Reason[] = [
  ({ outputs }) =>
    refusedFor(
      "output",
      "image-output",
      outputs.find((one) => contentOf(one) === "image"),
    ),
  ({ outputs }) =>
    refusedFor(
      "output",
      "array-output",
      outputs.find((one) => contentOf(one) === "array"),
    ),
  (scorer) =>
    refusedFor(
      "input",
      "open-columns",
      tableInputs(scorer).find(({ columns }) => columns === null),
    ),
  (scorer) =>
    refusedFor(
      "input",
      "open-vector",
      tableInputs(scorer).find(({ vector }) => vector?.includes(null)),
    ),
  (scorer) => {
    const encoding = encodingOf(scorer);
    return encoding === null || pythonCodec(encoding) !== null ? null : { kind: "encoding", params: { encoding } };
  },
];

function refusedFor<Thing extends string>(
  thing: Thing,
  kind: Extract<AzureScriptRefusal, { params: Readonly<Record<Thing, string>> }>["kind"],
  found: { readonly name: string } | undefined,
): AzureScriptRefusal | null {
  return found === undefined ? null : ({ kind, params: { [thing]: found.name } } as AzureScriptRefusal);
}

function tableInputs(scorer: ScriptableScorer): TabularScorer["inputs"] | readonly never[] {
  return scorer.kind === "tabular" ? scorer.inputs : [];
}

/** The same scorer, when a script can do what it does, or why none can. */
export function asScriptable(
  scorer: Exclude<Scorer, { readonly kind: "script" }>,
): { readonly scorer: ScriptableScorer } | { readonly refusal: AzureScriptRefusal } {
  const { kind } = scorer;
  if (kind === "audio" || kind === "tensor") return { refusal: { kind: "kind", params: { kind } } };
  const refusal = reasons.map((reason) => reason(scorer)).find((found) => found !== null);
  return refusal === undefined ? { scorer } : { refusal };
}
