// A stream as a store of Svelte, by the contract of stores, so that nothing of Svelte is imported.
import { StreamStore } from "../client/stream_store.mjs";

/** @import { Url } from "../client/types.d.ts" */
/** @import { StreamOf } from "./types.d.ts" */

export const stream = /** @type {StreamOf} */ (makeStream);

/**
 * @param {Url<any> | null | undefined} url
 * @param {StreamOptions} options
 */
function makeStream(url, options) {
  const store = new StreamStore(url, options);
  return {
    subscribe(/** @type {(stream: Stream) => void} */ run) {
      run(store.read());
      // A server renders what is there before the stream is open.
      return typeof document === "undefined" ? () => {} : store.listen(() => run(store.read()));
    },
  };
}

/**
 * @template Events
 * @typedef {import("../client/types.d.ts").HubUrl<Events>} HubUrl
 */
/**
 * @template [Data=any]
 * @typedef {import("../client/types.d.ts").Update<Data>} Update
 */
/**
 * @template [Data=any]
 * @typedef {import("../client/hooks.d.ts").Stream<Data>} Stream
 */
/**
 * @template [Data=any]
 * @template {string} [Selector=string]
 * @typedef {import("../client/hooks.d.ts").StreamOptions<Data, Selector>} StreamOptions
 */
/** @typedef {import("../client/types.d.ts").Gap} Gap */
/** @typedef {import("../client/types.d.ts").State} State */
/**
 * @template [Data=any]
 * @typedef {import("./types.d.ts").StreamReadable<Data>} StreamReadable
 */
