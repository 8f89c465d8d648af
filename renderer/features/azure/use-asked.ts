import { useEffect, useState } from "react";
import type { Result } from "../../../electron/contract/problem.ts";
import type { Fetched } from "../../store/fetched.ts";

export type Asked<Value> = {
  readonly seen: Fetched<Value>;
  readonly askAgain: () => void;
};

/** What main answers to `ask`, for as long as a sheet is open. It is asked again when `ask` is another function. */
export function useAsked<Value>(ask: () => Promise<Result<Value>>): Asked<Value> {
  const [answered, setAnswered] = useState<{ readonly to: typeof ask; readonly seen: Fetched<Value> } | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    void ask().then((answer) => {
      if (!isWanted) return;
      const seen: Fetched<Value> = answer.ok
        ? { state: "ready", value: answer.value }
        : { state: "failed", problem: answer.problem };
      setAnswered({ to: ask, seen });
    });
    return () => {
      isWanted = false;
    };
  }, [ask, attempt]);
  return {
    seen: answered?.to === ask ? answered.seen : { state: "loading" },
    askAgain: () => {
      setAnswered(null);
      setAttempt(attempt + 1);
    },
  };
}
