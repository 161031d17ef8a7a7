// The body of an answer that is read again, with an end that AI SDK understands.
import { DONE, eventOf } from "./data_texts.mjs";

/** @import { StatusOfTopic } from "./types.d.ts" */

const BROKEN = { type: "error", errorText: "The answer broke off: the server that wrote it has ended." };

/**
 * The same body, and behind its last byte what the topic's state says: nothing more comes, or the answer broke off. A body
 * that ends while the topic is open fails, so that its client comes back.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => Promise<StatusOfTopic>} status
 * @returns {ReadableStream<Uint8Array>}
 */
export function ended(body, status) {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        const { state, reason } = await status();
        if (state !== "closed") throw new Error("the stream ended before the answer was complete");
        const end = reason === "broken" ? eventOf(JSON.stringify(BROKEN)) : "";
        controller.enqueue(new TextEncoder().encode(end + eventOf(DONE)));
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
