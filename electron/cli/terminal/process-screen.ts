import { createInterface } from "node:readline/promises";
import type { Screen } from "./command.ts";

/** The streams of this process as a screen. */
export function processScreen(): Screen {
  const width = process.stderr.isTTY ? process.stderr.columns : null;
  let shown = "";
  const show = (text: string) => {
    if (width === null || text === shown) return;
    process.stderr.write(`\r\u001b[2K${text}`);
    shown = text;
  };
  return {
    width,
    result: (text) => {
      show("");
      process.stdout.write(`${text}\n`);
    },
    note: (text) => {
      show("");
      process.stderr.write(`${text}\n`);
    },
    status: show,
    ask: width !== null && process.stdin.isTTY ? askOnProcess : null,
  };
}

async function askOnProcess(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
