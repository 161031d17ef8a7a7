// A stream as interfaces need it: a value that is replaced when something came, and a subscription that is open while
// somebody listens. It knows no framework.
import { subscribe as subscribeAlone } from "./index.mjs";

/** @import { State, Subscription, Update, Url } from "./types.d.ts" */
/** @import { Stream, StreamOptions } from "./hooks.d.ts" */

const MAX_UPDATES = 100;

/** A change of one of these asks for another stream. Of the other options the last value holds. */
const CHOOSING = /** @type {const} */ ([
  ...["topics", "match", "types", "json", "withTopics", "from", "credentials", "pauseWhenHidden", "silence", "user"],
]);

/**
 * A text that is the same as long as the same stream is meant, also when the options are written anew at each render.
 *
 * @param {Url<any> | null | undefined} url
 * @param {StreamOptions} options
 */
export function streamKey(url, options) {
  const chosen = CHOOSING.map((name) => [name, options[name]]);
  // Functions are new at each render, but whether there is one decides how the hub is asked.
  const given = [options.token, options.fetch].map((option) => option !== undefined);
  return JSON.stringify([url ?? null, Object.fromEntries(chosen), given]);
}

/** One stream, of which listeners show the same. */
export class StreamStore {
  #url;
  #options;
  /** @type {Stream} */
  #snapshot;
  /** What came since the snapshot was made. */
  #changes = /** @type {Partial<Stream>} */ ({});
  /** @type {Update[]} */
  #received = [];
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Subscription | undefined} */
  #subscription;
  /** How often a subscription was opened: what one says that is closed is not heard. */
  #opened = 0;
  /** The last event ID of the subscription before. */
  #cursor = "";
  /** The last update that was shown, and the cursor of the subscription before it was taken. @type {{ id: string, before: string } | undefined} */
  #shown;
  #isSettling = false;
  #isTelling = false;
  /** @type {unknown} */
  #failure;

  /**
   * @param {Url<any> | null | undefined} url
   * @param {StreamOptions} options
   */
  constructor(url, options) {
    this.key = streamKey(url, options);
    this.#url = url;
    this.#options = options;
    this.#snapshot = { state: this.#rest, update: null, updates: [], gap: null };
  }

  /** What there is to show. It throws if the options are wrong. */
  read = () => {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#snapshot;
  };

  /**
   * Calls `listener` after each change of what there is to show. The stream is open while there is a listener.
   *
   * @param {() => void} listener one that does not listen yet
   * @returns {() => void} ends it
   */
  listen = (listener) => {
    this.#listeners.add(listener);
    this.#settle();
    return () => {
      this.#listeners.delete(listener);
      this.#settle();
    };
  };

  /**
   * Takes the options of another render, which have the same key.
   *
   * @param {StreamOptions} options
   */
  use(options) {
    this.#options = options;
    this.#settle();
  }

  get #isEnabled() {
    const { enabled = true } = this.#options;
    return enabled && this.#url !== null && this.#url !== undefined;
  }

  /** The state that is shown, or will be in a moment. */
  get #state() {
    return this.#changes.state ?? this.#snapshot.state;
  }

  /**
   * The state without a subscription.
   *
   * @returns {State}
   */
  get #rest() {
    return this.#isEnabled ? { name: "connecting" } : { name: "closed", why: "closed" };
  }

  /**
   * Opens or closes the subscription, as it is wanted at the end of this turn. A component that is mounted, unmounted and
   * mounted again in one turn, as in React's strict mode, so asks the hub once.
   */
  #settle() {
    if (this.#isSettling) return;
    this.#isSettling = true;
    queueMicrotask(() => {
      this.#isSettling = false;
      const isWanted = this.#isEnabled && this.#listeners.size > 0;
      if (isWanted && this.#subscription === undefined) this.#open();
      if (!isWanted) this.#close();
    });
  }

  #open() {
    const { from, maxUpdates, enabled, subscribe = subscribeAlone, token, fetch, ...options } = this.#options;
    this.#opened += 1;
    const opened = this.#opened;
    /** @type {<Value>(hear: (value: Value) => unknown) => (value: Value) => unknown} */
    const whileOpen = (hear) => (value) => (opened === this.#opened ? hear(value) : undefined);
    try {
      this.#subscription = subscribe(/** @type {Url<any>} */ (this.#url), {
        ...options,
        ...(token && { token: (/** @type {any} */ asked) => (this.#options.token ?? token)(asked) }),
        ...(fetch && { fetch: (/** @type {string} */ input, /** @type {RequestInit} */ init) => (this.#options.fetch ?? fetch)(input, init) }),
        lastEventId: this.#cursor || from,
        onUpdate: whileOpen((update) => {
          this.#shown = { id: update.id, before: this.#subscription?.lastEventId ?? "" };
          this.#received.push(update);
          this.#change({ update });
          return this.#options.onUpdate?.(update);
        }),
        onGap: whileOpen((gap) => {
          this.#change({ gap });
          return this.#options.onGap?.(gap);
        }),
        onEnd: whileOpen((end) => this.#options.onEnd?.(end)),
        onState: whileOpen((state) => {
          this.#change({ state });
          return this.#options.onState?.(state);
        }),
        onError: (/** @type {unknown} */ error, /** @type {any} */ update) => (this.#options.onError ?? console.error)(error, update),
      });
    } catch (error) {
      this.#failure = error;
      this.#change({});
    }
  }

  /** Closes the subscription, if there is one. What was received stays, and the next one goes on behind it. */
  #close() {
    const subscription = this.#subscription;
    if (subscription === undefined && this.#state.name === this.#rest.name) return;
    this.#subscription = undefined;
    this.#opened += 1;
    const reached = subscription?.lastEventId ?? this.#cursor;
    // A subscription moves its cursor when the callback is over, and that may be what has closed it.
    this.#cursor = this.#shown?.before === reached ? this.#shown.id : reached;
    this.#shown = undefined;
    subscription?.close();
    this.#change({ state: this.#rest });
  }

  /**
   * Replaces the snapshot in a task of its own, so that the updates of one chunk are shown at once.
   *
   * @param {Partial<Stream>} changes
   */
  #change(changes) {
    Object.assign(this.#changes, changes);
    if (this.#isTelling) return;
    this.#isTelling = true;
    // Unlike a timer, a message is not late in a page that is hidden.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      this.#tell();
    };
    port2.postMessage(null);
  }

  #tell() {
    this.#isTelling = false;
    const { maxUpdates = MAX_UPDATES } = this.#options;
    const received = this.#received.splice(0);
    const all = received.length === 0 ? this.#snapshot.updates : [...this.#snapshot.updates, ...received];
    const updates = all.length > maxUpdates ? all.slice(all.length - maxUpdates) : all;
    this.#snapshot = { ...this.#snapshot, ...this.#changes, updates };
    this.#changes = {};
    for (const listener of this.#listeners) listener();
  }
}
