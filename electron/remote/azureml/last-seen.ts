import type * as z from "zod";
import type { Seen } from "../../contract/views/azure.ts";
import { type Result, success } from "../../contract/problem.ts";
import type { AzureRepository } from "../../registry/azure/azure.repository.ts";

/** What Azure answered last, kept for the time that it cannot be reached. */
export type LastSeen = {
  /**
   * Asks, and keeps the answer; while Azure cannot be reached, what is kept of `address` instead. An answer that refuses is an
   * answer: what was seen before is not shown over it.
   */
  readonly one: <View>(
    address: string,
    schema: z.ZodType<View>,
    ask: () => Promise<Result<View>>,
  ) => Promise<Result<Seen<View>>>;
  /** The same of a list, of which at most `most` are asked for. */
  readonly list: <View>(
    address: string,
    schema: z.ZodType<readonly View[]>,
    most: number | null,
    ask: () => Promise<Result<{ readonly items: readonly View[]; readonly unreadable: number }>>,
  ) => Promise<Result<Seen<readonly View[]>>>;
  /** What is kept of addresses that begin so is not shown any more: it is being changed. */
  readonly forget: (address: string) => void;
};

/** The part of the registry that keeps answers. */
export type KeptAnswers = Pick<AzureRepository, "answer" | "keepAnswer" | "forgetAnswersBelow">;

/** Characters of JSON; what is longer is not worth the room. */
const longestAnswer = 4_000_000;

/** `account`: whose answers they are. */
export function createLastSeen(answers: KeptAnswers, account: string): LastSeen {
  function keep(address: string, answer: unknown): void {
    if (JSON.stringify(answer).length <= longestAnswer) answers.keepAnswer({ account, address }, answer);
  }

  function recall<View>(
    address: string,
    schema: z.ZodType<View>,
    asked: Extract<Result<unknown>, { ok: false }>,
  ): Result<Seen<View>> {
    if (asked.problem.code !== "azure/unreachable") return asked;
    const kept = answers.answer({ account, address });
    const view = schema.safeParse(kept?.answer);
    // An earlier version of Batchdeck kept it in another shape.
    if (kept === null || !view.success) return asked;
    return success({ view: view.data, offline: { seenAt: kept.seenAt, problem: asked.problem }, unreadable: 0 });
  }

  return {
    forget: (address) => answers.forgetAnswersBelow({ account, address }),
    async one(address, schema, ask) {
      const asked = await ask();
      if (!asked.ok) return recall(address, schema, asked);
      keep(address, asked.value);
      return success({ view: asked.value, offline: null, unreadable: 0 });
    },
    async list(address, schema, most, ask) {
      const asked = await ask();
      if (!asked.ok) {
        const recalled = recall(address, schema, asked);
        if (!recalled.ok || most === null) return recalled;
        return success({ ...recalled.value, view: recalled.value.view.slice(0, most) });
      }
      const { items, unreadable } = asked.value;
      // The beginning of a list would later be taken for all of it.
      if (most === null || items.length < most) keep(address, items);
      return success({ view: items, offline: null, unreadable });
    },
  };
}
