// A stream as a state of React.
import { useInsertionEffect, useState, useSyncExternalStore } from "react";
import { StreamStore, streamKey } from "../client/stream_store.mjs";

/** @import { Url } from "../client/types.d.ts" */
/** @import { UseStream } from "./types.d.ts" */

export const useStream = /** @type {UseStream} */ (useStore);

/**
 * @param {Url<any> | null | undefined} url
 * @param {StreamOptions} options
 */
function useStore(url, options) {
  const [held, hold] = useState(() => new StreamStore(url, options));
  let store = held;
  if (held.key !== streamKey(url, options)) {
    store = new StreamStore(url, options);
    // React renders again at once, and shows nothing of the stream before.
    hold(store);
  }
  useInsertionEffect(() => store.use(options));
  return useSyncExternalStore(store.listen, store.read, store.read);
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
