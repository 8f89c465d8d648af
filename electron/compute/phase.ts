/** A state machine as a table: which phases may follow each phase. */
export type PhaseMoves<Phase extends string> = Readonly<Record<Phase, readonly Phase[]>>;

/** The phase that something is in. There is one way to change it, and a move that is not in the table throws. */
export type PhaseOf<Phase extends string> = {
  readonly is: (phase: Phase) => boolean;
  readonly current: () => Phase;
  readonly move: (to: Phase) => void;
};

/** @param owner Whose phase it is, for the message of the exception. */
export function createPhase<Phase extends string>(
  owner: string,
  moves: PhaseMoves<Phase>,
  first: NoInfer<Phase>,
): PhaseOf<Phase> {
  let phase: Phase = first;
  return {
    is: (other) => phase === other,
    current: () => phase,
    move(to) {
      if (!moves[phase].includes(to)) throw new Error(`${owner} cannot go from "${phase}" to "${to}".`);
      phase = to;
    },
  };
}
