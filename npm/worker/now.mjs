/** Milliseconds since 1970. Unlike those of `Date` they never go back. */
export function now() {
  return Math.round(performance.timeOrigin + performance.now());
}
