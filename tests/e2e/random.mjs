// Random numbers that a seed decides, so that a failure can be played again.

/** Numbers below `below` that follow from `seed`: mulberry32. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Numbers from 0 up to 1, without 1, that follow from `seed`. */
export function fractionsFrom(seed) {
  const random = randomFrom(seed);
  return () => random(2 ** 32) / 2 ** 32;
}
