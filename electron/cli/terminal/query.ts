import { compile, type JSONValue, TreeInterpreter } from "@jmespath-community/jmespath";
import { failure, type Result, success, withFullStop } from "../../contract/problem.ts";

/** A JMESPath expression that was understood. Problem: usage/invalid when it does not fit the value. */
export type Query = (value: unknown) => Result<unknown>;

/** Also Azure's older spelling of a text in backticks: `[?status==`Completed`]`. Problem: usage/invalid. */
export function compileQuery(expression: string): Result<Query> {
  try {
    const compiled = compile(expression, { enable_legacy_literals: true });
    return success((value) => {
      try {
        return success(TreeInterpreter.search(compiled, value as JSONValue) ?? null);
      } catch (error) {
        return unusable(expression, error);
      }
    });
  } catch (error) {
    return unusable(expression, error);
  }
}

function unusable(expression: string, error: unknown): Result<never> {
  const reason = withFullStop((error as Error).message.replaceAll(/\s+/g, " ").trim());
  return failure("usage/invalid", `--query "${expression}" cannot be used: ${reason}`, "See: https://jmespath.org");
}
