import { closeSync } from "node:fs";
import { contentOf, type FileCopies, type MadeCopy } from "../copies/file-copies.ts";
import { onceDecided } from "../dialects/guess-encoding.ts";
import { type Input, type ListedFile, realPlace } from "../listing/listing.ts";
import { type Checked, openListed } from "../table-file.ts";

/** What of a file is looked at: the file or, where it cannot be read as it stands, a copy of its beginning. */
export type Beginning = {
  /** Absolute and without links. */
  readonly path: string;
  readonly listed: ListedFile;
  /** How many bytes of the file a byte of it stands for; 1: it is the file. */
  readonly share: number;
};

export type Beginnings = {
  /** Has a file looked at. Of a plain file, without a wait: of many, that takes longer than looking. */
  readonly look: <Value>(
    file: ListedFile,
    how: (beginning: Beginning) => Checked<Value>,
  ) => Checked<Value> | Promise<Checked<Value>>;
};

/** Copies the beginning of a file once, with its first look. */
export function createBeginnings(input: Input, copies: FileCopies): Beginnings {
  const made = new Map<string, Promise<Checked<MadeCopy> | null>>();

  function copyOf(file: ListedFile): Promise<Checked<MadeCopy> | null> {
    const known = made.get(file.path) ?? make(file);
    made.set(file.path, known);
    return known;
  }

  /** Null: it needs none. */
  async function make(file: ListedFile): Promise<Checked<MadeCopy> | null> {
    const opened = openListed(realPlace(input, file), file);
    if (!opened.ok) return opened;
    try {
      return copies.needs(opened.value, file) ? await copies.make(opened.value, file) : null;
    } finally {
      closeSync(opened.value);
    }
  }

  return {
    look(file, how) {
      const isPlain = !copies.needsByName(file);
      const looked = isPlain ? how({ path: realPlace(input, file), listed: file, share: 1 }) : null;
      if (looked !== null && (looked.ok || looked.problem.code !== "file-encoding")) return looked;
      return copyOf(file).then((found) => {
        if (found === null) return onceDecided(() => how({ path: realPlace(input, file), listed: file, share: 1 }));
        if (!found.ok) return found;
        const { copy, readBytes, isWhole } = found.value;
        const share = (isWhole ? file.sizeBytes : readBytes) / Math.max(1, copy.sizeBytes);
        return onceDecided(() => how({ path: copy.path, listed: contentOf(file, copy), share }));
      });
    },
  };
}
