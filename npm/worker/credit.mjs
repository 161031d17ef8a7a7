// How much the object may send on a link before the reader has taken something: src/link/credit.rs

/** The bytes that the object may send on a new link. It is LINK_WINDOW in src/base/limits. */
export const WINDOW = 65_536;
/** A grant is a message to the object, so one is not sent for each chunk. */
const QUARTER = WINDOW / 4;

/** The credit of one link. A new link has the whole window. */
export class Credit {
  /** Bytes that came and are not taken. */
  #unread = 0;
  /** Bytes that are taken and not granted again. */
  #taken = 0;

  /** Bytes have come. */
  came(/** @type {number} */ bytes) {
    this.#unread += bytes;
  }

  /**
   * The reader has taken everything that came. Returns what is granted for it: each grant is at most the window, which one
   * large chunk may exceed.
   */
  taken() {
    this.#taken += this.#unread;
    this.#unread = 0;
    const grants = [];
    while (this.#taken >= QUARTER) {
      const grant = Math.min(this.#taken, WINDOW);
      grants.push(grant);
      this.#taken -= grant;
    }
    return grants;
  }
}
