export type TableColumn = {
  readonly name: string;
  /** Which of a row's cells it shows. */
  readonly place: number;
  /** Pixels; a `grow` column takes what is left as well. */
  readonly width: number;
  readonly grow: boolean;
  readonly numeric: boolean;
};

const narrowest = 64;
const widest = 320;
const widestGrowing = 480;
const pixelsPerCharacter = 6.8;
const padding = 26;

/** Columns wide enough for their names and first values, numbers to the right. */
export function fitColumns(
  columns: readonly Pick<TableColumn, "name" | "place" | "grow">[],
  rows: readonly (readonly string[])[],
): readonly TableColumn[] {
  return columns.map(({ name, place, grow }) => {
    const values = rows.map((row) => row[place] ?? "");
    const longest = values.reduce((length, value) => Math.max(length, value.length), name.length);
    const filled = values.filter((value) => value !== "");
    const most = grow ? widestGrowing : widest;
    return {
      name,
      place,
      width: Math.round(Math.min(most, Math.max(narrowest, longest * pixelsPerCharacter + padding))),
      grow,
      numeric: filled.length > 0 && filled.every((value) => Number.isFinite(Number(value))),
    };
  });
}
