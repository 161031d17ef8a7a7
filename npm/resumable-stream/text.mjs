// The text of a topic, from a character on, until the topic is closed.
import { createParser } from "eventsource-parser";
import { HubError } from "../worker/hub_error.mjs";

/** @import { EventSourceMessage } from "eventsource-parser" */
/** @import { Part } from "./positioned.mjs" */

/** Characters of one event. An update has at most 1 MiB. */
const LONGEST_EVENT = 1 << 23;
/** Connections in a row that brought nothing. */
const MOST_TRIES = 8;
/** Milliseconds: the first pause before a connection, which doubles up to the longest. */
const PAUSE = 100;
const LONGEST_PAUSE = 5_000;
/** The path means nothing to a hub's reader. */
const HUB = "https://hub.invalid/";

/**
 * What is read. `produced` rejects with the error of the producer, if that is here.
 *
 * @typedef {object} Origin
 * @property {(input: URL, init?: RequestInit) => Promise<Response>} fetch reads the hub
 * @property {string} topic
 * @property {number} skip
 * @property {Promise<unknown>} produced
 */

/**
 * The text of a topic. It is read as fast as it is taken.
 *
 * @param {Origin} origin
 * @returns {ReadableStream<string>}
 */
export function textOf(origin) {
  const reading = new Reading(origin);
  return new ReadableStream(
    { pull: (controller) => reading.pull(controller), cancel: () => reading.cancel() },
    { highWaterMark: 0 },
  );
}

class Reading {
  #origin;
  /** The characters before what is given next. */
  #position;
  /** The place behind what has come. */
  #cursor = "earliest";
  /** @type {EventSourceMessage[]} */
  #events = [];
  /** @type {ReadableStreamDefaultReader<string> | undefined} */
  #body;
  #parser = createParser({ maxBufferSize: LONGEST_EVENT, onEvent: (event) => this.#events.push(event) });
  #tries = 0;
  /** When the last connection began. */
  #begun = 0;
  #isCancelled = false;

  constructor(/** @type {Origin} */ origin) {
    this.#origin = origin;
    this.#position = Math.max(0, Math.trunc(origin.skip) || 0);
  }

  /** Gives the next part that is not left out, or the end. */
  async pull(/** @type {ReadableStreamDefaultController<string>} */ controller) {
    while (!this.#isCancelled) {
      const event = this.#events.shift();
      if (event === undefined) {
        if (await this.#receive()) continue;
        return controller.close();
      }
      if (event.id !== undefined) this.#cursor = event.id;
      if (event.event === "end") return this.#end(controller, JSON.parse(event.data).reason);
      if (event.event !== undefined) continue;
      const text = this.#unread(JSON.parse(event.data));
      if (text !== "") return controller.enqueue(text);
    }
  }

  async cancel() {
    this.#isCancelled = true;
    await this.#body?.cancel().catch(() => {});
  }

  /** What the reader has not got of a part. */
  #unread(/** @type {Part} */ { at, text }) {
    if (at > this.#position) throw new Error(`the hub has forgotten the characters from ${this.#position} to ${at} of the stream`);
    const unread = text.slice(this.#position - at);
    this.#position += unread.length;
    return unread;
  }

  async #end(/** @type {ReadableStreamDefaultController<string>} */ controller, /** @type {string} */ reason) {
    if (reason === "done") return controller.close();
    await this.#origin.produced;
    throw new Error("the producer of the stream was lost before its end");
  }

  /** Receives some events, or none. Returns false if the hub has no more. */
  async #receive() {
    this.#body ??= await this.#connect();
    if (this.#body === undefined) return false;
    const { done, value = "" } = await this.#body.read().catch(() => ({ done: true, value: "" }));
    this.#parser.feed(value);
    const isUseful = this.#events.length > 0 || Date.now() - this.#begun > LONGEST_PAUSE;
    if (isUseful) this.#tries = 0;
    if (done) {
      this.#body = undefined;
      this.#parser.reset();
    }
    return true;
  }

  /** The stream behind the cursor; undefined if there is nothing behind it. */
  async #connect() {
    const url = new URL(HUB);
    url.search = String(new URLSearchParams({ topic: this.#origin.topic, lastEventID: this.#cursor }));
    for (;;) {
      if (this.#tries > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(PAUSE * 2 ** this.#tries, LONGEST_PAUSE)));
      this.#tries += 1;
      this.#begun = Date.now();
      const response = await this.#origin.fetch(url);
      if (this.#isCancelled) await response.body?.cancel();
      if (response.status === 204 || this.#isCancelled) return undefined;
      if (response.ok && this.#tries <= MOST_TRIES) return this.#bodyOf(response);
      const isPassing = response.status === 429 || response.status >= 500;
      if (this.#tries > MOST_TRIES || !isPassing) throw await refusal(response);
      await response.body?.cancel();
    }
  }

  #bodyOf(/** @type {Response} */ response) {
    const body = /** @type {ReadableStream<Uint8Array>} */ (response.body);
    return /** @type {ReadableStream<string>} */ (body.pipeThrough(/** @type {any} */ (new TextDecoderStream()))).getReader();
  }
}

async function refusal(/** @type {Response} */ response) {
  if (!response.ok) return HubError.ofProblem(response);
  await response.body?.cancel();
  return new HubError("the hub ends its stream again and again, and gives nothing", { status: 503 });
}
