// Figures as people read them, and tables of them.

const SIZES = Object.freeze(["B", "kB", "MB", "GB", "TB"]);
/** Units of time with their milliseconds, from the largest on. */
const TIMES = Object.freeze(/** @type {const} */ ([["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1_000]]));

/** A number of bytes: `1.2 MB`. @param {number} bytes */
export function size(bytes) {
  const step = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), SIZES.length - 1);
  const value = bytes / 1_000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${SIZES[step]}`;
}

/** How long ago a time was: `5 min`. @param {number} time in milliseconds since 1970 @param {number} now */
export function age(time, now) {
  const millis = Math.max(now - time, 0);
  const [unit, length] = TIMES.find(([, length]) => millis >= length) ?? ["s", 1_000];
  return `${Math.floor(millis / length)} ${unit}`;
}

/** A number with its thousands apart: `12,345`. @param {number} value */
export const count = (value) => value.toLocaleString("en");

/** A number of things: `1 entry`, `2 entries`. @param {number} value @param {string} one @param {string} more */
export const counted = (value, one, more) => `${count(value)} ${value === 1 ? one : more}`;

/** A text of another machine, without what a terminal would obey. @param {unknown} text */
export const printable = (text) => String(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");

/**
 * Lines with columns. A column of numbers stands to the right.
 *
 * @param {string[][]} rows the first one has the titles
 */
export function table(rows) {
  const [titles = []] = rows;
  const widths = titles.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const isText = titles.map((_, column) => rows.slice(1).some((row) => /^[^\d-]/.test(row[column] ?? "")));
  const line = (/** @type {string[]} */ row) =>
    row.map((cell, column) => (isText[column] ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}
