// The log of a hub as its object stores it: src/worker/schema.rs. What is read here is only exported.
import { fieldsOf } from "./stored_event.mjs";

/** Entries in one page, and bytes of events after which it takes no further one: src/base/limits/pace.rs. */
const PAGE_ENTRIES = 256;
const PAGE_BYTES = 262_144;

/**
 * An entry of the log: an update, or the closing of a topic.
 *
 * @typedef {object} Entry
 * @property {number} sequence
 * @property {number} time when it was accepted
 * @property {string} [id]
 * @property {"hub"} [idOf]
 * @property {"subscription"} [kind]
 * @property {string[]} topic
 * @property {string} [type]
 * @property {number} [retry]
 * @property {string} [data]
 * @property {"done" | "broken"} [close]
 * @property {true} [private]
 */

/**
 * The newest entry of each kind that is removed, or 0.
 *
 * @typedef {{ publications: number, subscriptions: number, closings: number }} Removed
 */

/** The kinds of entries, in the order in which the hub counts them: src/log/kind.rs. */
export const KINDS = /** @type {const} */ (["publications", "subscriptions", "closings"]);

const UPDATES = `SELECT sequence, id, topics, private, event, accepted, subscription, id_of_hub
  FROM updates WHERE sequence > ? AND sequence <= ? ORDER BY sequence`;
const CLOSINGS = `SELECT sequence, topic, private, accepted, end_reason
  FROM closings WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ${PAGE_ENTRIES}`;
/** `previous` is null in rows from before the hub had more than one kind. */
const BEFORE_OLDEST = {
  publications: "SELECT coalesce(previous, sequence - 1) FROM updates WHERE subscription IS NOT 1 ORDER BY sequence LIMIT 1",
  subscriptions: "SELECT coalesce(previous, sequence - 1) FROM updates WHERE subscription = 1 ORDER BY sequence LIMIT 1",
};
const EMPTIED = {
  publications: "SELECT sequence FROM emptied WHERE subscription IS NOT 1",
  subscriptions: "SELECT sequence FROM emptied WHERE subscription = 1",
};

const NEWEST = `SELECT max(sequence) FROM (
  SELECT max(sequence) AS sequence FROM updates UNION ALL SELECT max(sequence) FROM closings
  UNION ALL SELECT max(sequence) FROM emptied UNION ALL SELECT max(sequence) FROM forgotten)`;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A row of the log that no version of the hub has written. */
export class Unreadable extends Error {
  constructor(/** @type {number} */ sequence, /** @type {unknown} */ cause) {
    super(`the entry ${sequence} cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.sequence = sequence;
  }
}

/** Reads the tables of one object, if it has any. */
export class StoredLog {
  #sql;

  /** @param {SqlStorage} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /** Whether anything was ever stored. */
  exists() {
    return this.#number("SELECT 1 FROM sqlite_master WHERE name = 'schema'") !== undefined;
  }

  /** The newest entry that there ever was, durable or not; 0 if there was none. */
  newest() {
    return this.exists() ? (this.#number(NEWEST) ?? 0) : 0;
  }

  /** The kinds of which something is held. */
  heldKinds() {
    const holds = (/** @type {string} */ rows) => this.#number(`SELECT 1 FROM ${rows} LIMIT 1`) !== undefined;
    return {
      publications: holds("updates WHERE subscription IS NOT 1"),
      subscriptions: holds("updates WHERE subscription = 1"),
      closings: holds("closings"),
    };
  }

  /** How many updates are held. */
  count() {
    return this.#number("SELECT count(*) FROM updates") ?? 0;
  }

  /** The key of places; undefined if the hub has none. */
  placeKey() {
    const row = this.#rows("SELECT key FROM place_key").next().value;
    return row === undefined ? undefined : new Uint8Array(/** @type {ArrayBuffer} */ (row[0]));
  }

  /** @returns {Removed} */
  removed() {
    const of = (/** @type {"publications" | "subscriptions"} */ kind) => this.#number(BEFORE_OLDEST[kind]) ?? this.#number(EMPTIED[kind]) ?? 0;
    const closings = this.#number("SELECT sequence FROM forgotten") ?? 0;
    return { publications: of("publications"), subscriptions: of("subscriptions"), closings };
  }

  /** When the newest entry that is held was accepted, or 0. */
  newestTime() {
    const of = (/** @type {string} */ table) => this.#number(`SELECT accepted FROM ${table} ORDER BY sequence DESC LIMIT 1`) ?? 0;
    return Math.max(of("updates"), of("closings"));
  }

  /**
   * The entries behind `after`, in order: a page of them, and how far it comes. Throws an `Unreadable`.
   *
   * @param {{ after: number, until: number }} span
   * @returns {{ entries: Entry[], until: number }}
   */
  page({ after, until }) {
    let bytes = 0;
    let end = until;
    const entries = [];
    for (const row of this.#rows(UPDATES, after, until)) {
      entries.push(read(row, update));
      bytes += /** @type {ArrayBuffer} */ (row[4]).byteLength;
      if (entries.length < PAGE_ENTRIES && bytes < PAGE_BYTES) continue;
      end = Number(row[0]);
      break;
    }
    const closings = [...this.#rows(CLOSINGS, after, end)].map((row) => read(row, closing));
    if (closings.length === PAGE_ENTRIES) end = /** @type {Entry} */ (closings.at(-1)).sequence;
    const all = [...entries, ...closings].filter(({ sequence }) => sequence <= end);
    return { entries: all.sort((one, other) => one.sequence - other.sequence), until: end };
  }

  /** The first value of the first row. */
  #number(/** @type {string} */ query) {
    const value = this.#rows(query).next().value?.[0];
    return typeof value === "number" ? value : undefined;
  }

  #rows(/** @type {string} */ query, /** @type {number[]} */ ...bindings) {
    return this.#sql.exec(query, ...bindings).raw();
  }
}

/**
 * @param {SqlStorageValue[]} row
 * @param {(row: any[]) => Entry} reading
 */
function read(row, reading) {
  try {
    return reading(row);
  } catch (error) {
    throw new Unreadable(Number(row[0]), error);
  }
}

/** @returns {Entry} */
function update(/** @type {any[]} */ [sequence, id, topics, isPrivate, event, time, isOfSubscription, isIdOfHub]) {
  const { id: sent, type, retry, data } = fieldsOf(UTF8.decode(event));
  if (sent !== id) throw new Error("its event has another id");
  return {
    ...{ sequence, time, id },
    ...(isIdOfHub === 1 && isOfSubscription !== 1 && { idOf: "hub" }),
    ...(isOfSubscription === 1 && { kind: "subscription" }),
    topic: topics.split("\n"),
    ...(type !== undefined && { type }),
    ...(retry !== undefined && { retry }),
    data,
    ...(isPrivate > 0 && { private: true }),
  };
}

/** @returns {Entry} */
function closing(/** @type {any[]} */ [sequence, topic, isPrivate, time, reason]) {
  const close = reason === 0 ? "done" : "broken";
  return { sequence, time, topic: [topic], close, ...(isPrivate > 0 && { private: true }) };
}
