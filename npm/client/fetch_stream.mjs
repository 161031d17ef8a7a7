// One connection by fetch: it can send a token, shows every type, and says why it was refused.
import { createParser } from "eventsource-parser";
import { MOST } from "./pause.mjs";
import { Problem } from "./problem.mjs";

/** @import { Ask } from "./selection.mjs" */

/** Characters of one event or line, whatever its sender is. A hub's update has at most 1 MiB. */
const LONGEST_EVENT = 1 << 23;

/**
 * An event of a stream. `id` is undefined if its block has none.
 *
 * @typedef {{ type: string, text: string, id: string | undefined, topics?: string[] }} StreamEvent
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
 * @property {(event: StreamEvent) => Promise<void>} took
 * @property {(time: number) => void} retry the reconnection time in milliseconds
 * @property {(why: string) => void} waits the browser waits before it connects again
 */

/**
 * Reads a stream until it ends or `connection` is aborted. It counts as lost when it has been silent, as when an answer never
 * comes; then `connection` is aborted with that.
 *
 * @param {Ask} ask
 * @param {Listener} listener
 * @param {{ fetch?: (input: string, init: RequestInit) => Promise<Response>, credentials?: RequestCredentials, headers: Record<string, string>, silence: number, connection: AbortController }} how
 * @returns {Promise<Lost>}
 */
export async function readByFetch({ url, method, body }, listener, { fetch = globalThis.fetch, credentials, headers, silence, connection }) {
  const { signal } = connection;
  const silent = () => setTimeout(() => connection.abort({ why: `No byte came for ${silence / 1_000} s.` }), Math.min(silence, MOST));
  let timer = silent();
  let why = "The hub cannot be reached.";
  try {
    // An answer that no cache has: by this a hub knows a client that keeps a place without showing it. A browser says so itself,
    // and would ask a foreign hub first whether a header may be sent.
    const isBrowser = globalThis.location;
    const response = await fetch(url, {
      ...{ method, body, credentials, signal, ...(isBrowser && { cache: "no-store" }) },
      headers: { accept: "text/event-stream", ...(isBrowser ? {} : { "cache-control": "no-cache" }), ...headers },
    });
    const lost = await refusalIn(response);
    if (lost) return lost;
    why = "The connection was lost.";
    /** @type {StreamEvent[]} */
    const events = [];
    /** @type {string[]} */
    let topics = [];
    let begin = () => {
      begin = () => {};
      listener.begun();
    };
    let comment = "";
    const parser = createParser({
      maxBufferSize: LONGEST_EVENT,
      onEvent: ({ event, id, data }) => {
        begin();
        events.push({ type: event || "message", text: data, id, topics });
        topics = [];
      },
      onRetry: listener.retry,
      // A hub begins a stream with an empty comment. By one with a text it says why it ends a stream, or has no room.
      onComment: (text) => (comment = text.trim()) || begin(),
      // A field that the standard does not have: the hub was asked for it.
      onError: ({ field, value = "" }) => field === "topic" && topics.push(value),
    });
    let part = "";
    const decoder = new TextDecoder();
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    // Node never ends a read of a stream whose end came first, and which was then aborted.
    for (; !signal.aborted; timer = silent()) {
      const { done, value } = await reader.read();
      clearTimeout(timer);
      if (done || signal.aborted) break;
      const text = decoder.decode(value, { stream: true });
      // The parser says nothing of an unknown field whose line comes in parts. So it gets whole lines, as hubs end them, and
      // what is too long to be one.
      const end = part.length > LONGEST_EVENT ? text.length : text.lastIndexOf("\n") + 1;
      if (end > 0) {
        parser.feed(part + text.slice(0, end));
        part = "";
      }
      part += text.slice(end);
      for (const event of events.splice(0)) if (!signal.aborted) await listener.took(event);
    }
    return { why: comment ? `The hub says: ${comment}.` : why };
  } catch {
    return { why };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What the answer is, if it is no stream.
 *
 * @param {Response} response
 * @returns {Promise<Lost | undefined>}
 */
async function refusalIn(response) {
  if (response.status === 204) return { why: "", isOver: true };
  if (!response.ok) {
    const problem = await Problem.from(response);
    return { why: problem.message, problem };
  }
  const type = response.headers.get("content-type") ?? "of no type";
  if (/^text\/event-stream\b/i.test(type)) return undefined;
  // Such as the page of a network that asks for a login.
  await response.body?.cancel().catch(() => undefined);
  return { why: `The answer is ${type}, not an event stream.` };
}
