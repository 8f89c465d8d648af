import { type Failure, failure } from "../../contract/problem.ts";

/** Nothing here fetches from that address, which is given without keys. Problem: input/needs-download. */
export function cannotFetch(address: string): Failure {
  return failure("input/needs-download", { address });
}
