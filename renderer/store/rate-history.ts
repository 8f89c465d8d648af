/** How fast a job went: items a second, by the seconds it had been worked on (so that a pause leaves no hole). */
export type RateSample = { readonly second: number; readonly rate: number };
export type RateHistory = readonly RateSample[];

export const maxRateHistory = 240;

/**
 * Adds a sample. The history always covers the whole job: the longer it gets, the further its samples stand apart, and
 * when it is full, neighbours are averaged into one. The newest sample is always its last. A sample that is not later
 * than the last one changes nothing.
 */
export function appendRate(history: RateHistory, sample: RateSample): RateHistory {
  const last = history.at(-1);
  if (last !== undefined && sample.second <= last.second) return history;
  const first = history[0] ?? sample;
  const distance = (sample.second - first.second) / (maxRateHistory / 2);
  const beforeLast = history.at(-2);
  const takesLastsPlace = beforeLast !== undefined && sample.second - beforeLast.second < distance;
  const kept = takesLastsPlace ? history.slice(0, -1) : history;
  return [...(kept.length < maxRateHistory ? kept : halve(kept)), sample];
}

function halve(history: RateHistory): RateHistory {
  const half: RateSample[] = [];
  for (let index = 0; index + 1 < history.length; index += 2) {
    const first = history[index];
    const second = history[index + 1];
    if (first === undefined || second === undefined) continue;
    half.push({ second: (first.second + second.second) / 2, rate: (first.rate + second.rate) / 2 });
  }
  return half;
}
