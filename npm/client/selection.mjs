// What is asked of a hub: its URL, the selection, and the place to begin at.

/** @import { SubscribeOptions, Url } from "./types.d.ts" */

/** The longest URL that every proxy passes on. A longer selection of Mercure 1.0 is the body of a QUERY, which 0.x has not. */
const LONGEST_URL = 2_000;

/** @typedef {{ url: string, method: "GET" | "QUERY", body?: URLSearchParams }} Ask */

/**
 * The hub's absolute URL.
 *
 * @param {Url<any>} url
 */
export function absolute(url) {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {
    throw new TypeError(`the URL of the hub, "${url}", must be absolute outside a page`);
  }
}

/** The selection of one subscription. */
export class Selection {
  #url;
  #pairs;
  #isOldDialect;

  /**
   * @param {Url<any>} url
   * @param {SubscribeOptions} options
   */
  constructor(url, { topics, match, withTopics }) {
    this.#url = absolute(url);
    this.#isOldDialect = topics !== undefined;
    const asked = { topic: topics, match_exact: match?.exact, match_urlpattern: match?.urlpattern };
    this.#pairs = Object.entries(asked).flatMap(([name, values]) => [values ?? []].flat().map((value) => [name, value]));
    if (!this.#pairs.length || (topics && match)) {
      throw new TypeError('the options need topics, such as "orders/1", or match, such as { exact: "orders/1" }');
    }
    if (withTopics) this.#pairs.push(["fields", "topic"]);
  }

  /** A name that two subscriptions share if they read the same. */
  get name() {
    return `${this.#url} ${new URLSearchParams(this.#pairs)}`;
  }

  /**
   * The request that begins, or goes on, behind this place. A hub tells a gap to who comes back with `lastEventId`, as
   * polyfills do; unlike a header it makes no browser ask the hub whether it may.
   *
   * @param {{ id: string, isFirst: boolean }} place
   * @returns {Ask}
   */
  ask({ id, isFirst }) {
    const first = this.#isOldDialect ? "lastEventID" : "last_event_id";
    const place = id ? [[isFirst ? first : "lastEventId", id]] : [];
    const url = withPairs(this.#url, [...this.#pairs, ...place]);
    if (url.length <= LONGEST_URL || this.#isOldDialect) return { url, method: "GET" };
    return { url: withPairs(this.#url, place), method: "QUERY", body: new URLSearchParams(this.#pairs) };
  }
}

/**
 * @param {URL} url
 * @param {string[][]} pairs
 */
function withPairs(url, pairs) {
  const whole = new URL(url);
  for (const [name, value] of pairs) whole.searchParams.append(name, value);
  return whole.href;
}
