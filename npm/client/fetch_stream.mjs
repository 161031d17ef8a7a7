// One connection by fetch: it can send a token, shows every type, and says why it was refused.
import { createParser } from "eventsource-parser";
import { Problem } from "./problem.mjs";

/** @import { Ask } from "./selection.mjs" */

/** Characters of one event or line, whatever its sender is. A hub's update has at most 1 MiB. */
const LONGEST_EVENT = 1 << 23;

/**
 * An event of a stream. `id` is undefined if its block has none.
 *
 * @typedef {{ type: string, text: string, id: string | undefined, topics: string[] }} StreamEvent
 */

/**
 * Why a connection is over. With `isOver` the hub has no more. A `problem` that is not passing is final.
 *
 * @typedef {{ why: string, problem?: Problem, isOver?: boolean }} Lost
 */

/**
 * What a connection tells. Each event waits until the one before has been taken.
 *
 * @typedef {object} Listener
 * @property {() => void} begun the stream is there
 * @property {(place: string) => void} placed the stream begins behind this id
 * @property {(event: StreamEvent) => Promise<void>} took
 * @property {(time: number) => void} retry the reconnection time in milliseconds
 * @property {(why: string) => void} waits the browser waits before it connects again
 */

/**
 * Reads a stream until it ends or `signal` is aborted.
 *
 * @param {Ask} ask
 * @param {Listener} listener
 * @param {{ fetch?: (input: string, init: RequestInit) => Promise<Response>, credentials?: RequestCredentials, headers: Record<string, string>, silence: number, signal: AbortSignal }} how
 * @returns {Promise<Lost>}
 */
export async function readByFetch({ url, method, body }, listener, { fetch = globalThis.fetch, credentials, headers, silence, signal }) {
  const connection = new AbortController();
  const abort = () => connection.abort();
  signal.addEventListener("abort", abort, { once: true });
  // The connection counts as lost when it has been silent; an answer that never comes is silent too.
  const silent = () => setTimeout(abort, silence);
  let timer = silent();
  try {
    const caching = askAfresh();
    /** @type {Record<string, string>} */
    const form = method === "QUERY" ? { "content-type": "application/x-www-form-urlencoded" } : {};
    const response = await fetch(url, {
      ...{ method, body, credentials, ...caching, signal: connection.signal },
      headers: { accept: "text/event-stream", ...caching.headers, ...form, ...headers },
    });
    const lost = await refusalIn(response);
    if (lost !== undefined) return lost;
    const place = response.headers.get("last-event-id") ?? response.headers.get("mercure-last-event-id");
    if (place !== null) listener.placed(place);
    const reading = new Reading(listener);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    for (const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader(); ; timer = silent()) {
      const { done, value } = await reader.read();
      clearTimeout(timer);
      if (done || signal.aborted) break;
      await reading.feed(decoder.decode(value, { stream: true }), signal);
    }
    return { why: reading.comment ? `The hub says: ${reading.comment}.` : "The connection ended." };
  } catch {
    return { why: connection.signal.aborted ? `No byte came for ${silence / 1_000} s.` : "The hub cannot be reached." };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    connection.abort();
  }
}

/** What a stream has said so far. */
class Reading {
  #listener;
  #parser;
  /** @type {StreamEvent[]} */
  #events = [];
  /** @type {string[]} */
  #topics = [];
  #hasBegun = false;

  /** The last comment that had a text: by such a one a hub says why it ends a stream. */
  comment = "";

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
    this.#parser = createParser({
      maxBufferSize: LONGEST_EVENT,
      onEvent: ({ event, id, data }) => {
        this.#events.push({ type: event || "message", text: data, id, topics: this.#topics });
        this.#topics = [];
      },
      onRetry: listener.retry,
      onComment: (comment) => (comment === "" ? this.#begin() : (this.comment = comment.trim())),
      // A field that the standard does not have: the hub was asked for it.
      onError: (error) => error.field === "topic" && this.#topics.push(error.value ?? ""),
    });
  }

  /**
   * @param {string} text
   * @param {AbortSignal} signal
   */
  async feed(text, signal) {
    this.#parser.feed(text);
    const events = this.#events.splice(0);
    if (events.length > 0) this.#begin();
    for (const event of events) {
      if (signal.aborted) return;
      await this.#listener.took(event);
    }
  }

  /** A hub that has no room sends a comment with a text alone, so that is no beginning. */
  #begin() {
    if (!this.#hasBegun) this.#listener.begun();
    this.#hasBegun = true;
  }
}

/**
 * Asks for an answer that no cache has. By it a hub knows a client that keeps a place without showing it. In a browser a
 * header would make it ask a foreign hub whether it may be sent; hosts without a location need the header.
 *
 * @returns {{ cache?: RequestCache, headers?: Record<string, string> }}
 */
function askAfresh() {
  return globalThis.location !== undefined ? { cache: "no-store" } : { headers: { "cache-control": "no-cache" } };
}

/**
 * What the answer is, if it is no stream.
 *
 * @param {Response} response
 * @returns {Promise<Lost | undefined>}
 */
async function refusalIn(response) {
  if (response.status === 204) return { why: "The hub has no more.", isOver: true };
  if (!response.ok) {
    const problem = await Problem.from(response);
    return { why: problem.message, problem };
  }
  const type = response.headers.get("content-type");
  if (/^text\/event-stream\b/i.test(type ?? "")) return undefined;
  // Such as the page of a network that asks for a login.
  await response.body?.cancel().catch(() => undefined);
  return { why: `The answer is ${type ?? "of no type"}, not an event stream.` };
}
