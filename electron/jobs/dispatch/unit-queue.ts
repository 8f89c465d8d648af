import type { Journal } from "../journal/journal.ts";
import type { UnitToDo } from "../journal/to-do-table.ts";

/** The units of a job that nobody has claimed, lowest first. */
export type UnitQueue = {
  readonly next: () => UnitToDo | undefined;
  readonly putBack: (todo: UnitToDo) => void;
  /** Units that were done and are to do again. */
  readonly takeAgain: (units: readonly UnitToDo[]) => void;
  readonly hasMoreThan: (count: number) => boolean;
};

const unitsReadAhead = 256;

/** Reads the journal in steps, so that a million units are never in memory together. */
export function createUnitQueue(journal: Journal): UnitQueue {
  /** Units that came back, lowest first, before those that were never sent. */
  const returned: UnitToDo[] = [];
  const readAhead: UnitToDo[] = [];
  let lastRead = -1;

  function readMore(): void {
    readAhead.push(...journal.unitsToDo(lastRead, unitsReadAhead));
    lastRead = readAhead[readAhead.length - 1]?.unit.id ?? lastRead;
  }

  function putBack(todo: UnitToDo): void {
    const index = returned.findIndex((other) => other.unit.id > todo.unit.id);
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
    takeAgain(units) {
      // Those that lie ahead are read from the journal in their turn.
      for (const todo of units) if (todo.unit.id <= lastRead) putBack(todo);
    },
    hasMoreThan(count) {
      if (returned.length + readAhead.length <= count) readMore();
      return returned.length + readAhead.length > count;
    },
  };
}
