// The bytes of an export as whole lines, and whether they are all of it.
import { Failure } from "./failure.mjs";
import { printable } from "./readable.mjs";

const LINE_BREAK = 10;

/** The kinds of entries that a hub removes on its own. */
const KINDS = /** @type {const} */ (["publications", "subscriptions", "closings"]);

/**
 * The first line of an export: docs/operations.md has the format.
 *
 * @typedef {object} Header
 * @property {number} version
 * @property {string} hub
 * @property {string | null} places
 * @property {number} after
 * @property {number} until
 * @property {Record<"publications" | "subscriptions" | "closings", number>} removed
 */

/** Reads an export. */
export class ExportLines {
  /** @type {Buffer[]} */
  #rest = [];
  /** @type {Buffer | undefined} */
  #last;
  /** @type {Header | undefined} */
  #header;
  /** @type {string | undefined} */
  #error;
  /** Entries so far. */
  count = 0;

  /**
   * The entries that are whole with these bytes.
   *
   * @param {Uint8Array} chunk
   * @returns {Buffer}
   */
  take(chunk) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = bytes.lastIndexOf(LINE_BREAK) + 1;
    if (end > 0) {
      const lines = this.#entries(Buffer.concat([...this.#rest, bytes.subarray(0, end)]));
      this.#rest = end < bytes.length ? [bytes.subarray(end)] : [];
      return lines;
    }
    this.#rest.push(bytes);
    return Buffer.alloc(0);
  }

  /** Takes the header from the beginning, and an error from the end. @param {Buffer} lines */
  #entries(lines) {
    let from = 0;
    if (this.#header === undefined) {
      from = lines.indexOf(LINE_BREAK) + 1;
      this.#header = readHeader(lines.subarray(0, from).toString());
    }
    if (from === lines.length) return Buffer.alloc(0);
    const last = lines.lastIndexOf(LINE_BREAK, lines.length - 2) + 1;
    const isError = lines.toString("latin1", last, last + ERROR.length) === ERROR;
    if (isError) this.#error = JSON.parse(lines.subarray(last).toString()).error?.detail ?? "no reason given";
    const entries = lines.subarray(from, isError ? last : lines.length);
    if (entries.length > 0) this.#last = entries.subarray(entries.lastIndexOf(LINE_BREAK, entries.length - 2) + 1);
    for (let at = entries.indexOf(LINE_BREAK); at >= 0; at = entries.indexOf(LINE_BREAK, at + 1)) this.count += 1;
    return entries;
  }

  /** What its first line says; undefined before it has come. */
  get header() {
    return this.#header;
  }

  /** The place of the last entry that has come whole. */
  get reached() {
    if (this.#last !== undefined) return sequenceIn(this.#last.toString());
    return this.#header?.after ?? 0;
  }

  /** Why an export is not whole, now that it has ended; undefined if it is. */
  get flaw() {
    if (this.#error !== undefined) return `the hub could not go on: ${printable(this.#error)}`;
    if (this.#header === undefined) return "it ended before its first line";
    const { until, removed } = this.#header;
    const reached = Math.max(this.reached, ...KINDS.map((kind) => removed[kind]));
    if (this.#rest.length === 0 && reached >= until) return undefined;
    return `it ended at the entry ${this.reached} of ${until}`;
  }
}

/** How the line begins that says why an export could not go on. */
const ERROR = '{"error"';

/** @param {string} line */
export function readHeader(line) {
  const { millstream: header } = members(line) ?? {};
  const numbers = [header?.after, header?.until, ...KINDS.map((kind) => header?.removed?.[kind])];
  if (header?.version === 1 && numbers.every(Number.isSafeInteger)) return /** @type {Header} */ (header);
  throw new Failure("the first line is not the header of an export of version 1");
}

/** The place of an entry. @param {string} line */
export function sequenceIn(line) {
  const { sequence } = members(line) ?? {};
  if (Number.isSafeInteger(sequence)) return /** @type {number} */ (sequence);
  throw new Failure("a line of the export is no entry with a sequence");
}

/** @param {string} line @returns {any} */
function members(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Why the rest of a hub does not belong behind the part of an earlier export.
 *
 * @param {{ header: Header, reached: number }} part
 * @param {Header} rest
 * @returns {string | undefined}
 */
export function mismatch({ header, reached }, rest) {
  if (rest.places !== header.places) return "it is of another hub, or this one was deleted meanwhile";
  if (rest.after !== reached) return `it begins behind the entry ${rest.after}, and not ${reached}`;
  const gone = KINDS.find((kind) => rest.removed[kind] > Math.max(header.removed[kind], reached));
  if (gone !== undefined) return `the hub has removed ${gone} up to ${rest.removed[gone]} meanwhile, and the file ends at ${reached}`;
  return undefined;
}
