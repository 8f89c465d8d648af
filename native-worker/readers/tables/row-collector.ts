import type { ItemErrorCode } from "../../../electron/contract/item-error.ts";
import { columnName } from "../../../electron/contract/tables/column-names.ts";
import {
  inputWidth,
  type TabularScorer,
  vectorShape,
} from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import type { InputValues, ItemFailure, TabularBlock } from "../block.ts";
import { allocateValues } from "../input-values.ts";
import {
  type Converter,
  createConverter,
  createMissingNumberCheck,
  createTypeCheck,
  storeText,
} from "./cell-converters.ts";
import { type ConstantCells, createConstantCells } from "./constant-cells.ts";
import { createKeptCells } from "./kept-cells.ts";
import { createVectorConverter } from "./vector-cells.ts";
import { columnsOf, createSources, isCheckedType } from "./row-sources.ts";
import type { KeptCells } from "./kept-cells.ts";
import type { CellFault, DirectRows, RowSources } from "./row-sources.ts";

/** Collects the rows of a block. Its arrays are used again for the next one. */
export type RowCollector = {
  readonly sources: RowSources;
  readonly direct: DirectRows;
  readonly constants: ConstantCells;
  /** Rows of the block so far. */
  readonly rowCount: () => number;
  readonly capacity: number;
  /** Starts a block whose first record is item `firstItem` of the part, row `firstRow` of the file. */
  readonly start: (firstItem: number, firstRow: number) => void;
  /** Counts rows in that were put into the block by the short way: consecutive items, the first of them `item`. */
  readonly addDirect: (item: number, count: number) => void;
  /** Takes the row that stands in `sources`; null when it converted, else what is wrong with which source. */
  readonly take: (item: number) => CellFault | null;
  readonly fail: (item: number, code: ItemErrorCode, message: string, value: string) => void;
  /** The block so far; `records` counts every record in it, failed and left out ones included. */
  readonly finish: (records: number) => TabularBlock;
};

/**
 * A collector for a scorer whose inputs all have columns. `capacity`: records in a block, at most.
 */
export function createRowCollector(scorer: TabularScorer, capacity: number): RowCollector {
  const sources = createSources(scorer);
  const floats = new Float32Array(capacity * floatColumns(scorer));
  let floatsUsed = 0;
  const inputs = scorer.inputs.map((input) => {
    const place = floatsUsed;
    if (isPlainFloat(input)) floatsUsed += capacity * inputWidth(input);
    return takenInput(input, sources, capacity, floats.subarray(place, floatsUsed), place);
  });
  const hasNumberWords = sources.missingWords.numbers.size > 0;
  const checks = sources.types.flatMap((type, source) =>
    isCheckedType(type)
      ? [createTypeCheck(type, sources, source)]
      : hasNumberWords && sources.needsNumber[source]
        ? [createMissingNumberCheck(sources, source)]
        : [],
  );
  const stores: readonly Converter[] = [...checks, ...inputs.map((input) => input.store)];
  const keep = scorer.keep.map((name) => {
    const source = sources.names.indexOf(columnName(name));
    const cells = createKeptCells(capacity);
    return { source, cells, store: (row: number) => storeText(sources, source, cells, row) };
  });

  // An input's columns have a short way when nothing else wants them as numbers.
  const places = new Int32Array(sources.names.length).fill(-1);
  const strides = new Int32Array(sources.names.length);
  const uses = new Uint32Array(sources.names.length);
  for (const { columns } of inputs) for (const source of columns) uses[source] = (uses[source] as number) + 1;
  const rest: Converter[] = stores.slice(0, checks.length);
  for (const { isPlain, columns, width, place, store } of inputs) {
    if (
      !isPlain ||
      hasNumberWords ||
      columns.some((source) => uses[source] !== 1 || isCheckedType(sources.types[source] ?? null))
    ) {
      rest.push(store);
      continue;
    }
    for (const [index, source] of columns.entries()) {
      places[source] = place + index;
      strides[source] = width;
    }
  }
  const kept: (KeptCells | null)[] = sources.names.map(() => null);
  for (const { source, cells, store } of keep) {
    if (kept[source] === null) kept[source] = cells;
    else rest.push(store);
  }
  const takeRest = (row: number): boolean => {
    for (let index = 0; index < rest.length; index++) if ((rest[index] as Converter)(row) !== null) return false;
    return true;
  };
  const direct = { values: floats, places, strides, kept, takeRest: rest.length === 0 ? null : takeRest };

  const constants = createConstantCells(sources, direct);

  const itemOf = new Uint32Array(capacity);
  const rowNumbers = new Uint32Array(capacity);
  let firstItem = 0;
  let rowOfFirst = 1;
  let rows = 0;
  let failures: ItemFailure[] = [];

  return {
    sources,
    direct,
    constants,
    capacity,
    rowCount: () => rows,
    start(item, row) {
      firstItem = item;
      rowOfFirst = row;
      rows = 0;
      failures = [];
    },
    addDirect(item, count) {
      for (let index = 0; index < count; index++) {
        itemOf[rows + index] = item + index;
        rowNumbers[rows + index] = rowOfFirst + (item + index - firstItem);
      }
      constants.fill(rows, rows + count);
      rows += count;
    },
    take(item) {
      const wrong = constants.fault();
      if (wrong !== null) return wrong;
      for (let index = 0; index < stores.length; index++) {
        const fault = (stores[index] as Converter)(rows);
        if (fault !== null) return fault;
      }
      for (let index = 0; index < keep.length; index++) {
        const fault = (keep[index] as (typeof keep)[number]).store(rows);
        if (fault !== null) return fault;
      }
      itemOf[rows] = item;
      rowNumbers[rows] = rowOfFirst + (item - firstItem);
      rows += 1;
      return null;
    },
    fail(item, code, message, value) {
      const stage = code.startsWith("cell-") || code === "signature-mismatch" ? "preprocess" : "read";
      failures.push({ item, row: rowOfFirst + (item - firstItem), stage, code, message, value });
    },
    finish: (records) => ({
      firstItem,
      records,
      rows,
      inputs: inputs.map(({ values, width }) => firstValues(values, rows * width)),
      itemOf: itemOf.subarray(0, rows),
      rowNumbers: rowNumbers.subarray(0, rows),
      keep: keep.map(({ cells }) => ({ bytes: cells.bytes, starts: cells.starts, ends: cells.ends })),
      failures,
    }),
  };
}

/** How one input is taken: into its piece of `floats`, which begins at `place`, or into values of its own. */
function takenInput(
  input: TabularScorer["inputs"][number],
  sources: RowSources,
  capacity: number,
  floats: Float32Array,
  place: number,
) {
  const { type, vector } = input;
  const columns = Uint32Array.from(columnsOf(input), (name) => sources.names.indexOf(columnName(name)));
  const width = inputWidth(input);
  const isPlain = isPlainFloat(input);
  const values = isPlain ? floats : allocateValues(type, capacity * width);
  const store =
    vector === undefined
      ? createConverter(type, columns, values, sources)
      : createVectorConverter(type, columns[0] as number, vectorShape(vector), values, sources);
  return { isPlain, columns, width, place, values, store };
}

function floatColumns(scorer: TabularScorer): number {
  return scorer.inputs.reduce((sum, input) => sum + (isPlainFloat(input) ? columnsOf(input).length : 0), 0);
}

function isPlainFloat({ type, vector }: TabularScorer["inputs"][number]): boolean {
  return type === "float32" && vector === undefined;
}

function firstValues(values: InputValues, length: number): InputValues {
  // An array of texts is handed over whole, so that it may be kept.
  return Array.isArray(values) ? values.slice(0, length) : values.subarray(0, length);
}
