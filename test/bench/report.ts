/** Figures with their spread, and how they are printed. */
export type Spread = { readonly median: number; readonly least: number; readonly most: number };

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}

/** The value below which that share (0 to 1) of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** One line of the table. `goal` and `value` are texts; `met` null when the line has no goal of its own. */
export type Figure = {
  readonly name: string;
  readonly value: string;
  readonly goal: string;
  readonly met: boolean | null;
};

export function atLeast(name: string, found: Spread, goal: number, aim?: number): Figure {
  const wanted = aim === undefined ? `≥ ${goal}` : `≥ ${goal}, aim ${aim}`;
  return { name, value: shareText(found), goal: wanted, met: found.median >= goal };
}

export function atMost(name: string, found: Spread, goal: number, miniBatch = ""): Figure {
  return { name, value: `${shareText(found)}${miniBatch}`, goal: `≤ ${goal}${miniBatch}`, met: found.median <= goal };
}

export function plain(name: string, value: string): Figure {
  return { name, value, goal: "", met: null };
}

export function rateText({ median, least, most }: Spread): string {
  const text = (value: number) =>
    value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : value >= 1e3 ? `${(value / 1e3).toFixed(1)} k` : value.toFixed(1);
  return `${text(median)}/s (${text(least)} to ${text(most)})`;
}

export function shareText({ median, least, most }: Spread): string {
  const text = (value: number) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
  return least === most ? text(median) : `${text(median)} (${text(least)} to ${text(most)})`;
}

/** Markdown, so that it can be put into a note as it is. */
export function table(title: string, figures: readonly Figure[]): string {
  const mark = (figure: Figure) => (figure.met === null ? "" : figure.met ? "yes" : "**no**");
  return [
    `### ${title}`,
    "",
    "| figure | found | goal | met |",
    "|---|---|---|---|",
    ...figures.map((figure) => `| ${figure.name} | ${figure.value} | ${figure.goal} | ${mark(figure)} |`),
    "",
  ].join("\n");
}
