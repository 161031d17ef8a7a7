// Figures of several rounds.

/** The middle value, or the mean of the two in the middle; undefined when there is none. */
export function median(values) {
  const sorted = known(values).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return undefined;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median, the least and the greatest; undefined when there is no value. */
export function summary(values) {
  const numbers = known(values);
  if (numbers.length === 0) return undefined;
  return { median: median(numbers), least: Math.min(...numbers), greatest: Math.max(...numbers) };
}

/** A quotient; undefined if a value is missing or the result is no finite number. */
export function ratio(dividend, divisor) {
  const quotient = dividend / divisor;
  return Number.isFinite(quotient) ? quotient : undefined;
}

/** The numbers among the values. */
function known(values) {
  return values.filter(Number.isFinite);
}
