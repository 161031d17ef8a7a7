// One connection by the browser's own EventSource, HTML § 9.2. It shows only types that it was told of, and hides why it
// was refused.

/** @import { Listener } from "./fetch_stream.mjs" */

/**
 * Reads until the browser gives up, fails to come back, or `signal` is aborted.
 *
 * @param {string} url
 * @param {Listener} listener
 * @param {{ types: readonly string[], credentials?: RequestCredentials, signal: AbortSignal }} how
 * @returns {Promise<void>}
 */
export function readByEventSource(url, listener, { types, credentials, signal }) {
  const source = new EventSource(url, { withCredentials: credentials === "include" });
  let isOpen = false;
  /** What was received is taken one after the other. */
  let taken = Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      source.close();
      resolve(taken);
    };
    signal.addEventListener("abort", end);
    source.onopen = () => {
      isOpen = true;
      listener.begun();
    };
    source.onerror = () => {
      if (!isOpen || source.readyState === source.CLOSED) return end();
      isOpen = false;
      listener.waits("The connection was lost.");
    };
    // The hub itself tells the place, a gap, and the end of a topic.
    for (const type of new Set([...types, "place", "gap", "end"])) {
      source.addEventListener(type, ({ data, lastEventId }) => {
        const event = { type, text: data, id: lastEventId };
        taken = taken.then(() => (signal.aborted ? undefined : listener.took(event)));
      });
    }
  });
}
