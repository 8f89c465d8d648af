import { distance } from "fastest-levenshtein";

/** The known word that was most likely meant; null when none is close. */
export function nearest(typed: string, known: readonly string[]): string | null {
  const word = typed.toLowerCase();
  const [best] = known
    .map((one) => ({ one, apart: distance(word, one) }))
    .filter(({ one, apart }) => apart <= Math.max(1, Math.floor(Math.min(word.length, one.length) / 3)))
    .sort((a, b) => a.apart - b.apart);
  return best?.one ?? null;
}
