import type { Journal } from "../journal/journal.ts";
import type { MiniBatchToDo } from "../journal/to-do-table.ts";

/** The mini-batches of a job that nobody has claimed, lowest first. */
export type MiniBatchQueue = {
  readonly next: () => MiniBatchToDo | undefined;
  readonly putBack: (todo: MiniBatchToDo) => void;
  /** Mini-batches that were done and are to do again. */
  readonly takeAgain: (miniBatches: readonly MiniBatchToDo[]) => void;
  readonly hasMoreThan: (count: number) => boolean;
};

const miniBatchesReadAhead = 256;

/** Reads the journal in steps, so that a million mini-batches are never in memory together. */
export function createMiniBatchQueue(journal: Journal): MiniBatchQueue {
  /** Mini-batches that came back, lowest first, before those that were never sent. */
  const returned: MiniBatchToDo[] = [];
  const readAhead: MiniBatchToDo[] = [];
  let lastRead = -1;

  function readMore(): void {
    readAhead.push(...journal.miniBatchesToDo(lastRead, miniBatchesReadAhead));
    lastRead = readAhead[readAhead.length - 1]?.miniBatch.id ?? lastRead;
  }

  function putBack(todo: MiniBatchToDo): void {
    const index = returned.findIndex((other) => other.miniBatch.id > todo.miniBatch.id);
    returned.splice(index === -1 ? returned.length : index, 0, todo);
  }

  return {
    next() {
      const back = returned.shift();
      if (back !== undefined) return back;
      if (readAhead.length === 0) readMore();
      return readAhead.shift();
    },
    putBack,
    takeAgain(miniBatches) {
      // Those that lie ahead are read from the journal in their turn.
      for (const todo of miniBatches) if (todo.miniBatch.id <= lastRead) putBack(todo);
    },
    hasMoreThan(count) {
      if (returned.length + readAhead.length <= count) readMore();
      return returned.length + readAhead.length > count;
    },
  };
}
