// The subscription of one tab: the application's side of a share.
import { Cursor } from "../cursor.mjs";
import { Delivery } from "../delivery.mjs";
import { weightOf } from "./log.mjs";
import { Member } from "./member.mjs";
import { nameOf } from "./share.mjs";

/** @import { State, Update, Url } from "../types.d.ts" */
/** @import { Entry } from "./log.mjs" */
/** @import { TabsOptions } from "./share.mjs" */

/** An application that is further behind takes nothing from the leader until it has caught up. */
const MOST_ENTRIES = 1_000;
/** In characters. */
const MOST_WEIGHT = 4_000_000;

export class SubscriptionOfTab {
  #options;
  #cursor;
  #delivery;
  #member;
  #ending = new AbortController();
  /** @type {State} */
  #state = { name: "connecting" };
  #isStarted = false;
  /** What the application has not taken yet. @type {Entry[]} */
  #entries = [];
  #weight = 0;
  #isTaking = false;
  #isHeld = false;
  /** The end of the share, which comes behind the entries. @type {State | undefined} */
  #last;

  /**
   * @param {Url<any>} url
   * @param {TabsOptions} options
   */
  constructor(url, options) {
    const name = nameOf(url, options);
    this.#options = options;
    this.#cursor = new Cursor(name, options);
    this.#delivery = new Delivery(options, this.#cursor);
    this.#member = new Member(url, options, {
      name,
      cursor: this.#cursor.id,
      told: { entry: (entry) => this.#queue(entry), state: (state) => this.#change(state) },
    });
    if (options.signal?.aborted) queueMicrotask(() => this.close());
    options.signal?.addEventListener("abort", () => this.close(), { signal: this.#ending.signal });
    if (options.onUpdate) this.#start();
  }

  get state() {
    return this.#state;
  }

  get lastEventId() {
    return this.#cursor.id;
  }

  close() {
    this.#close({ name: "closed", why: "closed" });
  }

  /** @returns {AsyncGenerator<Update, void>} */
  async *[Symbol.asyncIterator]() {
    if (this.#isStarted) throw new TypeError("the subscription is read already, by onUpdate or by another loop");
    this.#start();
    try {
      yield* this.#delivery.each();
    } finally {
      this.close();
    }
    if (this.#state.name === "closed" && this.#state.problem) throw this.#state.problem;
  }

  #start() {
    this.#isStarted = true;
    // The application has the subscription before it is told anything.
    queueMicrotask(() => {
      if (this.#isOver) return;
      this.#delivery.call("onState", this.#state);
      this.#member.begin(this.#ending.signal);
    });
  }

  get #isOver() {
    return this.#ending.signal.aborted;
  }

  /** @param {Entry} entry */
  #queue(entry) {
    if (this.#isOver) return;
    this.#entries.push(entry);
    this.#weight += weightOf(entry);
    const isFull = this.#entries.length > MOST_ENTRIES || this.#weight > MOST_WEIGHT;
    if (isFull && !this.#isHeld) {
      this.#isHeld = true;
      this.#member.hold();
    }
    this.#take();
  }

  async #take() {
    if (this.#isTaking) return;
    this.#isTaking = true;
    for (let entry = this.#entries.shift(); entry && !this.#isOver; entry = this.#entries.shift()) {
      this.#weight -= weightOf(entry);
      await this.#give(entry);
      if (this.#isHeld && this.#entries.length < MOST_ENTRIES / 2 && this.#weight < MOST_WEIGHT / 2) {
        this.#isHeld = false;
        this.#member.goOn();
      }
    }
    this.#isTaking = false;
    if (this.#last) this.#close(this.#last);
  }

  /** @param {Entry} entry */
  async #give({ cursor, update, gap }) {
    if (update) return this.#delivery.take({ ...update, topics: [...(update.topics ?? [])] });
    if (gap) await this.#delivery.call("onGap", gap);
    this.#cursor.move(cursor);
  }

  /** @param {State} state */
  #change(state) {
    if (state.name !== "closed") return this.#tell(state);
    this.#last = state;
    this.#take();
  }

  /** @param {State} state */
  #tell(state) {
    if (this.#isOver || isSame(state, this.#state)) return;
    this.#state = state;
    this.#delivery.call("onState", state);
  }

  /** @param {State} state */
  #close(state) {
    if (this.#isOver) return;
    this.#ending.abort();
    this.#delivery.end();
    this.#member.leave();
    this.#state = state;
    this.#delivery.call("onState", state);
  }
}

/**
 * Whether nothing has changed. A new leader may tell what the one before it has told.
 *
 * @param {State} one
 * @param {State} other
 */
function isSame(one, other) {
  if (one.name !== "waiting" || other.name !== "waiting") return one.name === other.name;
  return one.why === other.why && Object.is(one.until, other.until);
}
