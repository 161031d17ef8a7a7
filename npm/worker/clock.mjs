// When a held stream needs something: a heartbeat, a ping, its end. Times are in milliseconds.

/** The interval of pings is no longer. So a timer holds every rest. */
const PING_EVERY = 30_000;

/** The clock of one held stream. It reads no time: each call is given it. */
export class Clock {
  #heartbeat;
  #expires;
  /** When bytes were last given to the reader. */
  #given;
  /** Since when the reader takes nothing although there is something; undefined if it has taken everything. */
  #stalled = /** @type {number | undefined} */ (undefined);
  #pinged;

  /**
   * @param {{ heartbeat: number | null, expires: number | null }} terms the interval, and the time of the end
   * @param {number} now
   */
  constructor({ heartbeat, expires }, now) {
    this.#heartbeat = heartbeat ?? Infinity;
    this.#expires = expires ?? Infinity;
    this.#given = now;
    this.#pinged = now;
  }

  /**
   * A new link has terms of its own. They make no stream's life longer.
   *
   * @param {{ heartbeat: number | null, expires: number | null }} terms
   * @param {number} now
   */
  relinked({ heartbeat, expires }, now) {
    this.#heartbeat = heartbeat ?? Infinity;
    this.#expires = Math.min(this.#expires, expires ?? Infinity);
    this.#pinged = now;
  }

  /** The reader is given bytes. */
  gave(/** @type {number} */ now) {
    this.#given = now;
  }

  /** The reader did not take at once what it was given. */
  waits(/** @type {number} */ now) {
    this.#stalled ??= now;
  }

  /** The reader has taken everything. */
  taken() {
    this.#stalled = undefined;
  }

  /** The reader has taken something, and something is left. */
  taking(/** @type {number} */ now) {
    this.#stalled = now;
  }

  pinged(/** @type {number} */ now) {
    this.#pinged = now;
  }

  hasExpired(/** @type {number} */ now) {
    return now >= this.#expires;
  }

  /** Whether the reader is dead: it took nothing for two intervals. */
  isReaderDead(/** @type {number} */ now) {
    return this.#stalled !== undefined && now >= this.#stalled + 2 * this.#heartbeat;
  }

  /** Whether a heartbeat is due. A reader with something to take gets none. */
  needsHeartbeat(/** @type {number} */ now) {
    return this.#stalled === undefined && now >= this.#given + this.#heartbeat;
  }

  needsPing(/** @type {number} */ now) {
    return now >= this.#nextPing;
  }

  /** How long nothing can be due. */
  rest(/** @type {number} */ now) {
    const next = this.#stalled === undefined ? this.#given + this.#heartbeat : this.#stalled + 2 * this.#heartbeat;
    return Math.max(Math.min(next, this.#nextPing, this.#expires) - now, 0);
  }

  get #nextPing() {
    return this.#pinged + Math.min(this.#heartbeat, PING_EVERY);
  }
}
