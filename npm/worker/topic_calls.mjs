// The calls by RPC that publish, close, and tell of topics and their readers.
import { Beginnings, taken } from "./beginnings.mjs";
import { closing, pipeOptions, stopReason, topicIn, topicsIn } from "./ending.mjs";
import { HubError } from "./hub_error.mjs";
import { IndexCalls } from "./index_calls.mjs";
import { LIFE } from "./living_object.mjs";
import { checkedName, pathOfHub } from "./mount.mjs";
import { answered, ofLines, ofStop, ofUpdate, publishEach, published } from "./publications.mjs";

/** @import { CloseOptions, Published, PublishOptions, Refused, TopicStatus, Update, Whom } from "./types.d.ts" */

/** What an application's Worker may do with topics: everything. */
export class TopicCalls extends IndexCalls {
  #beginnings = new Beginnings();

  /**
   * Publishes an update. It is durable, and on its way to its subscribers, when this resolves.
   *
   * @param {Update} update
   * @param {PublishOptions} [options]
   * @returns {Promise<Published>}
   */
  async publish(update, options) {
    return published(await this.#post(ofUpdate(this.#path(), update, options)));
  }

  /**
   * Publishes updates in their order: a list of them, or NDJSON in bytes. A list is answered by a list, and NDJSON by
   * NDJSON; each answer is an object with `id` and `connections`, or with `error`. The types of RPC know the form with a
   * list alone, since they take the last one.
   *
   * @overload
   * @param {ReadableStream<Uint8Array>} updates
   * @returns {Promise<ReadableStream<Uint8Array>>}
   */
  /**
   * @overload
   * @param {Update[]} updates
   * @returns {Promise<(Published | Refused)[]>}
   */
  /**
   * @param {any} updates
   * @returns {Promise<any>}
   */
  async publishMany(updates) {
    const send = async (/** @type {BodyInit} */ lines) => answered(await this.#post(ofLines(this.#path(), lines)));
    return updates instanceof ReadableStream ? send(updates) : publishEach(updates, send);
  }

  /**
   * Ends the streams of a visitor, those that select a topic, or one connection, at once. Resolves to their number.
   * Their clients come back, and are judged anew.
   *
   * @param {Whom} whom
   * @returns {Promise<number>}
   */
  async disconnect(whom) {
    const entries = Object.entries(whom ?? {});
    const [kind, value] = entries[0] ?? [];
    if (Array.isArray(whom) || entries.length !== 1 || typeof value !== "string" || kind === undefined) {
      const wrong = "disconnect takes one of { subscriber }, { topic } and { connection }, with a text";
      throw new HubError(wrong, { status: 400, field: "disconnect" });
    }
    return this[LIFE].call((hub) => hub.disconnect(kind, value));
  }

  /**
   * Closes topics. It is durable when this resolves, and readers of these topics alone are at their end. What is closed
   * already stays as it is. The id is that of the closing.
   *
   * @param {string | string[]} topic
   * @param {CloseOptions} [options]
   * @returns {Promise<{ id: string }>}
   */
  async close(topic, options) {
    const { id } = await published(await this.#post(ofUpdate(this.#path(), closing(topic, options))));
    return { id };
  }

  /**
   * Tells whether a topic is open, closed or absent, and what the hub holds of it.
   *
   * @param {string} topic
   * @returns {Promise<TopicStatus>}
   */
  async status(topic) {
    return JSON.parse(await this[LIFE].call((hub) => hub.status(topicIn(topic))));
  }

  /**
   * Asks the producers of a topic to stop: each gets a line of its answer, and `pipe` aborts its signal. Resolves to their
   * number.
   *
   * @param {string} topic
   * @param {string} [reason] a text for the producers
   * @returns {Promise<number>}
   */
  async stop(topic, reason) {
    const of = { topic: topicIn(topic), reason: stopReason(reason) };
    const response = await this.#post(ofStop(this.#path(), of));
    if (!response.ok) throw await HubError.ofProblem(response);
    return (await response.json()).producers;
  }

  /**
   * Publishes NDJSON, and closes the topics at its end. `pipe` of `createHub` is made of it.
   *
   * @internal
   * @param {string | string[]} topic
   * @param {ReadableStream<Uint8Array>} lines
   * @param {{ private?: boolean, fresh?: boolean }} [options]
   * @returns {Promise<ReadableStream<Uint8Array>>}
   */
  async pipe(topic, lines, options) {
    const topics = /** @type {string[]} */ ([topicsIn(topic)].flat());
    const { private: isPrivate = false, fresh = false } = pipeOptions(options);
    const query = new URLSearchParams([...topics.map((topic) => ["topic", topic]), ["close", ""], ...(isPrivate ? [["private", ""]] : [])]);
    const send = async () => answered(await this.#post(ofLines(this.#path(), lines, query)));
    if (!fresh) return send();
    return this.#beginnings.first(topics, async () => {
      for (const topic of topics) {
        const { state } = await this.status(topic);
        if (state !== "absent") throw taken(topic);
      }
      return send();
    });
  }

  /** @returns {Promise<Response>} */
  #post(/** @type {Request} */ request) {
    return this[LIFE].answer((hub) => this[LIFE].imports.heldOff(request) ?? hub.publish(request));
  }

  #path() {
    return pathOfHub(checkedName(this.ctx.id.name));
  }
}
