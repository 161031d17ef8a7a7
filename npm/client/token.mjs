// The token of a subscription or of a publisher: when it is asked for, and how long it is good.

import { attempt } from "./attempt.mjs";
import { MOST } from "./pause.mjs";

/** @import { TokenSource } from "./types.d.ts" */

/** A token is renewed when a fifth of its time is left, and no more than a minute before its end. */
const USED = 4 / 5;
const MOST_LEFT = 60_000;
/** By a clock that is wrong, each new token may be almost over. */
const SOONEST = 1_000;

/** Asks the application for tokens. Without a source there is no token. */
export class Tokens {
  #source;
  #signal;
  /** @type {string | undefined} */
  #token;

  /**
   * @param {TokenSource | undefined} source
   * @param {AbortSignal} [signal] ends what the source does
   */
  constructor(source, signal) {
    this.#source = source;
    this.#signal = signal;
  }

  /**
   * Asks for a token. Returns whether it differs from the one before.
   *
   * @param {{ refused: boolean }} last
   */
  async ask({ refused }) {
    const token = await this.#source?.({ refused, signal: this.#signal });
    if (this.#source && (typeof token !== "string" || !/^[!-~]+$/.test(token))) {
      throw new TypeError("it must give a text of printable ASCII without spaces");
    }
    const isNew = token !== this.#token;
    this.#token = token;
    return isNew;
  }

  /** @returns {Record<string, string>} */
  get headers() {
    return this.#token ? { authorization: `Bearer ${this.#token}` } : {};
  }

  /** In how many milliseconds it is to be renewed, or undefined if nobody can say. */
  get renewal() {
    const left = timeLeft(this.#token);
    return left < MOST ? Math.max(left * USED, left - MOST_LEFT, SOONEST) : undefined;
  }
}

/**
 * The milliseconds until the `exp` of a JWT: RFC 7519 § 4.1. The device's clock may be wrong, so the time between `iat`
 * and `exp` is the most, and it counts if the clock says that the token is over. Infinity if nobody can say.
 *
 * @param {string | undefined} token
 */
function timeLeft(token) {
  const { exp, iat } = claimsIn(token);
  const left = exp * 1_000 - Date.now();
  const whole = exp > iat ? (exp - iat) * 1_000 : Infinity;
  return left > 0 ? Math.min(left, whole) : whole;
}

/**
 * @param {any} token
 * @returns {any}
 */
function claimsIn(token) {
  return attempt(() => JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")))) ?? {};
}
