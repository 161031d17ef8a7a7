// The place of a subscription: the last event ID behind what the application got.

import { attempt } from "./attempt.mjs";

/** @import { CursorStorage } from "./types.d.ts" */

/** A cursor, which a storage may keep across reloads of the page. If it fails, the cursor lives as long as the page. */
export class Cursor {
  #storage;
  #key;
  #id;
  #isFirst;

  /**
   * Begins at what is stored under `name`, or behind `start`.
   *
   * @param {string} name
   * @param {{ storage?: CursorStorage, lastEventId?: string }} start
   */
  constructor(name, { storage, lastEventId = "" }) {
    this.#storage = storage;
    this.#key = `millstream ${name}`;
    const stored = attempt(() => storage?.getItem(this.#key));
    this.#id = stored || lastEventId;
    this.#isFirst = !stored;
  }

  /** The last event ID; empty while there is none. */
  get id() {
    return this.#id;
  }

  /** Whether it is still where the application began. */
  get isFirst() {
    return this.#isFirst;
  }

  /**
   * Moves behind this id.
   *
   * @param {string} id
   */
  move(id) {
    this.#isFirst = false;
    if (id === this.#id) return;
    this.#id = id;
    attempt(() => this.#storage?.setItem(this.#key, id));
  }
}
