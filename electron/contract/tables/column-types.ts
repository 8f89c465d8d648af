import * as z from "zod";
import { booleanFromText, type DecimalMark, numberOfCell, wholeNumberOfCell } from "./cell-values.ts";

/** Types of columns, as MLflow's signatures call them. */
export const columnTypeSchema = z.enum(["boolean", "integer", "long", "float", "double", "string", "datetime"]);
export type ColumnType = z.infer<typeof columnTypeSchema>;

const wholeLimits = {
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

const dateAndTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** What sentences call a value of the type. */
export const columnTypeWords: Readonly<Record<ColumnType, string>> = {
  boolean: "true or false",
  integer: "a whole number of 32 bits",
  long: "a whole number",
  float: "a number",
  double: "a number",
  string: "a text",
  datetime: "a date such as 2026-01-31 or 2026-01-31T12:00:00",
};

/** The number that a cell with a value is by its column's type; undefined when the cell is not of that type, or text is. */
export function typedNumber(type: ColumnType, text: string, decimal: DecimalMark = "."): number | undefined {
  if (type === "boolean") {
    const value = booleanFromText(text, decimal);
    return value === undefined ? undefined : Number(value);
  }
  if (type === "float" || type === "double") return numberOfCell(text, decimal);
  if (type === "string" || type === "datetime") return undefined;
  const value = wholeNumberOfCell(text, decimal);
  const [low, high] = wholeLimits[type];
  return value === undefined || value < low || value > high ? undefined : Number(value);
}

/** Whether a cell with a value is of its column's type. */
export function isOfColumnType(type: ColumnType, text: string, decimal: DecimalMark = "."): boolean {
  if (type === "string") return true;
  if (type === "datetime")
    return dateAndTime.test(text.trim()) && !Number.isNaN(Date.parse(text.trim().replace(" ", "T")));
  return typedNumber(type, text, decimal) !== undefined;
}
