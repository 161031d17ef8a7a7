// How many lines about refusals an isolate writes within a minute.

/** Milliseconds. */
const MINUTE = 60_000;
/** The lines of all kinds within a minute. */
const MOST = 60;
/** Those of one kind, so that a flood of one kind leaves room for others. */
const MOST_OF_KIND = 10;

/** The lines that may still be written in the minute that runs, and those that were left out. */
export class LineBudget {
  #until = 0;
  #written = 0;
  #leftOut = 0;
  /** @type {Map<string, number>} */
  #ofKind = new Map();

  /**
   * Takes room for a line. The first call after a minute gets the number of lines that were left out in it.
   *
   * @param {string} kind
   * @param {number} now milliseconds since 1970
   * @returns {{ isWritten: boolean, leftOut: number }}
   */
  take(kind, now) {
    const leftOut = now < this.#until ? 0 : this.#begin(now);
    const ofKind = this.#ofKind.get(kind) ?? 0;
    const isWritten = this.#written < MOST && ofKind < MOST_OF_KIND;
    if (isWritten) {
      this.#written += 1;
      this.#ofKind.set(kind, ofKind + 1);
    } else {
      this.#leftOut += 1;
    }
    return { isWritten, leftOut };
  }

  /** Begins a minute. Returns how many lines the one before has left out. */
  #begin(/** @type {number} */ now) {
    const leftOut = this.#leftOut;
    this.#until = now + MINUTE;
    this.#written = 0;
    this.#leftOut = 0;
    this.#ofKind.clear();
    return leftOut;
  }
}
