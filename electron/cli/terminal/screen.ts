import { visibleDocument, visibleText } from "../../contract/plain-text.ts";

/** What a command's words are written to in the end. Only `createScreen` does so. */
export type Streams = {
  /** Columns of the terminal behind stderr, null when it is not one. */
  readonly width: number | null;
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
  readonly result: (lines: Lines) => void;
  /** A document for programs, JSON or YAML, to stdout. Its line breaks are its own; what is within quotes stays what it is. */
  readonly document: (text: string) => void;
  readonly note: (lines: Lines) => void;
  /** Overwrites the line that is being shown; an empty text takes it away. */
  readonly status: (line: string) => void;
  /** Asks the person at the terminal; null when nobody is there to answer. */
  readonly ask: ((question: string) => Promise<string>) | null;
};

/** Back to the begin of the line, which is emptied. */
const emptyLine = "\r\u001b[2K";

export function createScreen({ width, stdout, stderr, ask }: Streams): Screen {
  let shown = "";
  const status = (line: string) => {
    if (width === null || line === shown) return;
    stderr(`${emptyLine}${visibleText(line)}`);
    shown = line;
  };
  return {
    width,
    result(lines) {
      status("");
      stdout(textOf(lines));
    },
    document(text) {
      status("");
      stdout(`${visibleDocument(text)}\n`);
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
