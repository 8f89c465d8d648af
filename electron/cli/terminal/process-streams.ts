import { createInterface } from "node:readline/promises";
import type { Streams } from "./screen.ts";

/** The streams of this process. Whoever reads our words may stop reading (`| head`): the command goes on without them. */
export function processStreams(): Streams {
  const { stdin, stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  return {
    width: stderr.isTTY ? stderr.columns : null,
    resultWidth: stdout.isTTY ? stdout.columns : null,
    stdout: (text) => void stdout.write(text),
    stderr: (text) => void stderr.write(text),
    ask: stderr.isTTY && stdin.isTTY ? askOnProcess : null,
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
