/**
 * Does for many at once what costs as much for one: what is added while a group is worked on makes the next group. `work` gives
 * one answer an item, in their order.
 */
export function grouped<Item, Answer>(
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer> {
  let waiting: Item[] = [];
  let next: Promise<readonly Answer[]> | null = null;
  let last: Promise<unknown> = Promise.resolve();

  function begin(): Promise<readonly Answer[]> {
    const items = waiting;
    waiting = [];
    next = null;
    return work(items);
  }

  return async (item) => {
    const place = waiting.push(item) - 1;
    if (next === null) {
      next = last.then(begin);
      last = next.catch(() => undefined);
    }
    const answers = await next;
    return answers[place] as Answer;
  };
}
