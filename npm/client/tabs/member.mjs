// A tab in the browser: its lock, its channel, its clock and its page.
import { LeadLock } from "./lead_lock.mjs";
import { listenToPage } from "./page.mjs";
import { checked } from "./share.mjs";
import { streamsOf } from "./streams.mjs";
import { Tab } from "./tab.mjs";
import { TICK } from "./vigil.mjs";
import { read, written } from "./words.mjs";

/** @import { Url } from "../types.d.ts" */
/** @import { Told } from "./tab.mjs" */
/** @import { TabsOptions } from "./share.mjs" */
/** @import { Word } from "./words.mjs" */

export class Member {
  #name;
  #told;
  #pausesWhenHidden;
  #lock;
  #tab;
  /** Is there while the tab is in the share. @type {BroadcastChannel | undefined} */
  #channel;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {Url<any>} url
   * @param {TabsOptions} options
   * @param {{ name: string, cursor: string, told: Told }} share
   */
  constructor(url, options, { name, cursor, told }) {
    this.#name = name;
    this.#told = told;
    this.#pausesWhenHidden = options.pauseWhenHidden === true;
    const lock = (this.#lock = new LeadLock(name, {
      granted: () => this.#tab.granted(),
      lost: () => this.#tab.lost(),
      // A page without locks has a connection of its own.
      refused: () => {
        this.#closeChannel();
        this.#tab.granted();
      },
    }));
    const world = {
      post: (/** @type {Word} */ word) => this.#channel?.postMessage(written(word)),
      open: streamsOf(url, checked(options)),
      queue: () => lock.queue(),
      steal: () => lock.steal(),
      release: () => lock.release(),
      handOver: async () => {
        if (this.#channel && (await lock.isWanted())) this.#tab.stepDown();
      },
      clock: () => Date.now(),
      now: () => performance.now(),
    };
    this.#tab = new Tab({ id: crypto.randomUUID(), cursor }, world, told);
  }

  /**
   * Begins, and follows what happens to the page.
   *
   * @param {AbortSignal} signal ends that
   */
  begin(signal) {
    const leave = (/** @type {string} */ why) => {
      this.leave();
      this.#told.state({ name: "waiting", until: Infinity, why });
    };
    const turns = { leave, join: () => this.#join(), look: () => this.#tab.tick() };
    listenToPage(turns, { pausesWhenHidden: this.#pausesWhenHidden, signal });
  }

  leave() {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#tab.leave();
    this.#closeChannel();
  }

  hold() {
    this.#tab.hold();
  }

  goOn() {
    this.#tab.goOn();
  }

  #join() {
    if (this.#timer) return this.#tab.tick();
    this.#timer = setInterval(() => this.#tab.tick(), TICK);
    const channel = (this.#channel = new BroadcastChannel(this.#name));
    channel.onmessage = ({ data }) => {
      const word = this.#channel === channel ? read(data) : undefined;
      if (word) this.#tab.hear(word);
    };
    this.#tab.join();
  }

  #closeChannel() {
    this.#channel?.close();
    this.#channel = undefined;
  }
}
