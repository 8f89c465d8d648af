/** Bytes that are written again and again, four at a time: for the keys of JSON, which are half of what is written. */
export type Words = {
  readonly words: Uint32Array;
  /** Bytes; what the last word holds beyond them is written over by what comes next. */
  readonly length: number;
};

/** The most bytes that `writeWords` touches behind the end. */
export const wordsOverrun = 3;

export function wordsOf(bytes: Uint8Array): Words {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = Uint32Array.from({ length: padded.length / 4 }, (_, index) => view.getUint32(4 * index, true));
  return { words, length: bytes.length };
}

/** Writes the bytes, and up to `wordsOverrun` more, and returns the position after them. */
export function writeWords(target: DataView, position: number, { words, length }: Words): number {
  for (let index = 0; index < words.length; index++)
    target.setUint32(position + 4 * index, words[index] as number, true);
  return position + length;
}
