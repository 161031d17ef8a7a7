// One tab of a share: it reads what the leader tells, and may become the leader itself.
import { Lead, hasAnswer } from "./lead.mjs";
import { Reader } from "./reader.mjs";
import { Vigil } from "./vigil.mjs";

/** @import { State } from "../types.d.ts" */
/** @import { Entry } from "./log.mjs" */
/** @import { LeaderWord, Word } from "./words.mjs" */

/** What a stream tells. @typedef {{ entry: (entry: Entry) => void, state: (state: State) => void }} Sink */

/**
 * The world around a tab.
 *
 * @typedef {object} World
 * @property {(word: Word) => void} post says a word to the other tabs
 * @property {(from: string, sink: Sink) => () => void} open opens a stream, and returns how to close it
 * @property {() => void} queue waits for the lead, unless the tab waits or leads
 * @property {() => void} steal takes the lead from a leader that is deaf
 * @property {() => void} release gives up the lead, and waits for it no more
 * @property {() => void} handOver gives up the lead if another tab waits for it, and then waits again
 * @property {() => number} clock the milliseconds since 1970
 * @property {() => number} now milliseconds that only grow
 */

/** What the application is told. @typedef {Sink} Told */

export class Tab {
  #id;
  #world;
  #told;
  #reader;
  #vigil = new Vigil();
  /** @type {Lead | undefined} */
  #lead;
  #closeLead = () => {};
  #closeOwn = () => {};
  /** What the leader's stream does. @type {State} */
  #doing = { name: "connecting" };
  /** The last term that any tab has spoken of. */
  #term = 0;
  /** How many leaders, one after the other, had no stream. */
  #fruitless = 0;
  #isOver = false;

  /**
   * @param {{ id: string, cursor: string }} self
   * @param {World} world
   * @param {Told} told
   */
  constructor({ id, cursor }, world, told) {
    this.#id = id;
    this.#world = world;
    this.#told = told;
    this.#reader = new Reader(cursor, {
      take: (entry) => told.entry(entry),
      ask: (cursor) => this.#ask(cursor),
      catchUp: (cursor) => this.#catchUp(cursor),
      meet: () => this.#closeOwn(),
    });
  }

  /** Begins, or begins again after `leave`. */
  join() {
    if (this.#isOver) return;
    this.#vigil.hear(this.#world.now());
    this.#reader.look();
    this.#world.queue();
  }

  /** Leaves the share: the page is closed, hidden for good or frozen. */
  leave() {
    this.#abdicate();
    this.#reader.leave();
    this.#world.release();
  }

  /** The tab has the lead. */
  granted() {
    if (this.#isOver || this.#lead) return;
    const term = Math.max(this.#term + 1, this.#world.clock());
    const lead = new Lead({ term, from: this.#reader.cursor, fruitless: this.#fruitless, now: this.#world.now() });
    this.#lead = lead;
    this.#term = term;
    this.#say(lead.begin());
    // A stream that was replaced may still have something on its way.
    const isPast = () => this.#lead !== lead;
    this.#closeLead = this.#world.open(this.#reader.cursor, {
      entry: (entry) => {
        if (!isPast()) this.#say(lead.step(entry));
      },
      state: (state) => {
        if (!isPast()) this.#say(lead.change(state, this.#world.now()));
      },
    });
  }

  /** Another tab has taken the lead from this one. */
  lost() {
    if (this.#isOver) return;
    this.#abdicate();
    this.#vigil.hear(this.#world.now());
    this.#world.queue();
  }

  /** Gives up the lead, and waits for it again. */
  stepDown() {
    if (!this.#lead) return;
    this.#abdicate();
    this.#vigil.hear(this.#world.now());
    this.#world.release();
    this.#world.queue();
  }

  /**
   * Hears another tab.
   *
   * @param {Word} word
   */
  hear(word) {
    if (this.#isOver) return;
    this.#term = Math.max(this.#term, word.term);
    // There is a later leader, or was one: this tab was stopped, or the clock was set back.
    if (this.#lead && word.term > this.#lead.term) this.stepDown();
    if (word.kind === "ask") {
      if (this.#lead) this.#world.post(this.#lead.answer(word));
    } else if (word.kind === "ping") {
      if (this.#lead) this.#world.post(this.#lead.pong());
    } else {
      this.#follow(word);
    }
  }

  /** Looks after the leader. It is called now and then, and when the page is shown. */
  tick() {
    if (this.#isOver) return;
    const now = this.#world.now();
    if (this.#lead) {
      if (this.#lead.isFruitless(now)) this.#world.handOver();
      return;
    }
    const due = this.#vigil.tick(now);
    if (due === "steal") this.#world.steal();
    if (due !== "ask") return;
    // A tab with a stream of its own asks for nothing, but its leader must be alive too.
    this.#world.post({ kind: "ping", term: this.#reader.term });
    if (!this.#reader.isJoined) this.#reader.look();
  }

  /** The application is too far behind. */
  hold() {
    this.#reader.hold();
  }

  /** The application has caught up. */
  goOn() {
    if (!this.#isOver) this.#reader.goOn();
  }

  /** @param {LeaderWord} word */
  #say(word) {
    this.#world.post(word);
    this.#read(word);
  }

  /** @param {LeaderWord} word */
  #follow(word) {
    if (word.term >= this.#reader.term) this.#vigil.hear(this.#world.now());
    if (word.kind !== "answer" || word.to === this.#id) this.#read(word);
  }

  /** @param {LeaderWord} word */
  #read(word) {
    if (!this.#reader.hear(word)) return;
    if (word.kind === "begin") this.#fruitless = word.fruitless + 1;
    if ("state" in word) this.#doing = word.state;
    if (hasAnswer(this.#doing)) this.#fruitless = 0;
    if (this.#doing.name === "closed") return this.#end(this.#doing);
    // The leader's stream is open for those alone who take what it brings.
    const isTold = this.#reader.isJoined || this.#doing.name !== "open";
    if (isTold && !this.#reader.isCatchingUp) this.#told.state(this.#doing);
  }

  /** @param {string} cursor */
  #ask(cursor) {
    const word = /** @type {const} */ ({ kind: "ask", term: this.#reader.term, tab: this.#id, cursor });
    if (this.#lead) this.#read(this.#lead.answer(word));
    else this.#world.post(word);
  }

  /** @param {string} from */
  #catchUp(from) {
    let isOpen = true;
    const close = this.#world.open(from, {
      entry: (entry) => isOpen && this.#reader.own(entry),
      state: (state) => {
        if (isOpen && state.name === "closed") this.#end(state);
        else if (isOpen) this.#told.state(state);
      },
    });
    this.#closeOwn = () => {
      isOpen = false;
      close();
    };
  }

  #abdicate() {
    this.#lead = undefined;
    this.#closeLead();
    this.#closeLead = () => {};
  }

  /** @param {State} state */
  #end(state) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.leave();
    this.#told.state(state);
  }
}
