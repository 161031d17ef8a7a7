// What the leading tab has told: a bounded log, in which other tabs find their cursors.

/** @import { Gap, Update } from "../types.d.ts" */

/** An update as it came. Each tab makes the data of the text. @typedef {Omit<Update, "data">} Told */

/**
 * One step of a stream. It moves the cursor, and may bring an update or tell a gap.
 *
 * @typedef {{ readonly cursor: string, readonly update?: Told, readonly gap?: Gap }} Entry
 */

/** A part of a log: entries, and the number of the one before the first of them. @typedef {{ after: number, entries: Entry[] }} Part */

/** A tab that is further behind has a stream of its own until it has caught up. */
const MOST_ENTRIES = 1_000;
/** In characters; the largest update of a hub has a million. */
const MOST_WEIGHT = 2_000_000;
/** The ids, the names of the members and so on, in characters. */
const ENTRY_WEIGHT = 100;

/** The size of an entry in characters, roughly. */
export function weightOf(/** @type {Entry} */ { cursor, update }) {
  const topics = update?.topics?.reduce((sum, topic) => sum + topic.length, 0) ?? 0;
  return ENTRY_WEIGHT + cursor.length + (update?.text.length ?? 0) + topics;
}

/** Entries with numbers: the first one that is appended has the number 1. */
export class Log {
  /** @type {Entry[]} */
  #entries = [];
  #weight = 0;
  /** The number of the last entry that was given up, and the cursor behind it. */
  #before;

  /** @param {string} from the cursor that the log begins behind */
  constructor(from) {
    this.#before = { number: 0, cursor: from };
  }

  /** The number of the last entry. */
  get last() {
    return this.#before.number + this.#entries.length;
  }

  /** The cursor behind the last entry. */
  get cursor() {
    return this.#entries.at(-1)?.cursor ?? this.#before.cursor;
  }

  /** Every cursor that can be found. */
  get cursors() {
    return [this.#before.cursor, ...this.#entries.map(({ cursor }) => cursor)];
  }

  /**
   * Appends an entry, and returns its number.
   *
   * @param {Entry} entry
   */
  append(entry) {
    this.#entries.push(entry);
    this.#weight += weightOf(entry);
    while (this.#entries.length > MOST_ENTRIES || this.#weight > MOST_WEIGHT) this.#giveUpOldest();
    return this.last;
  }

  /**
   * What came behind a cursor, or undefined if the log does not know it. No cursor at all is where the log ends.
   *
   * @param {string} cursor
   * @returns {Part | undefined}
   */
  behind(cursor) {
    const place = cursor === "" ? this.#entries.length : this.cursors.lastIndexOf(cursor);
    return place < 0 ? undefined : { after: this.#before.number + place, entries: this.#entries.slice(place) };
  }

  #giveUpOldest() {
    const oldest = /** @type {Entry} */ (this.#entries.shift());
    this.#weight -= weightOf(oldest);
    this.#before = { number: this.#before.number + 1, cursor: oldest.cursor };
  }
}
