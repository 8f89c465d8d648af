import { describe, expect, it } from "vitest";
import { createPhase, type PhaseMoves } from "../../../electron/compute/phase.ts";
import { dispatchingMoves } from "../../../electron/jobs/dispatch/dispatching.ts";
import { slotMoves } from "../../../electron/jobs/dispatch/worker-slot.ts";
import { mergingMoves } from "../../../electron/jobs/merge/merging.ts";

const machines: Readonly<Record<string, PhaseMoves<string>>> = {
  dispatching: dispatchingMoves,
  "a worker slot": slotMoves,
  merging: mergingMoves,
};

describe.each(Object.entries(machines))("the phases of %s", (name, moves) => {
  const phases = Object.keys(moves);
  const pairs = phases.flatMap((from) => phases.map((to) => [from, to] as const));
  const legal = pairs.filter(([from, to]) => moves[from]?.includes(to));
  const illegal = pairs.filter(([from, to]) => !moves[from]?.includes(to));

  it.each(legal)("go from %s to %s", (from, to) => {
    const phase = createPhase(name, moves, from);
    phase.move(to);
    expect([phase.current(), phase.is(to)]).toEqual([to, true]);
  });

  it.each(illegal)("do not go from %s to %s, which throws and changes nothing", (from, to) => {
    const phase = createPhase(name, moves, from);
    expect(() => phase.move(to)).toThrow(`${name} cannot go from "${from}" to "${to}".`);
    expect(phase.current()).toBe(from);
  });

  it("all lead to an end", () => {
    const ends = phases.filter((phase) => moves[phase]?.length === 0);
    const leadsToEnd = new Set(ends);
    for (let before = 0; before < leadsToEnd.size; ) {
      before = leadsToEnd.size;
      for (const phase of phases) if (moves[phase]?.some((next) => leadsToEnd.has(next))) leadsToEnd.add(phase);
    }
    expect([ends.length, [...leadsToEnd].sort()]).toEqual([1, [...phases].sort()]);
  });
});

describe("the moves that must not be possible", () => {
  it.each([
    ["a worker that was given back is not used again", slotMoves, "gone", "ready"],
    ["a worker that closes its files gets nothing more to do", slotMoves, "closing", "ready"],
    ["a job that stopped gives nothing out again", dispatchingMoves, "stopped", "open"],
    ["a job that is stuck does not go on", dispatchingMoves, "stuck", "open"],
    ["files are not appended to before they are open", mergingMoves, "opening", "appending"],
    ["what ended does not begin again", mergingMoves, "ended", "opening"],
  ] as const)("%s", (_what, moves, from, to) => {
    const table: PhaseMoves<string> = moves;
    expect(table[from]).not.toContain(to);
  });
});
