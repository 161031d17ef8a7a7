// The producers that begin, and must be the first of their topics.
import { HubError } from "./hub_error.mjs";

export class Beginnings {
  /**
   * The topics that are being looked at: whoever asks for one meanwhile is too late.
   *
   * @type {Set<string>}
   */
  #topics = new Set();

  /**
   * Calls `begin`, unless another producer begins one of the topics.
   *
   * @template T
   * @param {string[]} topics
   * @param {() => Promise<T>} begin
   */
  async first(topics, begin) {
    for (const topic of topics) if (this.#topics.has(topic)) throw taken(topic);
    topics.forEach((topic) => this.#topics.add(topic));
    try {
      return await begin();
    } finally {
      topics.forEach((topic) => this.#topics.delete(topic));
    }
  }
}

/** The error of a producer that is too late. */
export function taken(/** @type {string} */ topic) {
  return new HubError(`the topic ${JSON.stringify(topic)} is there already`, { status: 409, field: "topic" });
}
