// One tab's place in what the leading tab tells: what it takes, what it has already, and what it asks for.
import { Recent } from "./recent.mjs";

/** @import { Answer, Begin, LeaderWord, Step } from "./words.mjs" */
/** @import { Entry } from "./log.mjs" */

/**
 * What a reader lets happen.
 *
 * @typedef {object} Deeds
 * @property {(entry: Entry) => void} take gives an entry to the application
 * @property {(cursor: string) => void} ask asks the leader for what is behind the cursor
 * @property {(cursor: string) => void} catchUp opens a stream of the tab's own behind the cursor
 * @property {() => void} meet closes that stream: the leader's is enough again
 */

/**
 * A reader has one source at a time: the leader's words while it is *joined*, else its own stream or none. Its cursor is the
 * only truth about what it has. It joins where the leader's log has the same cursor, so nothing is lost or taken twice there.
 */
export class Reader {
  #deeds;
  #cursor;
  /** Of the leader. Terms grow. */
  #term = 0;
  /** The number of the entry that was taken last, while joined. @type {number | undefined} */
  #place;
  #isAsking = false;
  #isCatchingUp = false;
  #isHeld = false;
  /** Cursors that this tab has had. */
  #had = new Recent();
  /** Cursors that the leader has had, while this tab is not joined. */
  #heard = new Recent();

  /**
   * @param {string} cursor
   * @param {Deeds} deeds
   */
  constructor(cursor, deeds) {
    this.#cursor = cursor;
    this.#deeds = deeds;
    this.#had.add(cursor);
  }

  /** The cursor behind what was taken; empty while there is none. */
  get cursor() {
    return this.#cursor;
  }

  get term() {
    return this.#term;
  }

  /** Whether it takes what the leader tells. */
  get isJoined() {
    return this.#place !== undefined;
  }

  /** Whether it has a stream of its own. */
  get isCatchingUp() {
    return this.#isCatchingUp;
  }

  /**
   * Hears what a leader says. Who led before the present one is heard no more: then it returns false.
   *
   * @param {LeaderWord} word
   */
  hear(word) {
    if (word.term < this.#term) return false;
    // Each leader begins once, be it in the same millisecond as the one before.
    if (word.term > this.#term || word.kind === "begin") this.#changeTerm(word.term);
    if (word.kind === "begin") this.#begin(word);
    else if (word.kind === "step") this.#step(word);
    else if (word.kind === "answer") this.#answer(word);
    else if (word.kind === "pong" && (this.#place ?? -1) < word.last) this.look();
    return true;
  }

  /**
   * Takes an entry of its own stream.
   *
   * @param {Entry} entry
   */
  own(entry) {
    this.#take(entry);
    if (this.#heard.has(this.#cursor)) this.#ask();
  }

  /** Asks for what it misses, again if an answer was lost. */
  look() {
    this.#isAsking = false;
    this.#place = undefined;
    if (!this.#isCatchingUp || this.#heard.has(this.#cursor)) this.#ask();
  }

  /** Takes nothing any more: the application is too far behind. */
  hold() {
    this.#isHeld = true;
    this.leave();
  }

  /** Hears nothing more for now; `look` begins again. */
  leave() {
    this.#place = undefined;
    this.#stopCatchingUp();
  }

  /** Goes on after `hold`. */
  goOn() {
    this.#isHeld = false;
    this.look();
  }

  /** @param {number} term */
  #changeTerm(term) {
    this.#term = term;
    this.#place = undefined;
    this.#isAsking = false;
    this.#heard.clear();
  }

  /** @param {Begin} word */
  #begin({ from }) {
    this.#heard.add(from);
    if (this.#isHeld) return;
    if (this.#cursor === from) this.#join(0);
    else if (this.#cursor === "") this.#joinAt(0, from);
    else this.#decide(from);
  }

  /** @param {Step} word */
  #step({ number, entry }) {
    if (this.#place !== undefined) {
      if (number > this.#place + 1) this.look();
      else this.#advance(number, entry);
      return;
    }
    this.#heard.add(entry.cursor);
    if (this.#isHeld) return;
    if (this.#cursor === entry.cursor) this.#join(number);
    else if (this.#cursor === "") {
      this.#join(number - 1);
      this.#advance(number, entry);
    } else if (!this.#had.has(entry.cursor) && !this.#isCatchingUp) this.#ask();
  }

  /** @param {Answer} word */
  #answer(word) {
    this.#isAsking = false;
    if (this.#isHeld || this.#place !== undefined) return;
    if (word.part === undefined) return this.#isUnknown(word);
    const { after, entries } = word.part;
    if (this.#cursor === "") return this.#joinAt(after + entries.length, word.cursor);
    // The cursor may have moved since the question.
    const ways = [word.from, ...entries.map(({ cursor }) => cursor)].lastIndexOf(this.#cursor);
    if (ways < 0) return;
    this.#join(after + ways);
    for (const [index, entry] of entries.entries()) this.#advance(after + index + 1, entry);
  }

  /** @param {Answer} word */
  #isUnknown({ cursor, cursors }) {
    for (const known of cursors) this.#heard.add(known);
    if (this.#heard.has(this.#cursor)) this.#ask();
    else this.#decide(cursor);
  }

  /**
   * The leader has no such cursor in its log. It may come to it; else it is past it.
   *
   * @param {string} cursor the leader's
   */
  #decide(cursor) {
    if (this.#isCatchingUp || this.#had.has(cursor)) return;
    this.#isCatchingUp = true;
    this.#deeds.catchUp(this.#cursor);
  }

  /**
   * Who has no cursor begins where the leader is.
   *
   * @param {number} number
   * @param {string} cursor
   */
  #joinAt(number, cursor) {
    this.#join(number);
    if (cursor !== "") this.#take({ cursor });
  }

  /** @param {number} number */
  #join(number) {
    this.#place = number;
    this.#isAsking = false;
    this.#heard.clear();
    this.#stopCatchingUp();
  }

  /**
   * Takes an entry if it is the next one.
   *
   * @param {number} number
   * @param {Entry} entry
   */
  #advance(number, entry) {
    if (this.#place === undefined || number !== this.#place + 1) return;
    this.#place = number;
    this.#take(entry);
  }

  /** @param {Entry} entry */
  #take(entry) {
    this.#cursor = entry.cursor;
    this.#had.add(entry.cursor);
    this.#deeds.take(entry);
  }

  #ask() {
    if (this.#isAsking || this.#isHeld) return;
    this.#isAsking = true;
    this.#deeds.ask(this.#cursor);
  }

  #stopCatchingUp() {
    if (!this.#isCatchingUp) return;
    this.#isCatchingUp = false;
    this.#deeds.meet();
  }
}
