// How events reach the application: as updates, one after the other, or as a gap; and the cursor behind them.

import { attempt } from "./attempt.mjs";

/** @import { Gap, ReadOptions, Update } from "./types.d.ts" */
/** @import { StreamEvent } from "./fetch_stream.mjs" */
/** @import { Cursor } from "./cursor.mjs" */

/** Ids that a hub makes itself. No update has an id of this form. */
const OF_HUB = /^(?:#|earliest$)/;

export class Delivery {
  #options;
  #cursor;
  /** @type {{ update: Update, end: (isTaken: boolean) => void } | undefined} */
  #next;
  #wake = () => {};
  #isOver = false;

  /**
   * @param {ReadOptions} options
   * @param {Cursor} cursor
   */
  constructor(options, cursor) {
    this.#options = options;
    this.#cursor = cursor;
  }

  /**
   * Gives the application what it is to know of this event, and moves the cursor behind it when it was taken.
   *
   * @param {StreamEvent} event
   */
  async take({ type, text, id = this.#cursor.id, topics }) {
    const isOfHub = OF_HUB.test(id);
    const { withTopics, types } = this.#options;
    let isTaken = true;
    if (isOfHub && type === "gap") await this.call("onGap", gapIn(text));
    else if (isOfHub && type === "end") await this.call("onEnd", attempt(() => JSON.parse(text)));
    else if ((!isOfHub || type !== "place") && types?.includes(type) !== false) {
      isTaken = await this.#update({ id, type, text, ...(withTopics && { topics }) });
    }
    if (isTaken) this.#cursor.move(id);
  }

  /**
   * Calls back. What the application throws does not end the stream.
   *
   * @param {"onUpdate" | "onGap" | "onEnd" | "onState"} name
   * @param {any} value
   */
  async call(name, value) {
    try {
      await this.#options[name]?.(value);
    } catch (error) {
      this.#report(error, name === "onUpdate" ? value : undefined);
    }
  }

  /**
   * Gives an update. Returns whether the application has taken it.
   *
   * @param {Omit<Update, "data">} told
   * @returns {Promise<boolean>}
   */
  async #update(told) {
    const { json, onUpdate } = this.#options;
    /** @type {Update} */
    let update = { ...told, data: told.text };
    try {
      if (json) update = { ...told, data: JSON.parse(told.text) };
    } catch (error) {
      this.#report(error, update);
      return true;
    }
    if (onUpdate) {
      await this.call("onUpdate", update);
      return true;
    }
    if (this.#isOver) return false;
    return new Promise((end) => {
      this.#next = { update, end };
      this.#wake();
    });
  }

  /**
   * The updates, each when the one before was taken.
   *
   * @returns {AsyncGenerator<Update, void>}
   */
  async *each() {
    while (true) {
      if (!this.#next && !this.#isOver) await /** @type {Promise<void>} */ (new Promise((resolve) => (this.#wake = resolve)));
      const next = this.#next;
      if (!next) return;
      this.#next = undefined;
      try {
        yield next.update;
      } finally {
        next.end(true);
      }
    }
  }

  /** No event is given any more. */
  end() {
    this.#isOver = true;
    this.#next?.end(false);
    this.#next = undefined;
    this.#wake();
  }

  /**
   * Tells the application, which may throw again; that is not of the stream.
   *
   * @param {unknown} error
   * @param {Update<string>} [update]
   */
  #report(error, update) {
    const { onError = console.error } = this.#options;
    queueMicrotask(() => onError(error, update));
  }
}

/**
 * @param {string} text
 * @returns {Gap}
 */
function gapIn(text) {
  return { requested: null, first: null, missed: null, ...attempt(() => JSON.parse(text)) };
}
