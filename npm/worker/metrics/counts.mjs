// What is counted in JavaScript, for each hub or object of an isolate.
import { BoundedMap } from "../bounded_map.mjs";

/**
 * A figure with its stem and the values of its labels ahead.
 *
 * @typedef {(string | number)[]} Row
 */

/** Counts by their owner, each as a row: its stem, the values of its labels, and a number. */
export class Counts {
  /**
   * The owners in the order in which they were counted first, and their rows by all but the number.
   *
   * @type {BoundedMap<string, Map<string, Row>>}
   */
  #byOwner;

  /** Beyond `most` owners the one that was counted first is forgotten. */
  constructor(/** @type {number} */ most) {
    this.#byOwner = new BoundedMap(most);
  }

  /**
   * Adds rows to those of an owner.
   *
   * @param {string} owner
   * @param {Row[]} rows
   */
  add(owner, rows) {
    let own = this.#byOwner.get(owner);
    if (own === undefined) {
      own = new Map();
      this.#byOwner.set(owner, own);
    }
    for (const row of rows) {
      const [label, number] = [row.slice(0, -1), Number(row.at(-1))];
      const key = label.join("\n");
      own.set(key, [...label, Number(own.get(key)?.at(-1) ?? 0) + number]);
    }
  }

  /** The rows of an owner. */
  of(/** @type {string} */ owner) {
    return [...(this.#byOwner.get(owner)?.values() ?? [])];
  }

  /**
   * Hands the rows of an owner to somebody who counts them from now on. What does not arrive is counted here again.
   *
   * @template T
   * @param {string} owner
   * @param {(rows: Row[] | undefined) => Promise<T>} send without rows if there are none
   * @returns {Promise<T>}
   */
  async handTo(owner, send) {
    const rows = this.#byOwner.has(owner) ? this.of(owner) : undefined;
    this.#byOwner.delete(owner);
    try {
      return await send(rows);
    } catch (error) {
      if (rows !== undefined) this.add(owner, rows);
      throw error;
    }
  }
}

/** Hubs of which a door keeps counts until one of their requests is let in. */
const HUBS_OF_DOOR = 256;
/** Objects of an isolate whose counts are kept. */
const OBJECTS = 10_000;

/** What the door of this isolate has counted since a request to the hub was last let in: refusals, tokens, key sets. */
export const doorCounts = new Counts(HUBS_OF_DOOR);

/** What was counted for an object in all of its lives in this isolate, by its id: its lives, and what the doors have told it. */
export const objectCounts = new Counts(OBJECTS);

/** What a door may count. */
const OF_DOOR = ["refused", "tokens", "key sets"];

/** The rows that a door has told an object. What is none is left out: a Worker of the application may say anything. */
export function readRows(/** @type {unknown} */ text) {
  /** @type {unknown} */
  let rows;
  try {
    rows = JSON.parse(String(text));
  } catch {
    return [];
  }
  return Array.isArray(rows) ? rows.filter(isRow) : [];
}

function isRow(/** @type {unknown} */ row) {
  if (!Array.isArray(row) || row.length < 2 || row.length > 4 || !OF_DOOR.includes(row[0])) return false;
  const count = row.at(-1);
  return Number.isSafeInteger(count) && count >= 0 && row.slice(1, -1).every((label) => typeof label === "string" && label.length <= 64);
}
