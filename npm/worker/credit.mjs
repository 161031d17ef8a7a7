// How much the object may send before the reader has taken something: src/link/credit.rs

/** The bytes that the object may send to a reader that takes nothing. It is LINK_WINDOW in src/base/limits. */
export const WINDOW = 65_536;
/** A grant is a message to the object, so one is not sent for each chunk. */
const QUARTER = WINDOW / 4;

/** The credit of one stream, over its links. */
export class Credit {
  /** Bytes that came and are not taken. */
  #unread = 0;
  /** Bytes that are taken and not granted again. */
  #taken = 0;

  /** Bytes have come. */
  came(/** @type {number} */ bytes) {
    this.#unread += bytes;
  }

  /** The reader has taken everything that came. */
  taken() {
    this.#taken += this.#unread;
    this.#unread = 0;
  }

  /**
   * What is to be granted now, if anything. A grant is at most the window, which one large chunk may exceed: ask again until
   * there is none.
   */
  grant() {
    if (this.#taken < QUARTER) return undefined;
    const bytes = Math.min(this.#taken, WINDOW);
    this.#taken -= bytes;
    return bytes;
  }

  /** A new link begins with the window less these bytes, which are granted when they are taken. */
  begin() {
    this.#taken = 0;
    return this.#unread;
  }
}
