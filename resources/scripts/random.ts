/**
 * Random numbers that are the same for the same seed, uniform in [0, 1). Marsaglia's xorshift on 32 bits with the shifts
 * 13, 17 and 5: good enough to draw weights and shuffle rows, on every machine alike.
 */
export function seededRandom(seed: number): () => number {
  // Never 0, from which it would not move.
  let state = (seed ^ 0x2545f491) | 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // Seeds that lie close together start alike; after some steps they no longer do.
  for (let step = 0; step < 20; step++) next();
  return next;
}

/** A copy in random order. */
export function shuffled<Entry>(entries: readonly Entry[], random: () => number): Entry[] {
  return entries
    .map((entry) => ({ entry, key: random() }))
    .sort((left, right) => left.key - right.key)
    .map(({ entry }) => entry);
}
