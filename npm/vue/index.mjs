// A stream as refs of Vue.
import { computed, getCurrentScope, onScopeDispose, shallowRef, toValue, watchPostEffect } from "vue";
import { StreamStore, streamKey } from "../client/stream_store.mjs";

/** @import { MaybeRefOrGetter } from "vue" */
/** @import { Url } from "../client/types.d.ts" */
/** @import { UseStream } from "./types.d.ts" */

export const useStream = /** @type {UseStream} */ (useStore);

/**
 * @param {MaybeRefOrGetter<Url<any> | null | undefined>} url
 * @param {MaybeRefOrGetter<StreamOptions>} options
 */
function useStore(url, options) {
  let store = new StreamStore(toValue(url), { ...toValue(options) });
  const shown = shallowRef(store.read());
  const show = () => (shown.value = store.read());

  // A server renders what is there before a stream is open.
  if (typeof document !== "undefined") {
    let leave = () => {};
    // After the first rendering, so that it equals the server's.
    watchPostEffect(() => {
      const [now, given] = [toValue(url), { ...toValue(options) }];
      leave();
      if (streamKey(now, given) === store.key) store.use(given);
      else store = new StreamStore(now, given);
      show();
      leave = store.listen(show);
    });
    if (getCurrentScope() !== undefined) onScopeDispose(() => leave());
  }
  return {
    state: computed(() => shown.value.state),
    update: computed(() => shown.value.update),
    updates: computed(() => shown.value.updates),
    gap: computed(() => shown.value.gap),
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
 * @typedef {import("./types.d.ts").StreamRefs<Data>} StreamRefs
 */
