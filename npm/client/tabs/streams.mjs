// The streams of a tab, each a subscription of its own: what it brings becomes entries, which move the cursor.
import { SubscriptionOfClient } from "../subscription.mjs";

/** @import { Gap, Url } from "../types.d.ts" */
/** @import { TabsOptions } from "./share.mjs" */
/** @import { Sink } from "./tab.mjs" */

/**
 * How a tab opens streams.
 *
 * @param {Url<any>} url
 * @param {TabsOptions} options
 */
export function streamsOf(url, { user, storage, signal, pauseWhenHidden, json, lastEventId, onEnd, ...common }) {
  /**
   * Opens a stream behind `from`, and returns how to close it.
   *
   * @param {string} from
   * @param {Sink} sink
   */
  return (from, sink) => {
    let cursor = from;
    /** A gap moves the cursor too: the place where the stream goes on comes next. @type {Gap | undefined} */
    let gap;
    /** @param {string} id */
    const move = (id) => {
      const isNew = gap !== undefined || id !== cursor;
      const entry = { cursor: id, ...(gap ? { gap } : {}) };
      cursor = id;
      gap = undefined;
      if (isNew) sink.entry(entry);
    };
    // Who has chosen where to begin is told no gap of the past; who comes back is.
    const isChosen = from === lastEventId;
    const subscription = new SubscriptionOfClient(url, {
      ...common,
      ...(isChosen ? { lastEventId } : {}),
      storage: { getItem: () => (isChosen ? null : from), setItem: (_key, id) => move(id) },
      onUpdate: ({ id, type, text, topics }) => {
        if (gap) move(cursor);
        cursor = id;
        sink.entry({ cursor: id, update: { id, type, text, ...(topics ? { topics } : {}) } });
      },
      onGap: (told) => void (gap = readable(told)),
      onState: sink.state,
    });
    return () => subscription.close();
  };
}

/**
 * A gap that the other tabs can read, whatever the JSON of a hub was.
 *
 * @param {Gap} gap
 * @returns {Gap}
 */
function readable({ requested, first, missed }) {
  const text = (/** @type {unknown} */ value) => (typeof value === "string" ? value : null);
  return { requested: text(requested), first: text(first), missed: Number.isSafeInteger(missed) && Number(missed) >= 0 ? missed : null };
}
