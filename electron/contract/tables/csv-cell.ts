/**
 * Text cells of the CSV files that Batchdeck writes (interface: RFC 4180 quotes, and the formula rule). The worker's
 * byte encoder follows the same rules; this is the plain form for headers and small files.
 */
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const formulaStarts = "=+-@\t\r\0";

/** Whether a spreadsheet would take this text for a formula: a dangerous first character, and not simply a number. */
function looksLikeFormula(text: string): boolean {
  return text !== "" && formulaStarts.includes(text.charAt(0)) && !numberPattern.test(text);
}

/** The text as CSV has it where formulas are made harmless. */
export function formulaSafe(text: string): string {
  return looksLikeFormula(text) ? `'${text}` : text;
}

/** One text cell, quoted where RFC 4180 asks for it. `escape` puts `'` in front of what looks like a formula. */
export function csvTextCell(text: string, formulas: "escape" | "keep"): string {
  const safe = formulas === "escape" ? formulaSafe(text) : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
