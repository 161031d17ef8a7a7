// When a lost link is opened again, and what an answer to that means.

/** Milliseconds: the first wait is within this. The Workers of a hub that was reset do not meet it in one instant. */
const FIRST = 2_000;
/** Milliseconds: no wait is longer. */
const LONGEST = 15_000;
/** The tries in a row, until the object says something on a link. */
const IN_A_ROW = 8;
/** The tries in the life of a stream. Each is a subrequest, and the platform gives a request 10,000 of them. */
const IN_ALL = 1_000;
/** The answers of 4xx that say that a later request may be taken. */
const LATER = [408, 425, 429];

/** The tries of one stream to open its link again. */
export class Tries {
  #inARow = 0;
  #inAll = 0;

  /**
   * The wait before the next try in milliseconds; undefined if there is none.
   *
   * @param {number} random at least 0 and less than 1
   */
  wait(random) {
    if (this.#inARow === IN_A_ROW || this.#inAll === IN_ALL) return undefined;
    const within = Math.min(FIRST * 2 ** this.#inARow, LONGEST);
    this.#inARow += 1;
    this.#inAll += 1;
    return random * within;
  }

  /** The object was heard: a next loss is a new row. */
  heard() {
    this.#inARow = 0;
  }
}

/** Whether a link may be opened after an answer of this status. Any other answer that is no link ends the stream. */
export function mayComeLater(/** @type {number} */ status) {
  return status >= 500 || LATER.includes(status);
}
