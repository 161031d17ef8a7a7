// The Durable Object class: one hub.
import { DurableObject } from "cloudflare:workers";
import { HubObject as Hub } from "../../build/millstream.js";
import { Beginnings, taken } from "./beginnings.mjs";
import { closing, pipeOptions, stopReason, topicIn, topicsIn } from "./ending.mjs";
import { HubError } from "./hub_error.mjs";
import { TRAPPED, instance, resetWithInstance } from "./instance.mjs";
import { CLIENT_LEFT } from "./link.mjs";
import { PING, PONG, attachmentOf, close, isLink, openedLink, replace, wakeLinks } from "./links.mjs";
import { begin, endLifeBefore } from "./lives.mjs";
import { log } from "./log.mjs";
import { checkedName, pathOfHub } from "./mount.mjs";
import { answered, ofLines, ofStop, ofUpdate, publishEach, published } from "./publications.mjs";
import { variablesIn } from "./variables.mjs";

/** @import { CloseOptions, Published, PublishOptions, Refused, TopicStatus, Update, Whom } from "./types.d.ts" */

/** The reason with which an object ends when a write was not confirmed. */
export const UNCONFIRMED = "a write was not confirmed: the hub begins anew over what is stored";

/** The code of a socket that has ended without a code. */
const ABNORMAL = 1006;
/** Milliseconds. It is REOPEN_GRACE in src/base/limits. */
const REOPEN_GRACE = 10_000;

/**
 * One hub. Export this class from your Worker, and bind it to a Durable Object namespace.
 *
 * Its methods can be called by RPC. Only Workers of your account reach them, so a call needs no token:
 *
 * ```js
 * await env.HUB.getByName("default").publish({ topic: "orders/1", data: { paid: true } });
 * ```
 *
 * A call that the hub refuses rejects with an error with the members `status` and `field`.
 */
export class HubObject extends DurableObject {
  #context;
  #hub;
  #beginnings = new Beginnings();

  /**
   * @param {DurableObjectState} context
   * @param {any} env
   */
  constructor(context, env) {
    super(context, env);
    instance();
    this.#context = context;
    const id = context.id.toString();
    endLifeBefore(id);
    this.#hub = new Hub(context, variablesIn(env));
    begin(id, this.#hub);
    // Only the object itself can reset it. Another object's call may trap; a promise continues in its owner's context.
    /** @type {PromiseWithResolvers<void>} */
    const { promise, resolve } = Promise.withResolvers();
    /** @internal */
    this.reset = resolve;
    promise.then(() => this.#abort(TRAPPED));
    const reference = resetWithInstance(this);
    // At once, so that a client that is told of the failure does not reach this object again.
    this.#hub.failed().then((failed) => {
      const object = reference.deref();
      if (failed && object !== undefined) object.#abort(UNCONFIRMED);
    });
    wakeLinks({ context, hub: this.#hub });
  }

  /**
   * Answers a request that `createHub` has judged.
   *
   * @param {Request} request
   * @returns {Promise<Response>}
   */
  fetch(request) {
    const opening = /** @type {any} */ (request.cf)?.millstreamLink;
    if (typeof opening !== "string") return this.#call(() => this.#hub.fetch(request));
    return this.#call(() => openedLink(request, opening, { context: this.#context, hub: this.#hub }));
  }

  /**
   * A Worker has said something on a link. The runtime calls it, also for sockets that a class of the application has
   * accepted: these are left alone here.
   *
   * @param {WebSocket} socket
   * @param {string | ArrayBuffer} text
   */
  webSocketMessage(socket, text) {
    if (!isLink(this.#context, socket)) return;
    if (text === PING) return socket.send(PONG);
    const isRead = typeof text === "string" && this.#call(() => this.#hub.said(attachmentOf(socket), text));
    if (!isRead) replace(socket);
  }

  /**
   * A link has ended. The runtime calls it.
   *
   * @param {WebSocket} socket
   * @param {number} code
   */
  webSocketClose(socket, code) {
    if (!isLink(this.#context, socket)) return;
    this.#left(attachmentOf(socket), code);
    close(socket, 1000);
  }

  /** A link was lost. The runtime calls it. */
  webSocketError(/** @type {WebSocket} */ socket) {
    if (!isLink(this.#context, socket)) return;
    this.#left(attachmentOf(socket), ABNORMAL);
  }

  /** Removes old updates. The runtime calls it. */
  alarm() {
    return this.#call(() => this.#hub.alarm());
  }

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
    return this.#call(() => this.#hub.disconnect(kind, value));
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
    return JSON.parse(await this.#call(() => this.#hub.status(topicIn(topic))));
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
   * Sends all clients away in good order. They come back within the time, each at one of its own. Resolves to their number
   * once they have gone.
   *
   * @param {string} [within] a time such as `10s`, which is the default, up to `5m`
   * @returns {Promise<number>}
   */
  async drain(within = "10s") {
    if (typeof within !== "string") {
      throw new HubError(`within is ${JSON.stringify(within)}; it is a time such as "10s"`, { status: 400, field: "within" });
    }
    return this.#call(() => this.#hub.drain(within));
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
    return this.#call(() => this.#hub.publish(request));
  }

  /**
   * A Worker that has lost its link opens it again. The connection waits so long for that.
   *
   * @param {Uint8Array} attachment
   * @param {number} code
   */
  #left(attachment, code) {
    const isMissed = this.#call(() => this.#hub.left(attachment, code));
    if (isMissed) setTimeout(() => this.#call(() => this.#hub.left(attachment, CLIENT_LEFT)), REOPEN_GRACE);
  }

  #path() {
    return pathOfHub(checkedName(this.#context.id.name));
  }

  /**
   * Calls an export. No export throws: a call that does has trapped, or belongs to a trapped instance.
   *
   * @template T
   * @param {() => T} method
   * @returns {T}
   */
  #call(method) {
    try {
      return method();
    } catch (error) {
      log("object unusable", String(error));
      this.#abort(TRAPPED);
      throw error;
    }
  }

  /** Ends the object with its requests and streams. The next request constructs it anew. */
  #abort(/** @type {string} */ reason) {
    this.#context.abort(reason);
  }
}
