/**
 * Softmax over each row of `width` values, computed in float64 and kept in the type it came in. The greatest value is
 * subtracted first, so that nothing overflows.
 */
export function softmaxRows<Values extends Float32Array | Float64Array>(
  values: Values,
  rows: number,
  width: number,
): Values {
  const result = values.slice() as Values;
  for (let first = 0; first < rows * width; first += width) {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let index = first; index < first + width; index++) greatest = Math.max(greatest, values[index] as number);
    let sum = 0;
    for (let index = first; index < first + width; index++) sum += Math.exp((values[index] as number) - greatest);
    for (let index = first; index < first + width; index++) {
      result[index] = Math.exp((values[index] as number) - greatest) / sum;
    }
  }
  return result;
}

/**
 * The indices of the `best` greatest values of each row, best first: `rows × best` of them. Equal values keep their
 * order; NaN is less than everything.
 */
export function bestFirst(values: ArrayLike<number | bigint>, rows: number, width: number, best: number): Uint32Array {
  const ranks = new Uint32Array(rows * best);
  for (let row = 0; row < rows; row++) {
    const first = row * width;
    const place = row * best;
    let found = 0;
    for (let index = 0; index < width; index++) {
      const value = values[first + index] as number;
      // Comparing with NaN is false both ways, so NaN moves behind by asking whether the other one is a number.
      const beats = (other: number) => value > other || (Number.isNaN(other) && !Number.isNaN(value));
      if (found === best && !beats(values[first + (ranks[place + best - 1] as number)] as number)) continue;
      let at = found < best ? found : best - 1;
      while (at > 0 && beats(values[first + (ranks[place + at - 1] as number)] as number)) {
        ranks[place + at] = ranks[place + at - 1] as number;
        at--;
      }
      ranks[place + at] = index;
      if (found < best) found++;
    }
  }
  return ranks;
}

/** Each row divided by its Euclidean length, or by 1e-12 when that is less. */
export function normalizedRows<Values extends Float32Array | Float64Array>(
  values: Values,
  rows: number,
  width: number,
): Values {
  const result = values.slice() as Values;
  for (let first = 0; first < rows * width; first += width) {
    let squares = 0;
    for (let index = first; index < first + width; index++) squares += (values[index] as number) ** 2;
    const length = Math.max(Math.sqrt(squares), 1e-12);
    for (let index = first; index < first + width; index++) result[index] = (values[index] as number) / length;
  }
  return result;
}
