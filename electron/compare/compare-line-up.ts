import type { Comparison } from "../contract/messages/compare-messages.ts";
import { compareCodePoints } from "../data/listing/code-points.ts";
import type { ColumnComparison } from "./compare-columns.ts";
import type { Differences } from "./compare-differences.ts";
import type { ComparedItem } from "./compare-items.ts";

type Items = AsyncGenerator<readonly ComparedItem[], undefined>;

export type ItemCounts = Pick<
  Comparison,
  "same" | "changed" | "changed_input" | "only_in_a" | "failed_in_b" | "only_in_b" | "failed_in_a"
>;

/** Where one job is read: an item ahead of what has been compared. */
type Cursor = {
  readonly items: Items;
  block: readonly ComparedItem[];
  at: number;
  read: number;
  isAtEnd: boolean;
  /** The last file that failed whole: none of its rows was read. */
  failedFile: string | null;
};

/**
 * Walks through the items of two jobs at once, both in the same order, and notes what differs. Holds a block of each and
 * nothing more, however many there are.
 */
export async function lineUp(
  a: Items,
  b: Items,
  into: { readonly isNameIgnored: boolean; readonly columns: ColumnComparison; readonly differences: Differences },
  onProgress: (items: number) => Promise<void>,
): Promise<ItemCounts> {
  const counts = { same: 0, changed: 0, changed_input: 0, only_in_a: 0, failed_in_b: 0, only_in_b: 0, failed_in_a: 0 };
  const [left, right] = [cursorOf(a), cursorOf(b)];
  const { isNameIgnored, columns, differences } = into;

  function both(x: ComparedItem, y: ComparedItem): void {
    if (x.cells === null || y.cells === null) {
      if (x.cells !== null) onlyInA(x, true);
      else if (y.cells !== null) onlyInB({ ...y, file: x.file }, true);
      return;
    }
    const cells = columns.compare(x.cells, y.cells, x.file, x.row);
    if (cells.length === 0) {
      counts.same += 1;
      return;
    }
    counts.changed += 1;
    if (cells.some(({ isInput }) => isInput)) counts.changed_input += 1;
    for (const cell of cells) differences.addCell(x, cell);
  }

  function onlyInA(x: ComparedItem, failedInB: boolean): void {
    if (x.cells === null) return;
    counts.only_in_a += 1;
    if (failedInB) counts.failed_in_b += 1;
    differences.addItem(x, failedInB ? "failed in B" : "only in A");
  }

  function onlyInB(y: ComparedItem, failedInA: boolean): void {
    if (y.cells === null) return;
    counts.only_in_b += 1;
    if (failedInA) counts.failed_in_a += 1;
    differences.addItem(y, failedInA ? "failed in A" : "only in B");
  }

  const isFailed = (file: string, { failedFile }: Cursor) =>
    failedFile !== null && (isNameIgnored || failedFile === file);

  for (;;) {
    if (needsMore(left)) await refill(left);
    if (needsMore(right)) await refill(right);
    await onProgress(left.read + right.read);
    const x = left.block[left.at];
    const y = right.block[right.at];
    if (x === undefined && y === undefined) return counts;
    // What both blocks still hold is gone through without a pause.
    for (let one = x, other = y; one !== undefined || other !== undefined; ) {
      const order = one === undefined ? 1 : other === undefined ? -1 : compareItems(one, other, isNameIgnored);
      if (order <= 0 && one !== undefined) pass(left, one);
      if (order >= 0 && other !== undefined) pass(right, other);
      if (order === 0 && one !== undefined && other !== undefined) both(one, other);
      else if (order < 0 && one !== undefined) onlyInA(one, isFailed(one.file, right));
      else if (other !== undefined) onlyInB(other, isFailed(other.file, left));
      if (needsMore(left) || needsMore(right)) break;
      one = left.block[left.at];
      other = right.block[right.at];
    }
  }
}

function cursorOf(items: Items): Cursor {
  return { items, block: [], at: 0, read: 0, isAtEnd: false, failedFile: null };
}

function needsMore({ at, block, isAtEnd }: Cursor): boolean {
  return at === block.length && !isAtEnd;
}

/** Leaves the block empty when there are no more. */
async function refill(cursor: Cursor): Promise<void> {
  const next = await cursor.items.next();
  cursor.block = next.value ?? [];
  cursor.isAtEnd = next.done === true;
  cursor.at = 0;
  cursor.read += cursor.block.length;
}

function pass(cursor: Cursor, { file, row, cells }: ComparedItem): void {
  cursor.at += 1;
  if (row === 0 && cells === null) cursor.failedFile = file;
}

function compareItems(one: ComparedItem, other: ComparedItem, isNameIgnored: boolean): number {
  if (!isNameIgnored && one.file !== other.file) return compareCodePoints(one.file, other.file);
  return one.row - other.row;
}
