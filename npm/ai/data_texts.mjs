// The data of the events of a stream. AI SDK puts one chunk of a message into each.
import { createParser } from "eventsource-parser";

/** The data by which AI SDK says that a stream is complete. */
export const DONE = "[DONE]";

/** Characters of one event, whatever its sender is. A hub's update has at most 1 MiB. */
const LONGEST_EVENT = 1 << 23;

/**
 * The data of each event. The stream is cancelled if it is not read to its end.
 *
 * @param {ReadableStream<string> | ReadableStream<Uint8Array>} stream
 * @param {{ heard?: () => void }} [listener] `heard` is told of each piece of the stream, also of one without data
 * @returns {AsyncGenerator<string, void, void>}
 */
export async function* dataIn(stream, { heard } = {}) {
  /** @type {string[]} */
  const texts = [];
  const parser = createParser({ maxBufferSize: LONGEST_EVENT, onEvent: ({ data }) => void texts.push(data) });
  const decoder = new TextDecoder();
  const reader = /** @type {ReadableStream<string | Uint8Array>} */ (stream).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard?.();
      parser.feed(typeof value === "string" ? value : decoder.decode(value, { stream: true }));
      yield* texts.splice(0);
    }
  } finally {
    // A stream that has ended or failed is not cancelled any more.
    reader.cancel().catch(() => undefined);
  }
}

/** An event with this data. JSON has no line breaks. */
export function eventOf(/** @type {string} */ data) {
  return `data: ${data}\n\n`;
}
