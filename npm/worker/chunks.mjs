// The chunks of a source, one after the other.
import { HubError } from "./hub_error.mjs";
import { kind } from "./update.mjs";

/**
 * `cancel` tells the source that no more chunks are taken, and waits for nothing.
 *
 * @typedef {{ next: () => Promise<{ done?: boolean, value?: unknown }>, cancel: (reason: unknown) => void }} Chunks
 */

/**
 * The chunks of a stream or an async iterable.
 *
 * @param {any} source
 * @returns {Chunks}
 */
export function chunksOf(source) {
  if (source instanceof ReadableStream) {
    if (source.locked) throw wrong("the source has another reader already");
    const reader = source.getReader();
    // A chunk that is asked for does not delay it.
    return { next: () => reader.read(), cancel: (reason) => void reader.cancel(reason).catch(() => {}) };
  }
  const iterate = source?.[Symbol.asyncIterator];
  if (typeof iterate !== "function") {
    throw wrong(`the source is ${kind(source)}; it must be a ReadableStream, an async iterable, or a function that returns one`);
  }
  const chunks = iterate.call(source);
  const close = async () => chunks.return?.();
  return { next: async () => chunks.next(), cancel: () => void close().catch(() => {}) };
}

function wrong(/** @type {string} */ message) {
  return new HubError(message, { status: 400, field: "source" });
}
