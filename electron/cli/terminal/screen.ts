import { styleText } from "node:util";
import { visibleDocument, visibleText } from "../../contract/plain-text.ts";

/** What a command's words are written to in the end. Only `createScreen` does so. */
export type Streams = {
  /** Columns of the terminal behind stderr, null when it is not one. */
  readonly width: number | null;
  /** The same of stdout. */
  readonly resultWidth: number | null;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Null when nobody is there to answer. */
  readonly ask: ((question: string) => Promise<string>) | null;
};

/** One line, or several. */
type Lines = string | readonly string[];

/**
 * Where a command's words go: results to stdout, everything else to stderr. Names and texts of others may hold anything, so
 * no text steers the terminal, and none ends its line: what would do so is shown spelt out (`visibleText`).
 */
export type Screen = {
  /** Columns of the terminal behind stderr, null when it is not one. */
  readonly width: number | null;
  /** The same of stdout. */
  readonly resultWidth: number | null;
  readonly result: (lines: Lines) => void;
  /** A document for programs, JSON or YAML, to stdout. Its line breaks are its own; what is within quotes stays what it is. */
  readonly document: (text: string, coloured?: "json" | "none") => void;
  /** Values for programs to stdout, a line each, with tabs between them and in none of them. */
  readonly rows: (rows: readonly (readonly string[])[]) => void;
  readonly note: (lines: Lines) => void;
  /** Overwrites the line that is being shown; an empty text takes it away. */
  readonly status: (line: string) => void;
  /** Asks the person at the terminal; null when nobody is there to answer. */
  readonly ask: ((question: string) => Promise<string>) | null;
};

/** Back to the begin of the line, which is emptied. */
const emptyLine = "\r\u001b[2K";

export function createScreen({ width, resultWidth, stdout, stderr, ask }: Streams): Screen {
  let shown = "";
  const status = (line: string) => {
    if (width === null || line === shown) return;
    stderr(`${emptyLine}${visibleText(line)}`);
    shown = line;
  };
  return {
    width,
    resultWidth,
    result(lines) {
      status("");
      stdout(textOf(lines));
    },
    document(text, coloured = "none") {
      status("");
      const shown = visibleDocument(text);
      stdout(`${coloured === "json" && resultWidth !== null ? colouredJson(shown) : shown}\n`);
    },
    rows(rows) {
      status("");
      stdout(rows.map((row) => `${row.map(visibleText).join("\t")}\n`).join(""));
    },
    note(lines) {
      status("");
      stderr(textOf(lines));
    },
    status,
    ask: ask === null ? null : (question) => ask(visibleText(question)),
  };
}

function textOf(lines: Lines): string {
  return typeof lines === "string" ? `${visibleText(lines)}\n` : lines.map((line) => `${visibleText(line)}\n`).join("");
}

/** Keys, texts and other values of a document that is harmless already, each in a colour. */
function colouredJson(document: string): string {
  return document.replace(
    /("(?:\\.|[^"\\])*")(:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g,
    (found, text: string | undefined, colon: string | undefined) =>
      text === undefined
        ? styleText("yellow", found, { validateStream: false })
        : `${styleText(colon === undefined ? "green" : "cyan", text, { validateStream: false })}${colon ?? ""}`,
  );
}
