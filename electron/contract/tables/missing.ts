import * as z from "zod";
import type { TensorType } from "../signature.ts";
import {
  booleanFromText,
  type DecimalMark,
  integerLimits,
  isIntegerType,
  isMissing,
  numberFromText,
  numberOfCell,
  trimBlanks,
  wholeNumberOfCell,
} from "./cell-values.ts";
import { columnName } from "./column-names.ts";

/** What a cell without a value is: it fails its row, becomes NaN, or becomes a value; of a text input any value as text. */
export const missingSchema = z.union([
  z.enum(["error", "nan"]),
  z.strictObject({ value: z.union([z.number(), z.string()]) }),
]);
export type Missing = Readonly<z.infer<typeof missingSchema>>;

/** One rule of scorer.yml; a truth value is the number that it stands for. */
const writtenRuleSchema = z.union([
  z.enum(["error", "nan"]),
  z.strictObject({
    value: z
      .union([z.number(), z.string(), z.boolean()])
      .transform((value) => (value === true ? 1 : value || value === "" ? value : 0)),
  }),
]);

/** The name that stands for every column which has no rule of its own. */
const anyColumn = "*";

const writtenMissingSchema = z.union([writtenRuleSchema, z.record(z.string(), writtenRuleSchema)]);

/** `input.missing` of scorer.yml: one rule for all columns, or rules by column, `"*"` for those that are not named. */
export const missingFileSchema = z
  .unknown()
  .refine((written) => writtenMissingSchema.safeParse(written).success, { params: { rule: "missing" } })
  .transform((written): Pick<MissingRules, "missing" | "columnMissing"> => {
    const rules = writtenMissingSchema.parse(written);
    if (typeof rules === "string" || isOneRule(rules)) return { missing: rules };
    const { [anyColumn]: missing = "error", ...columnMissing } = rules;
    return { missing, columnMissing };
  });

function isOneRule(rules: Exclude<z.infer<typeof writtenMissingSchema>, string>): rules is Exclude<Missing, string> {
  return writtenRuleSchema.safeParse(rules).success;
}

/** What a scorer says of cells without a value. */
export type MissingRules = {
  readonly missing: Missing;
  /** Columns with a rule of their own. */
  readonly columnMissing?: Readonly<Record<string, Missing>> | undefined;
  /** Texts that stand for no value, beside those that always do. */
  readonly missingWords?: readonly string[] | undefined;
};

/** The rule for a column, by its trimmed name. */
export function missingOf({ missing, columnMissing }: MissingRules, column: string): Missing {
  for (const [name, rule] of Object.entries(columnMissing ?? {}))
    if (columnName(name) === columnName(column)) return rule;
  return missing;
}

/** The rules as scorer.yml has them. */
export function missingAsWritten({ missing, columnMissing }: MissingRules): unknown {
  return columnMissing === undefined ? missing : { [anyColumn]: missing, ...columnMissing };
}

/** Which cells have no value. */
export type MissingWords = {
  /** Of a column of numbers or truth values: blank, a word that always stands for no value, or one that was given. */
  readonly isNoValue: (text: string, decimal?: DecimalMark) => boolean;
  /** Of a column of texts: empty, or a word that was given. */
  readonly isNoText: (text: string) => boolean;
  /** Given words that are numbers, such as -999: they stand for no value however they are written. */
  readonly numbers: ReadonlySet<number>;
  /** No word was given. */
  readonly isUsual: boolean;
};

export function missingWordsOf({ missingWords = [] }: Pick<MissingRules, "missingWords">): MissingWords {
  if (missingWords.length === 0) return usualWords;
  const words = new Set(missingWords.map(trimBlanks));
  const numbers = new Set([...words].flatMap((word) => numberFromText(word) ?? []));
  return {
    isNoValue(text, decimal = ".") {
      if (isMissing(text) || words.has(trimBlanks(text))) return true;
      if (numbers.size === 0) return false;
      const number = numberFromText(text, decimal);
      return number !== undefined && numbers.has(number);
    },
    isNoText: (text) => text === "" || words.has(trimBlanks(text)),
    numbers,
    isUsual: false,
  };
}

const usualWords: MissingWords = {
  isNoValue: isMissing,
  isNoText: (text) => text === "",
  numbers: new Set(),
  isUsual: true,
};

/** Whether a rule gives an input of this type something that it can hold; failing the row always does. */
export function canBeMissing(type: TensorType, rule: Missing): boolean {
  if (rule === "error") return true;
  if (rule === "nan") return type === "float16" || type === "float32" || type === "float64";
  if (type === "string") return true;
  return typeof rule.value === "number" && isOfType(type, String(rule.value), ".");
}

/** Whether a cell would be taken by an input of this type; what a look before a run needs to know. */
export function converts(
  type: TensorType,
  text: string,
  rule: Missing,
  words: MissingWords,
  decimal: DecimalMark = ".",
): boolean {
  if (type === "string") return rule !== "error" || !words.isNoText(text);
  if (words.isNoValue(text, decimal)) return rule !== "error" && canBeMissing(type, rule);
  return isOfType(type, text, decimal);
}

function isOfType(type: TensorType, text: string, decimal: DecimalMark): boolean {
  if (type === "bool") return booleanFromText(text, decimal) !== undefined;
  if (!isIntegerType(type)) return numberOfCell(text, decimal) !== undefined;
  const value = wholeNumberOfCell(text, decimal);
  const [low, high] = integerLimits[type];
  return value !== undefined && value >= low && value <= high;
}
