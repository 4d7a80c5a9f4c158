// Random numbers that repeat from a seed, so that an example is the same on every machine.

/** A generator of numbers in [0, 1) (the mulberry32 recurrence). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A nucleotide sequence with `count` letters replaced by another one, at different places. */
export function pointChanges(sequence, count, seed) {
  const random = seeded(seed);
  const letters = [...sequence.toUpperCase()];
  const places = new Set();
  while (places.size < Math.min(count, letters.length)) {
    places.add(Math.floor(random() * letters.length));
  }
  for (const place of places) {
    const others = [...'ACGT'].filter((base) => base !== letters[place]);
    letters[place] = others[Math.floor(random() * others.length)];
  }
  return letters.join('');
}
