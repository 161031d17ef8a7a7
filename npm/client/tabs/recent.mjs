// Cursors of the past. By them a tab sees that a new leader is still behind it.

const MOST = 1_000;

/** The newest texts of many. */
export class Recent {
  /** @type {Set<string>} */
  #texts = new Set();

  /** @param {string} text */
  has(text) {
    return this.#texts.has(text);
  }

  /** @param {string} text */
  add(text) {
    this.#texts.delete(text);
    this.#texts.add(text);
    if (this.#texts.size > MOST) this.#texts.delete(/** @type {string} */ (this.#texts.values().next().value));
  }

  clear() {
    this.#texts.clear();
  }
}
