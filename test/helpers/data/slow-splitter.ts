import { readFileSync } from "node:fs";

/**
 * How many items a table holds, by the words of the interface alone and one character after another. It shares nothing
 * with the product on purpose: the two must come to the same count by different ways.
 *
 * A file that is empty or no text (compressed, or a quarter of its bytes NUL) is one item; so is one whose header cannot be
 * read. The first line is the header; a blank line is no row. A quoted cell may hold line breaks, and be of 64 MiB; when
 * its closing quote is missing, or is followed by anything but the delimiter or a line end, the line that it began on ends
 * the row. UTF-16 is told by its byte order mark.
 */
export function countTableItems(path: string): number {
  const bytes = readFileSync(path);
  if (bytes.length === 0) return 1;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 1;
  const text = textOf(bytes);
  if (text === null || text === "") return 1;
  if (/\.(jsonl|ndjson)$/i.test(path)) return text.split("\n").filter((line) => !isBlank(line)).length;
  return countDelimitedRows(text);
}

/** Null when it is no text. What is not UTF-16 is a character a byte: no byte of a longer one looks like a delimiter. */
function textOf(bytes: Buffer): string | null {
  const starts = bytes.subarray(0, 4).toString("hex");
  if (starts === "fffe0000") return null;
  if (starts.startsWith("fffe")) return bytes.subarray(2).toString("utf16le");
  if (starts.startsWith("feff")) return Buffer.from(bytes.subarray(2)).swap16().toString("utf16le");
  const beginning = bytes.subarray(0, 65_536);
  if (beginning.filter((byte) => byte === 0).length * 4 >= beginning.length) return null;
  return bytes.toString("latin1").replace(/^\u00ef\u00bb\u00bf/, "");
}

function isBlank(line: string): boolean {
  return /^\r*$/.test(line);
}

function countDelimitedRows(text: string): number {
  let at = 0;
  let records = 0;
  while (at < text.length) {
    const lineEnd = endOfLine(text, at);
    if (isBlank(text.slice(at, lineEnd))) {
      at = lineEnd + 1;
      continue;
    }
    const record = endOfRecord(text, at);
    // Neither a header that is not closed nor one whose lines end in something else names any column.
    if (records === 0 && (!record.isWhole || hasLoneReturn(text.slice(at, record.end)))) return 1;
    records += 1;
    at = record.end + 1;
  }
  return records === 0 ? 1 : records - 1;
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found === -1 ? text.length : found;
}

function endOfRecord(text: string, start: number): { readonly end: number; readonly isWhole: boolean } {
  let at = start;
  for (;;) {
    if (text[at] === '"') {
      const opened = at;
      at += 1;
      while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) at += text[at] === '"' ? 2 : 1;
      const after = text.slice(at + 1, at + 100);
      const isClosed = at < text.length && /^(?:,|\r*\n|\r*$)/.test(after);
      if (!isClosed || at - opened > 64 * 1024 * 1024) return { end: endOfLine(text, opened), isWhole: false };
      at += 1;
    } else {
      while (at < text.length && text[at] !== "," && text[at] !== "\n") at += 1;
    }
    while (at < text.length && text[at] === "\r") at += 1;
    if (at >= text.length || text[at] === "\n") return { end: at, isWhole: true };
    at += 1;
  }
}

function hasLoneReturn(header: string): boolean {
  return /\r[^\r\n]/.test(header.replaceAll(/"(?:[^"]|"")*"/g, ""));
}
