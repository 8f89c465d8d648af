import type { Readable } from "node:stream";

/** Reads lines, and bytes between them, from a pipe. Null and false: it ended before that. */
export type AnswerReader = {
  readonly line: () => Promise<string | null>;
  /** Hands over the next `count` bytes in pieces. */
  readonly bytes: (count: number, take: (bytes: Uint8Array) => Promise<void>) => Promise<boolean>;
  /** What has not come by now does not come any more. */
  readonly close: () => void;
};

export function createAnswerReader(stream: Readable): AnswerReader {
  let rest: Buffer = Buffer.alloc(0);
  let isOver = false;
  let wake: () => void = () => undefined;
  const end = () => {
    isOver = true;
    wake();
  };
  stream.on("readable", () => wake());
  stream.on("end", end);
  stream.on("close", end);
  stream.on("error", end);

  /** The next bytes from the pipe; null when there are none to come. */
  async function more(): Promise<Buffer | null> {
    for (;;) {
      const chunk = stream.read() as Buffer | null;
      if (chunk !== null) return chunk;
      if (isOver) return null;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    async line() {
      const pieces: Buffer[] = [];
      for (;;) {
        const end = rest.indexOf(10);
        if (end !== -1) {
          const line = Buffer.concat([...pieces, rest.subarray(0, end)]).toString("utf8");
          rest = rest.subarray(end + 1);
          return line;
        }
        pieces.push(rest);
        const chunk = await more();
        if (chunk === null) return null;
        rest = chunk;
      }
    },
    async bytes(count, take) {
      let left = count;
      while (left > 0) {
        if (rest.length === 0) {
          const chunk = await more();
          if (chunk === null) return false;
          rest = chunk;
        }
        const piece = rest.subarray(0, left);
        rest = rest.subarray(piece.length);
        left -= piece.length;
        await take(piece);
      }
      return true;
    },
    close: end,
  };
}
