// A page for tabs in a test, and the lock that its tabs share.
import { Tab } from "../../npm/client/tabs/tab.mjs";
import { Stream } from "./hub.mjs";

/** A page with a tab, and what its application was told. */
export class Page {
  isFrozen = false;
  isOffline = false;
  isGone = false;
  isAway = false;
  /** What is on its way to the tab: functions. */
  inbox = [];
  streams = [];
  past = [];
  told = [];
  states = [];
  #world;

  constructor(world, id, cursor) {
    this.#world = world;
    this.id = id;
    this.cursor = cursor;
    this.tab = new Tab({ id, cursor }, {
      post: (word) => this.isAway || world.post(this, word),
      open: (from, sink) => {
        const stream = new Stream(world.hub, from, sink, () => this.isOffline);
        this.streams.push(stream);
        return () => {
          this.streams = this.streams.filter((other) => other !== stream);
          // What was read before it was closed may still come.
          this.past = [...this.past, stream].slice(-2);
        };
      },
      queue: () => world.lock.queue(this),
      steal: () => world.lock.steal(this),
      release: () => world.lock.release(this),
      handOver: () => world.lock.waiting.length > 0 && this.inbox.push(() => this.tab.stepDown()),
      clock: () => world.clock,
      now: () => world.now,
    }, { entry: (entry) => this.told.push(entry), state: (state) => this.#state(state) });
  }

  #state(state) {
    // What is published behind its first opening, the page must be told.
    if (state.name === "open" && this.openedAt === undefined) this.openedAt = this.#world.hub.last;
    this.states.push(state.name);
  }

  get isAwake() {
    return !this.isGone && !this.isFrozen;
  }
}

/** The lock of the share: one holds it, the others wait. */
export class Lock {
  holder;
  waiting = [];

  queue(page) {
    if (this.holder === page || this.waiting.includes(page)) return;
    this.waiting.push(page);
  }

  steal(page) {
    this.waiting = this.waiting.filter((other) => other !== page);
    if (this.holder && this.holder !== page) this.#tell(this.holder, "lost");
    this.holder = page;
    this.#tell(page, "granted");
  }

  release(page) {
    this.waiting = this.waiting.filter((other) => other !== page);
    if (this.holder === page) this.holder = undefined;
  }

  /** Returns whether it was free. */
  grant() {
    if (this.holder || this.waiting.length === 0) return false;
    this.holder = this.waiting.shift();
    this.#tell(this.holder, "granted");
    return true;
  }

  #tell(page, what) {
    page.inbox.push(() => (what === "granted" && this.holder !== page) || page.tab[what]());
  }
}
