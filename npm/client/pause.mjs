// The time between two attempts.

const SHORTEST = 1_000;
const LONGEST = 30_000;
/** Milliseconds; a larger delay overflows a timer. */
const MOST = 2 ** 31 - 1;
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
  /** @type {(() => void) | undefined} */
  #wake;

  /** @param {AbortSignal} signal ends each wait */
  constructor(signal) {
    this.#signal = signal;
    const wake = () => this.#end();
    const awake = () => globalThis.document?.visibilityState !== "hidden" && this.#end();
    signal.addEventListener("abort", wake, { once: true });
    // Not every host that has the one has the others.
    globalThis.window?.addEventListener?.("online", wake, { signal });
    globalThis.window?.addEventListener?.("pageshow", wake, { signal });
    globalThis.document?.addEventListener("resume", wake, { signal });
    globalThis.document?.addEventListener("visibilitychange", awake, { signal });
  }

  /**
   * Waits for `least` in any case, and then for `random` or until it is woken.
   *
   * @param {{ least: number, random: number }} time milliseconds
   */
  async wait({ least, random }) {
    this.#isWoken = false;
    await this.#sleep(Math.min(least, MOST), { isFirm: true });
    if (!this.#isWoken) await this.#sleep(random, { isFirm: false });
  }

  /** Waits until the page is shown. */
  async untilShown() {
    while (globalThis.document?.visibilityState === "hidden" && !this.#signal.aborted) {
      await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
    }
  }

  #end() {
    this.#isWoken = true;
    this.#wake?.();
  }

  /**
   * @param {number} time
   * @param {{ isFirm: boolean }} how
   */
  async #sleep(time, { isFirm }) {
    if (this.#signal.aborted) return;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      this.#wake = () => {
        if (isFirm && !this.#signal.aborted) return;
        clearTimeout(timer);
        resolve(undefined);
      };
    });
    this.#wake = undefined;
  }
}
