// A `fetch` whose answers go on after a lost connection.
import { attempt } from "../client/attempt.mjs";
import { randomPart, wait } from "../client/pause.mjs";
import { DONE, dataIn, eventOf } from "./data_texts.mjs";

/** @import { Fetch } from "./types.d.ts" */

/** How often an answer that does not go on is asked for: for more than a minute. */
const MOST_FAILURES = 20;
/** The bound of the wait doubles so often: a person waits for the answer, for 8 seconds at most. */
const MOST_DOUBLINGS = 3;

/** Why an answer is not asked for again. */
class Final extends Error {}

/**
 * @param {{ fetch?: Fetch, signal: AbortSignal, silence: number }} options `signal` ends all answers; `silence` is the time in
 *   milliseconds without a byte after which a resumed answer is asked for again
 * @returns {Fetch}
 */
export function resumingFetch({ fetch, signal: closing, silence }) {
  return async (input, init = {}) => {
    const ask = fetch ?? globalThis.fetch;
    const response = await ask(input, init);
    const place = placeOf(response);
    if (place === undefined) return response;
    const leaving = new AbortController();
    const signal = AbortSignal.any([closing, leaving.signal, ...(init.signal ? [init.signal] : [])]);
    const { headers, credentials } = init;
    const again = (/** @type {AbortSignal} */ signal) =>
      ask(place, { headers: withoutBody(headers), credentials, cache: "no-store", signal });
    return new Response(bodyOf(new Answer({ again, signal, silence }), { response, leaving }), response);
  };
}

/** Where a stream can be read again: its server tells it, and no server may tell the place of another one. */
function placeOf(/** @type {Response} */ { ok, body, headers, url }) {
  const place = headers.get("content-location");
  if (!ok || body === null || place === null || !headers.get("content-type")?.startsWith("text/event-stream")) return undefined;
  const here = url || globalThis.location?.href;
  const there = new URL(place, here);
  return there.origin === new URL(here).origin ? there.href : undefined;
}

/** The headers of a POST, such as its token, for a GET. */
function withoutBody(/** @type {HeadersInit | undefined} */ init) {
  const headers = new Headers(init);
  headers.delete("content-type");
  return headers;
}

/**
 * @param {Answer} answer
 * @param {{ response: Response, leaving: AbortController }} of
 */
function bodyOf(answer, { response, leaving }) {
  const texts = answer.texts(/** @type {ReadableStream<Uint8Array>} */ (response.body));
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await texts.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(eventOf(value)));
      },
      cancel(reason) {
        leaving.abort(reason);
        void texts.return().catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** One answer, over all its connections. */
class Answer {
  #again;
  #signal;
  #silence;
  /** How many chunks were given. Each connection begins with the first one. */
  #given = 0;
  /** @type {string | undefined} The first chunk, by which an answer is known again. */
  #first;
  /** @type {string | undefined} The last chunk that was an error. */
  #error;
  #failures = 0;

  /** @param {{ again: (signal: AbortSignal) => Promise<Response>, signal: AbortSignal, silence: number }} options */
  constructor({ again, signal, silence }) {
    this.#again = again;
    this.#signal = signal;
    this.#silence = silence;
  }

  /**
   * The data of each chunk, once, up to `[DONE]`.
   *
   * @param {ReadableStream<Uint8Array>} body
   * @returns {AsyncGenerator<string, void, void>}
   */
  async *texts(body) {
    const signal = this.#signal;
    /** @type {AsyncIterable<string>} */
    let connection = untilAborted(dataIn(body), signal);
    for (;;) {
      /** @type {unknown} */
      let lost = new TypeError("network error: the answer ended before it was complete");
      let passed = 0;
      try {
        for await (const text of connection) {
          if (text === DONE) return void (yield text);
          passed += 1;
          if (isError(text)) {
            // A hub whose server ended may hold less than was given. What it says of the end then has the number of a given chunk.
            if (text === this.#error) continue;
            this.#error = text;
          } else {
            if (passed === 1 && text !== (this.#first ??= text)) throw new Final("the beginning of the answer is not held any more");
            if (passed <= this.#given) continue;
          }
          this.#given = Math.max(this.#given, passed);
          this.#failures = 0;
          yield text;
        }
      } catch (error) {
        if (signal.aborted || error instanceof Final) throw error;
        lost = error;
      }
      connection = await this.#comeBack(lost);
    }
  }

  /**
   * The chunks of the next connection, from the first one on.
   *
   * @param {unknown} lost why the one before is lost
   * @returns {Promise<AsyncIterable<string>>}
   */
  async #comeBack(lost) {
    for (;;) {
      this.#failures += 1;
      if (this.#failures > MOST_FAILURES) throw lost;
      await wait({ least: 0, random: randomPart(Math.min(this.#failures - 1, MOST_DOUBLINGS)) }, this.#signal);
      this.#signal.throwIfAborted();
      const listening = this.#listen();
      const response = await this.#again(listening.signal).catch((error) => void (lost = error));
      if (response?.status === 200 && response.body !== null) {
        return untilAborted(dataIn(response.body, listening), listening.signal, listening.over);
      }
      listening.over();
      if (response === undefined) continue;
      await response.body?.cancel().catch(() => undefined);
      if (response.status === 204) throw new Final("the answer is not held any more");
      lost = new Error(`the server answers ${response.status}`);
      if (response.status < 500 && response.status !== 429) throw lost;
    }
  }

  /** A hub is never silent for long, also before it answers. A silence aborts `signal`. */
  #listen() {
    const silent = new AbortController();
    const listen = () => setTimeout(() => silent.abort(new TypeError("network error: no byte came")), this.#silence);
    let timer = listen();
    const over = () => clearTimeout(timer);
    const heard = () => {
      over();
      timer = listen();
    };
    return { signal: AbortSignal.any([this.#signal, silent.signal]), heard, over };
  }
}

/** Whether it is the chunk by which AI SDK tells of an error, such as that the answer broke off. */
function isError(/** @type {string} */ text) {
  return attempt(() => JSON.parse(text))?.type === "error";
}

/**
 * The same texts. A signal ends the wait for the next one with its reason.
 *
 * @param {AsyncGenerator<string, void, void>} texts
 * @param {AbortSignal} signal
 * @param {() => void} [over] is called at the end
 */
async function* untilAborted(texts, signal, over) {
  /** @type {PromiseWithResolvers<never>} */
  const { promise: aborted, reject } = Promise.withResolvers();
  aborted.catch(() => undefined);
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    for (;;) {
      const { done, value } = await Promise.race([texts.next(), aborted]);
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    over?.();
    void texts.return().catch(() => undefined);
  }
}
