// One line on a terminal that tells how far a command has come. Elsewhere it is silent.

/** Milliseconds between two lines. */
const EVERY = 200;
/** Clears the line of the terminal and goes to its beginning. */
const CLEAR = "\r\x1b[K";

export class Progress {
  #isShown = process.stderr.isTTY === true;
  #next = 0;
  #begun = performance.now();

  /**
   * Shows the text, unless another one was shown a moment ago.
   *
   * @param {(seconds: number) => string} text it is given the time since the beginning
   */
  show(text) {
    const now = performance.now();
    if (!this.#isShown || now < this.#next) return;
    this.#next = now + EVERY;
    process.stderr.write(`${CLEAR}${text(this.#seconds(now))}`);
  }

  /** Removes the line. */
  end() {
    if (this.#isShown && this.#next > 0) process.stderr.write(CLEAR);
  }

  /** Never nothing, as it divides. @param {number} now */
  #seconds(now) {
    return Math.max(now - this.#begun, 1) / 1_000;
  }
}
