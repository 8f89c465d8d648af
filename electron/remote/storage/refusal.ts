import type { Problem } from "../../contract/problem.ts";

/** Thrown to get out of a request, which the library behind it would take for a fault of the network's: it is not tried again. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.kind);
    this.problem = problem;
  }
}
