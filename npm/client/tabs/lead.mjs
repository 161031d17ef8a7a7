// What the leading tab has to say: its log with numbers, and the state of its stream.
import { Log } from "./log.mjs";
import { Patience } from "./vigil.mjs";

/** @import { State } from "../types.d.ts" */
/** @import { Entry } from "./log.mjs" */
/** @import { Answer, Ask, Begin, Doing, Pong, Step } from "./words.mjs" */

/** One tab's time as the leader. */
export class Lead {
  #log;
  #from;
  #fruitless;
  #patience;
  /** @type {State} */
  #state = { name: "connecting" };

  /** Later leaders have larger terms. */
  term;

  /** @param {{ term: number, from: string, fruitless: number, now: number }} beginning */
  constructor({ term, from, fruitless, now }) {
    this.term = term;
    this.#from = from;
    this.#fruitless = fruitless;
    this.#log = new Log(from);
    this.#patience = new Patience(now, fruitless);
  }

  /** @returns {Begin} */
  begin() {
    return { kind: "begin", term: this.term, from: this.#from, fruitless: this.#fruitless, state: this.#state };
  }

  /**
   * The stream brings this.
   *
   * @param {Entry} entry
   * @returns {Step}
   */
  step(entry) {
    return { kind: "step", term: this.term, number: this.#log.append(entry), entry };
  }

  /**
   * The stream does this.
   *
   * @param {State} state
   * @param {number} now
   * @returns {Doing}
   */
  change(state, now) {
    this.#state = state;
    if (hasAnswer(state)) this.#patience.connected();
    else this.#patience.lost(now);
    return { kind: "state", term: this.term, state };
  }

  /**
   * @param {Ask} ask
   * @returns {Answer}
   */
  answer({ tab, cursor }) {
    const part = this.#log.behind(cursor);
    const cursors = part ? [] : this.#log.cursors;
    const place = { from: cursor, part, cursor: this.#log.cursor, cursors };
    return { kind: "answer", term: this.term, to: tab, ...place, state: this.#state };
  }

  /** @returns {Pong} */
  pong() {
    return { kind: "pong", term: this.term, last: this.#log.last, state: this.#state };
  }

  /** Whether it has had no connection for so long that another tab should lead. */
  isFruitless(/** @type {number} */ now) {
    return this.#patience.isOver(now);
  }
}

/** Whether the hub can be reached: it has answered, be it by a refusal. */
export function hasAnswer(/** @type {State} */ state) {
  return state.name === "open" || ("problem" in state && state.problem !== undefined);
}
