// What a hub tells of itself: its figures, and what is counted in JavaScript.
import { FIGURES } from "./figures.mjs";

/** @import { Row } from "./counts.mjs" */

/**
 * A report. `list` says which list of names the figures have: a hub that another version has reported is not read.
 *
 * @typedef {object} Report
 * @property {number} list
 * @property {number[]} figures in the order of `FIGURES`
 * @property {Row[]} rows
 */

/** A number for the list of names: FNV-1a over them. */
const LIST = [...FIGURES.join("\n")].reduce((hash, character) => Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0, 0x811c9dc5);

/**
 * @param {number[]} figures
 * @param {Row[]} rows
 * @returns {Report}
 */
export function reportOf(figures, rows) {
  return { list: LIST, figures, rows };
}

/** Whether this version can read the report. */
export function isReadable(/** @type {Report} */ { list }) {
  return list === LIST;
}

/**
 * A hub in the index, with its last report.
 *
 * @typedef {{ name: string, time: number, report: Report | null }} Reported
 */

/**
 * The reports in a stream of the index: a line of JSON for each.
 *
 * @param {ReadableStream<Uint8Array>} lines
 */
export async function reportsIn(lines) {
  /** @type {Reported[]} */
  const reported = [];
  let rest = "";
  // A TypeScript declaration of the runtime knows no stream of text that can be iterated.
  for await (const text of /** @type {any} */ (lines.pipeThrough(new TextDecoderStream()))) {
    const whole = (rest + text).split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) {
      const { name, time, figures } = JSON.parse(line);
      reported.push({ name, time, report: figures });
    }
  }
  return reported;
}
