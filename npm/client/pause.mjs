// The time between two attempts.

const SHORTEST = 1_000;
const LONGEST = 30_000;
/** Milliseconds; a larger delay overflows a timer. */
export const MOST = 2 ** 31 - 1;
/** Ten doublings are beyond `LONGEST`. */
const DOUBLINGS = 10;

/**
 * The random part of a wait after so many failures in a row; its bound doubles with each. By it the clients of a hub that
 * was lost come back one after the other.
 *
 * @param {number} failures
 */
export function randomPart(failures) {
  return Math.random() * Math.min(SHORTEST * 2 ** Math.min(failures, DOUBLINGS), LONGEST);
}

/** Waits, and can be woken: the network is there again, or the page is shown. */
export class Pause {
  #signal;
  #isWoken = false;
  #wake = () => {};

  /** @param {AbortSignal} signal ends each wait */
  constructor(signal) {
    this.#signal = signal;
    const wake = () => {
      this.#isWoken = true;
      this.#wake();
    };
    signal.addEventListener("abort", wake, { once: true });
    // Hosts without a page have none of these.
    globalThis.window?.addEventListener?.("online", wake, { signal });
    globalThis.document?.addEventListener("visibilitychange", () => isHidden() || wake(), { signal });
  }

  /**
   * Waits for `least` in any case, and then for `random` or until it is woken.
   *
   * @param {{ least: number, random: number }} time milliseconds
   */
  async wait({ least, random }) {
    this.#isWoken = false;
    await this.#sleep(Math.min(least, MOST), () => this.#signal.aborted);
    await this.#sleep(random, () => this.#isWoken);
  }

  /** Waits until the page is shown. */
  untilShown() {
    return this.#sleep(MOST, () => !isHidden() || this.#signal.aborted);
  }

  /**
   * @param {number} time
   * @param {() => boolean} isOver whether to wait no longer, asked when it is woken
   */
  #sleep(time, isOver) {
    return new Promise((end) => {
      const timer = setTimeout(end, time);
      this.#wake = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        end(undefined);
      };
      this.#wake();
    });
  }
}

/** Whether there is a page, and it is hidden. */
export function isHidden() {
  return globalThis.document?.visibilityState === "hidden";
}
