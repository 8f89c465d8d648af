import fs from "node:fs";
import path from "node:path";
import { visibleText } from "../../electron/contract/plain-text.ts";
import { ownerOnly } from "../../electron/contract/processes/file-modes.ts";

/**
 * What a script of one worker says: each line with its time and mini-batch, in the files that Azure ML has for it
 * (`user/stdout/…`, `user/stderr/…`, `user/error/…` among the logs of the job). A log that cannot be written never
 * holds up the job.
 */
export type UserLog = {
  readonly stdout: (bytes: Uint8Array) => void;
  readonly stderr: (bytes: Uint8Array) => void;
  /** Why an attempt failed: a whole traceback, or a sentence. */
  readonly error: (text: string) => void;
  /** What the lines from now on belong to: "init", "mini-batch 3". */
  readonly at: (place: string) => void;
  readonly close: () => void;
};

/** A file that has grown beyond this becomes the older one of two, and the one before that goes. */
const maxBytes = 8 * 1024 * 1024;
/** A line without an end is cut here. */
const maxLineLength = 16 * 1024;

export function createUserLog(logsFolder: string, workerId: string): UserLog {
  let place = "init";
  const write = (kind: string) => {
    const append = createLogFile(path.join(logsFolder, "user", kind), `${workerId}.txt`);
    // People open it in a terminal, which what a script prints shall not steer there.
    const line = (text: string) => {
      const shown = visibleText(text.replaceAll("\t", "    "));
      append.write(`${new Date().toISOString()} ${place}: ${shown}\n`);
    };
    return { ...append, line };
  };
  const stdout = write("stdout");
  const stderr = write("stderr");
  const error = write("error");
  const stdoutLines = createLines(stdout.line);
  const stderrLines = createLines(stderr.line);
  return {
    stdout: stdoutLines.add,
    stderr: stderrLines.add,
    error: (text) => text.trimEnd().split("\n").forEach(error.line),
    at(next) {
      stdoutLines.end();
      stderrLines.end();
      place = next;
    },
    close() {
      stdoutLines.end();
      stderrLines.end();
      for (const file of [stdout, stderr, error]) file.close();
    },
  };
}

const lineFeed = 10;
const carriageReturn = 13;
/** Ends what a progress bar draws below another one. */
const cursorUp = "\u001b[A";

/**
 * Cuts bytes into lines; what has no line end yet waits for it. As on a terminal, what follows a carriage return stands in
 * the place of what came before it: of a progress bar, which draws itself a thousand times over, its last state is left. One
 * that is drawn below another moves to a new line and back for each time: a state that did not change is no new line.
 */
function createLines(take: (line: string) => void) {
  let rest: Buffer = Buffer.alloc(0);
  /** A carriage return came, and it is not known yet what follows. */
  let isReturned = false;
  let isRedrawn = false;
  let lastDrawn: string | null = null;

  function end(): void {
    const line = rest.toString("utf8");
    const shown = isRedrawn ? afterLast(line, cursorUp).trimEnd() : line;
    if (shown !== "" && !(isRedrawn && shown === lastDrawn)) take(shown);
    if (isRedrawn) lastDrawn = shown;
    rest = Buffer.alloc(0);
    isReturned = isRedrawn = false;
  }

  /** Bytes without a line feed. */
  function addToLine(bytes: Uint8Array): void {
    let length = bytes.length;
    while (bytes[length - 1] === carriageReturn) length--;
    const from = bytes.lastIndexOf(carriageReturn, length - 1) + 1;
    if (length > 0 && (from > 0 || isReturned)) {
      rest = Buffer.alloc(0);
      isRedrawn = true;
    }
    rest = Buffer.concat([rest, bytes.subarray(from, length)]);
    isReturned = length < bytes.length || (isReturned && length === 0);
    if (rest.length > maxLineLength) end();
  }

  return {
    add: (bytes: Uint8Array) => {
      let from = 0;
      for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, from)) {
        addToLine(bytes.subarray(from, at));
        if (rest.length === 0 && !isRedrawn) take("");
        end();
        from = at + 1;
      }
      addToLine(bytes.subarray(from));
    },
    end,
  };
}

function afterLast(text: string, mark: string): string {
  const at = text.lastIndexOf(mark);
  return at === -1 ? text : text.slice(at + mark.length);
}

/** Made with its first line. */
function createLogFile(folder: string, name: string) {
  const file = path.join(folder, name);
  let descriptor: number | null = null;
  let size = 0;
  const close = () => {
    if (descriptor !== null) fs.closeSync(descriptor);
    descriptor = null;
  };
  return {
    write: (text: string) => {
      try {
        if (size > maxBytes) {
          close();
          fs.renameSync(file, path.join(folder, `older.${name}`));
        }
        if (descriptor === null) {
          fs.mkdirSync(folder, { recursive: true, mode: ownerOnly.folder });
          descriptor = fs.openSync(file, "a", ownerOnly.file);
          size = fs.fstatSync(descriptor).size;
        }
        size += fs.writeSync(descriptor, text);
      } catch {
        // A full disk pauses the job by other means, and says so where it shows.
      }
    },
    close,
  };
}
