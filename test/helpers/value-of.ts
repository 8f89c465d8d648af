import type { Result } from "../../electron/contract/problem.ts";
import { problemSentence } from "../../electron/contract/words/english-problems.ts";

/** The value of what must have gone well; what went wrong fails the test. */
export function valueOf<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.problem.kind}: ${problemSentence(result.problem)}`);
  return result.value;
}
