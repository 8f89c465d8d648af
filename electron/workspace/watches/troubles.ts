import type { Problem } from "../../contract/problem.ts";
import type { WorkspaceContext } from "../context.ts";
import { ifUsable } from "../disk.ts";

/** In the order in which one would see to what they find. */
const finders = ["deployment", "folder", "submit"] as const;
type Finder = (typeof finders)[number];

/** What each watch waits for, by who found out; the first of it is written down. */
export type Troubles = {
  /** `problem` null: that finder finds nothing wrong any more. */
  readonly note: (watch: string, finder: Finder, problem: Problem | null) => void;
  readonly forget: () => void;
};

export function createTroubles({ registry, changed }: WorkspaceContext): Troubles {
  const troubles = new Map<string, Partial<Record<Finder, Problem | null>>>();
  return {
    note(watch, finder, problem) {
      const found = { ...troubles.get(watch), [finder]: problem };
      troubles.set(watch, found);
      const first = finders.map((each) => found[each] ?? null).find((each) => each !== null) ?? null;
      if (ifUsable(() => registry.watches.setProblem(watch, first))) changed();
    },
    forget: () => troubles.clear(),
  };
}
