// A chat on the server: each answer of the model is a topic of its own, and the chat's topic says which is the newest.
import { dataIn, DONE } from "./data_texts.mjs";
import { ended } from "./ended_body.mjs";

/** @import { Answer, AnswerOptions, ChatOptions, HubOfChats } from "./types.d.ts" */

/** Of a URL that a reader is given, only the query counts. */
const HERE = "https://hub.invalid/";

/** Milliseconds. An application that fails between the beginning and its response must leave no reader waiting. */
const BEGINNING = 30_000;

/** How often, and after how many milliseconds, an announced answer is looked for. */
const [ATTEMPTS, PAUSE] = [20, 50];

/** How a client says in the query where it goes on. */
const PLACES = ["lastEventID", "lastEventId", "last_event_id"];

/** What AI SDK sends with a stream of chunks: `UI_MESSAGE_STREAM_HEADERS`, without those that HTTP/2 forbids. */
const HEADERS = { "content-type": "text/event-stream", "cache-control": "no-cache", "x-vercel-ai-ui-message-stream": "v1" };

/**
 * A chat whose answers can be read again while they come, and stopped from anywhere.
 *
 * @template Env
 */
export class ResumableChat {
  #events;
  #env;
  #options;

  /**
   * @param {HubOfChats<Env>} events the hub, as `createHub` made it
   * @param {Env} env
   * @param {ChatOptions} options
   */
  constructor(events, env, { id, api = "/api/chat", private: isPrivate = true, hub }) {
    this.#events = events;
    this.#env = env;
    const name = encodeURIComponent(id);
    this.#options = { topic: `chats/${name}`, path: `${api}/${name}/stream`, isPrivate, ofHub: { hub } };
  }

  /** The topic that tells of each answer when it begins: the id of the update is the answer's, its data the announcement. */
  get topic() {
    return this.#options.topic;
  }

  /**
   * Begins an answer. The hub keeps what `consumeSseStream` is given, and closes the answer's topic at its end: as done, or
   * as broken if the model's stream breaks off. `signal` is aborted by `stop`.
   *
   * @param {AnswerOptions} options
   * @returns {Answer}
   */
  answer({ context, announcement = {} }) {
    const { path, isPrivate, ofHub } = this.#options;
    const id = crypto.randomUUID();
    /** @type {PromiseWithResolvers<AsyncIterable<string>>} */
    const { promise: source, resolve, reject } = Promise.withResolvers();
    const late = new Error(`consumeSseStream was not called within ${BEGINNING / 1_000} s: give it to createUIMessageStreamResponse`);
    const beginning = setTimeout(() => reject(late), BEGINNING);
    const piping = { ...ofHub, private: isPrivate };
    const { signal, finished } = this.#events.pipe(this.#env, this.#topicOf(id), () => source, piping);
    const update = { topic: this.topic, id, data: announcement, private: isPrivate };
    const kept = Promise.all([finished, this.#events.publish(this.#env, update, ofHub)]);
    context.waitUntil(kept.catch((error) => console.error(`millstream/ai: the answer ${id} is not kept whole:`, error)));
    return {
      id,
      signal: ofStop(signal),
      headers: { "content-location": `${path}?answer=${id}` },
      consumeSseStream({ stream }) {
        clearTimeout(beginning);
        resolve(chunksIn(stream));
      },
    };
  }

  /**
   * The answer to a client that comes back: the newest answer of the chat, or the one that the query names, from its first
   * chunk on, or behind the chunk whose id the client's `Last-Event-ID` is. It is 204 if there is no answer, or if it is
   * complete and the client has it, by the id of its last chunk or of the answer.
   *
   * @param {Request} request
   * @returns {Promise<Response>}
   */
  async resume(request) {
    const newest = await this.#newest();
    const id = new URL(request.url).searchParams.get("answer") ?? newest;
    if (id === undefined) return nothing();
    const topic = this.#topicOf(id);
    const { state } = await (id === newest ? this.#begun(topic) : this.#statusOf(topic));
    const had = request.headers.get("last-event-id") ?? "earliest";
    if (state === "absent" || (state === "closed" && had === id)) return nothing();
    const response = await this.#behind(had === id ? "earliest" : had, { topic, signal: request.signal });
    if (response.status !== 200 || response.body === null) return response;
    const body = ended(response.body, () => this.#statusOf(topic));
    return new Response(body, { headers: { ...HEADERS, "content-location": `${this.#options.path}?answer=${id}` } });
  }

  /**
   * The chat's topic as an event stream, for `subscribe` of `millstream/client` or an EventSource: which answer begins, and its
   * announcement. The place to begin at is the client's.
   *
   * @param {Request} request
   * @returns {Promise<Response>}
   */
  announcements({ url, headers, signal }) {
    const places = [...new URL(url).searchParams].filter(([name]) => PLACES.includes(name));
    const query = new URLSearchParams([["topic", this.topic], ...places]);
    const place = headers.get("last-event-id");
    return this.#read(query, { signal, headers: place === null ? {} : { "last-event-id": place } });
  }

  /**
   * Stops the newest answer: the signal of each producer is aborted. Resolves to the number of producers.
   *
   * @param {string} [reason]
   * @returns {Promise<number>}
   */
  async stop(reason) {
    const id = await this.#newest();
    return id === undefined ? 0 : this.#events.stop(this.#env, this.#topicOf(id), reason, this.#options.ofHub);
  }

  /** Nothing in the id of an answer leads to another chat: a visitor may have made it up. */
  #topicOf(/** @type {string} */ id) {
    return `${this.topic}/${encodeURIComponent(id)}`;
  }

  /** The state of an answer that was announced: its first chunk may need a moment more. */
  async #begun(/** @type {string} */ topic) {
    let status = await this.#statusOf(topic);
    for (let attempt = 0; attempt < ATTEMPTS && status.state === "absent"; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      status = await this.#statusOf(topic);
    }
    return status;
  }

  /**
   * An answer behind one of its chunks, or all of it if this is none of them.
   *
   * @param {string} place
   * @param {{ topic: string, signal: AbortSignal }} of
   */
  async #behind(place, { topic, signal }) {
    const query = new URLSearchParams({ topic, hub_events: "false" });
    const from = (/** @type {string} */ place) => this.#read(query, { signal, headers: { "last-event-id": place } });
    const response = await from(place);
    // The hub names the place that it has taken, but not where nothing is left.
    const taken = response.status === 204 ? (await this.#statusOf(topic)).last : response.headers.get("last-event-id");
    if (place === taken || place === "earliest" || ![200, 204].includes(response.status)) return response;
    await response.body?.cancel();
    return from("earliest");
  }

  #read(/** @type {URLSearchParams} */ query, /** @type {RequestInit & { signal: AbortSignal }} */ init) {
    return this.#events.reader(this.#env, this.#options.ofHub)(`${HERE}?${query}`, init);
  }

  async #newest() {
    return (await this.#statusOf(this.topic)).last;
  }

  #statusOf(/** @type {string} */ topic) {
    return this.#events.status(this.#env, topic, this.#options.ofHub);
  }
}

/** A signal that is aborted by a stop alone. When the hub takes no more, whoever has asked reads the answer all the same. */
function ofStop(/** @type {AbortSignal} */ signal) {
  const stopping = new AbortController();
  signal.addEventListener("abort", () => signal.reason.name === "AbortError" && stopping.abort(signal.reason));
  return stopping.signal;
}

/** The chunks of AI SDK's stream, which is over where it ends. */
async function* chunksIn(/** @type {ReadableStream<string>} */ stream) {
  for await (const text of dataIn(stream)) if (text !== DONE) yield text;
}

function nothing() {
  return new Response(null, { status: 204 });
}
