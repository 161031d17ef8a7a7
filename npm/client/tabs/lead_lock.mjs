// The right to lead: a Web Lock, which the browser frees when its tab is closed or crashes.

/**
 * @typedef {object} Turns
 * @property {() => void} granted this tab leads
 * @property {() => void} lost another tab has taken the lead
 * @property {() => void} refused the browser lets this page have no locks
 */

export class LeadLock {
  #name;
  #turns;
  /** The request that waits. @type {AbortController | undefined} */
  #waiting;
  /** The request that holds the lock, and how to free it. @type {{ request: AbortController, free: () => void } | undefined} */
  #held;

  /**
   * @param {string} name
   * @param {Turns} turns
   */
  constructor(name, turns) {
    this.#name = name;
    this.#turns = turns;
  }

  /** Waits for the lock, unless it waits or holds it. */
  queue() {
    if (this.#waiting || this.#held) return;
    const request = new AbortController();
    this.#request(request, { signal: request.signal });
  }

  /** Takes the lock from the tab that holds it. */
  steal() {
    this.release();
    this.#request(new AbortController(), { steal: true });
  }

  /** Frees the lock, and waits for it no more. */
  release() {
    this.#waiting?.abort();
    this.#waiting = undefined;
    this.#held?.free();
    this.#held = undefined;
  }

  /** Whether another tab waits for it. */
  async isWanted() {
    const { pending = [] } = await navigator.locks.query();
    return pending.some(({ name }) => name === this.#name);
  }

  /**
   * @param {AbortController} request
   * @param {LockOptions} options
   */
  async #request(request, options) {
    this.#waiting = request;
    try {
      await navigator.locks.request(this.#name, options, () => this.#hold(request));
    } catch (error) {
      this.#fail(request, error);
    }
  }

  /**
   * @param {AbortController} request
   * @returns {Promise<void> | undefined}
   */
  #hold(request) {
    if (this.#waiting !== request) return undefined;
    this.#waiting = undefined;
    return new Promise((free) => {
      this.#held = { request, free };
      this.#turns.granted();
    });
  }

  /**
   * @param {AbortController} request
   * @param {any} error
   */
  #fail(request, error) {
    if (this.#held?.request === request) {
      this.#held = undefined;
      this.#turns.lost();
    } else if (this.#waiting === request) {
      this.#waiting = undefined;
      // Stolen before it was held, or a page that is going away.
      if (error?.name === "SecurityError") this.#turns.refused();
      else if (error?.name === "AbortError") this.queue();
    }
  }
}
