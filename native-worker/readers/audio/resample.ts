/** Zero crossings of the sinc on each side, and how much of the band below the lower rate's half is kept, as torchaudio has them. */
const crossings = 6;
const rolloff = 0.99;

/** One filter a phase of the output: what the samples from `first` on, counted from the phase's step of the input, are weighed by. */
type Filter = { readonly first: number; readonly weights: Float64Array };

/** Rates without their common divisor, and a filter for each of the `to` outputs that `from` samples become. */
type Filters = { readonly from: number; readonly to: number; readonly filters: readonly Filter[] };

/** Files of a folder have few rates between them. */
const kept = new Map<string, Filters>();
const mostKept = 4;

/** How many samples come out of so many. */
export function resampledLength(length: number, from: number, to: number): number {
  return Math.ceil((length * to) / from);
}

/**
 * Sound at another rate: a sinc in a Hann window, which is what torchaudio.functional.resample does unless told otherwise. `most`:
 * no more of it than that many samples.
 */
export function resample(samples: Float32Array, from: number, to: number, most: number): Float32Array {
  if (from === to) return samples.subarray(0, most);
  const { from: step, to: phases, filters } = filtersOf(from, to);
  const result = new Float32Array(Math.min(most, resampledLength(samples.length, from, to)));
  for (let index = 0; index < result.length; index++) {
    const { first, weights } = filters[index % phases] as Filter;
    const start = Math.floor(index / phases) * step + first;
    const end = Math.min(weights.length, samples.length - start);
    let sum = 0;
    for (let tap = Math.max(0, -start); tap < end; tap++) {
      sum += (weights[tap] as number) * (samples[start + tap] as number);
    }
    result[index] = sum;
  }
  return result;
}

function filtersOf(from: number, to: number): Filters {
  const key = `${from}:${to}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= mostKept) kept.clear();
  const divisor = greatestDivisor(from, to);
  const [step, phases] = [from / divisor, to / divisor];
  const filters = Array.from({ length: phases }, (_, phase) => filterOf(phase, step, phases));
  const made = { from: step, to: phases, filters };
  kept.set(key, made);
  return made;
}

function filterOf(phase: number, step: number, phases: number): Filter {
  const band = Math.min(step, phases) * rolloff;
  const reach = (crossings * step) / band;
  const centre = (phase * step) / phases;
  const first = Math.ceil(centre - reach);
  const weights = new Float64Array(Math.floor(centre + reach) - first + 1);
  for (let tap = 0; tap < weights.length; tap++) {
    const time = ((first + tap) / step - phase / phases) * band;
    const angle = time * Math.PI;
    const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
    weights[tap] = sinc * Math.cos(angle / crossings / 2) ** 2 * (band / step);
  }
  return { first, weights };
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}
