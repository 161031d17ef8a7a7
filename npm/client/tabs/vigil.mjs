// Whether the leading tab is alive, and how long it keeps its lead without a connection. Times are milliseconds.

/** A tab looks after the leader so often. A browser may slow down the timers of a hidden tab, to one a minute. */
export const TICK = 5_000;
/** A leader that said nothing for this long is asked. */
const QUIET = 4_000;
/** A leader that has answered nothing for this long, to two questions at least, is replaced. */
const DEAF = 10_000;
/** A tick that comes so late says that this tab itself was stopped: it hears only now what was said in the meantime. */
const LATE = 3 * TICK;
/** A lost stream is usually back within this time. */
const BRIEF = 2_000;
/** A leader without a connection keeps its lead for this long, twice as long if the one before it had none either, and so on. */
const PATIENCE = 10_000;
const MOST_PATIENCE = 60_000;

/** A tab's watch over its leader. */
export class Vigil {
  #heardAt = -Infinity;
  #askedAt = 0;
  #asked = 0;
  #tickedAt = -Infinity;
  #wasLate = false;

  /** The leader has said something. */
  hear(/** @type {number} */ now) {
    this.#heardAt = now;
    this.#asked = 0;
  }

  /**
   * What is to be done now: nothing, ask the leader, or take its lead.
   *
   * @param {number} now
   * @returns {"nothing" | "ask" | "steal"}
   */
  tick(now) {
    // Late again and again is a timer that the browser has slowed down.
    const isLate = now - this.#tickedAt > LATE;
    if (isLate && !this.#wasLate) this.#asked = 0;
    this.#wasLate = isLate;
    this.#tickedAt = now;
    if (now - this.#heardAt < QUIET) return "nothing";
    if (this.#asked >= 2 && now - this.#askedAt >= DEAF) {
      this.#asked = 0;
      return "steal";
    }
    if (this.#asked === 0) this.#askedAt = now;
    this.#asked += 1;
    return "ask";
  }
}

/** A leader's right to lead while it has no connection. */
export class Patience {
  #beganAt;
  /** When there was no connection any more. @type {number | undefined} */
  #lostAt;
  #time;

  /**
   * @param {number} now
   * @param {number} fruitless how many leaders before, one after the other, had no stream
   */
  constructor(now, fruitless) {
    this.#beganAt = now;
    this.#lostAt = now;
    this.#time = Math.min(PATIENCE * 2 ** fruitless, MOST_PATIENCE);
  }

  /** There is a connection: the hub has answered, be it by a refusal. */
  connected() {
    this.#lostAt = undefined;
  }

  /** There is none. */
  lost(/** @type {number} */ now) {
    this.#lostAt ??= now;
  }

  /** Whether another tab should try. */
  isOver(/** @type {number} */ now) {
    return this.#lostAt !== undefined && now - this.#lostAt >= BRIEF && now - this.#beganAt >= this.#time;
  }
}
