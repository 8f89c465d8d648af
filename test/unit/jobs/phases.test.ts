import { describe, expect, it } from "vitest";
import { createPhase, type PhaseMoves } from "../../../electron/compute/phase.ts";
import { engineMoves } from "../../../electron/jobs/queue/engine.ts";
import { jobRunMoves } from "../../../electron/jobs/run/job-run.ts";

/** A phase at `from`, by the shortest way from the first one. */
function phaseAt(moves: PhaseMoves<string>, from: string) {
  const [first = ""] = Object.keys(moves);
  const ways = new Map<string, readonly string[]>([[first, []]]);
  for (const [reached, way] of ways) {
    for (const next of moves[reached] ?? []) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  const way = ways.get(from);
  if (way === undefined) throw new Error(`Nothing leads to ${from}.`);
  const phase = createPhase("It", moves, first);
  for (const step of way) phase.move(step);
  return phase;
}

const tables = { "job run": jobRunMoves, engine: engineMoves } as const;

describe.each(Object.entries<PhaseMoves<string>>(tables))("the phases of a %s", (_name, moves) => {
  const names = Object.keys(moves);
  const pairs = names.flatMap((from) => names.map((to) => [from, to] as const));

  it.each(pairs)("%s → %s", (from, to) => {
    const phase = phaseAt(moves, from);
    if (moves[from]?.includes(to) === true) {
      phase.move(to);
      expect(phase.current()).toBe(to);
    } else {
      expect(() => phase.move(to)).toThrow(`It cannot go from "${from}" to "${to}".`);
      expect(phase.current()).toBe(from);
    }
  });

  it("lead to one last phase from each of them", () => {
    const last = names.filter((name) => moves[name]?.length === 0);
    expect(last).toHaveLength(1);
    for (const name of names) {
      const reached = new Set([name]);
      for (const phase of reached) for (const next of moves[phase] ?? []) reached.add(next);
      expect(reached).toContain(last[0]);
    }
  });
});
