import type { Unit } from "../../contract/nouns/unit.ts";

/** How a log line names a mini-batch: "mini-batch 3 (a.csv and 9 more)". Mini-batches are counted from 1. */
export function unitPlace(unit: Unit): string {
  const more = unit.parts.length - 1;
  return `mini-batch ${unit.id + 1} (${unit.parts[0]?.file ?? ""}${more === 0 ? "" : ` and ${more} more`})`;
}

/** How a log line names an item of a mini-batch: "a.csv, item 12 of the file". `item` counts within the unit, from 0. */
export function itemPlace(unit: Unit, item: number): string {
  let firstItem = 0;
  for (const part of unit.parts) {
    if (item < firstItem + part.items) {
      return part.items === 1 ? part.file : `${part.file}, row ${part.firstRow + item - firstItem}`;
    }
    firstItem += part.items;
  }
  return unitPlace(unit);
}
