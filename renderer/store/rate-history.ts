/** How fast a job went: items a second, by the seconds it had been worked on (so that a pause leaves no hole). */
export type RateSample = { readonly second: number; readonly rate: number };
export type RateHistory = readonly RateSample[];

export const longestRateHistory = 240;

/**
 * Adds a sample. When the history is full, neighbours are averaged into one: it always covers the whole job, at half
 * the detail each time. A sample that is not later than the last one changes nothing.
 */
export function appendRate(history: RateHistory, sample: RateSample): RateHistory {
  const last = history.at(-1);
  if (last !== undefined && sample.second <= last.second) return history;
  const kept = history.length < longestRateHistory ? history : halve(history);
  return [...kept, sample];
}

function halve(history: RateHistory): RateHistory {
  const half: RateSample[] = [];
  for (let index = 0; index + 1 < history.length; index += 2) {
    const first = history[index];
    const second = history[index + 1];
    if (first === undefined || second === undefined) continue;
    half.push({ second: second.second, rate: (first.rate + second.rate) / 2 });
  }
  return half;
}
