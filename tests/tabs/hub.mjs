// A hub for tabs in a test: its log, and streams that move on step by step.

/** A hub's log: the update number n has the id `u{n}`; places are `#{nonce}:{n}`. */
export class Hub {
  /** The number of the last update, and of the last one that is forgotten. */
  last = 0;
  forgotten = 0;
  #nonce = 0;

  place(number) {
    return number === 0 && this.last === 0 ? "earliest" : `#${(this.#nonce += 1)}:${number}`;
  }

  /** The number behind which a cursor stands. An id that the hub has forgotten is unknown; a place never is. */
  numberOf(cursor) {
    const number = numberIn(cursor);
    return cursor.startsWith("u") && number <= this.forgotten ? undefined : number;
  }
}

/** The number of the update behind which a cursor was given. */
export function numberIn(cursor) {
  return cursor === "earliest" ? 0 : Number(cursor.replace(/^(?:u|#\d+:)/, ""));
}

/** A stream from the hub, which moves on by `step`. */
export class Stream {
  #hub;
  #sink;
  #cursor;
  /** The number of the update that it brought last; undefined while it is not connected. */
  #number;
  #isOffline;
  #isWaiting = false;

  constructor(hub, cursor, sink, isOffline) {
    this.#hub = hub;
    this.#cursor = cursor;
    this.#sink = sink;
    this.#isOffline = isOffline;
  }

  /** Returns whether it has come further. */
  step() {
    if (this.#number === undefined) return this.#connect();
    if (this.#number >= this.#hub.last) return false;
    if (this.#number < this.#hub.forgotten) this.#gap(this.#number);
    else this.#update(this.#number + 1);
    return true;
  }

  cut() {
    if (this.#number === undefined) return;
    this.#number = undefined;
    this.#sink.state({ name: "waiting", until: 0, why: "The connection ended." });
  }

  #connect() {
    if (this.#isOffline()) {
      if (!this.#isWaiting) this.#sink.state({ name: "waiting", until: 0, why: "The hub cannot be reached." });
      this.#isWaiting = true;
      return false;
    }
    this.#isWaiting = false;
    const hub = this.#hub;
    if (this.#cursor === "") {
      this.#number = hub.last;
      this.#bring({ cursor: hub.place(hub.last) });
    } else {
      const number = hub.numberOf(this.#cursor);
      if (number === undefined) this.#gap(null);
      else this.#number = number;
    }
    this.#sink.state({ name: "open" });
    return true;
  }

  #update(number) {
    this.#number = number;
    this.#bring({ cursor: `u${number}`, update: { id: `u${number}`, type: "message", text: String(number) } });
  }

  /** Behind an unknown id the stream goes on live; else with what is left. */
  #gap(from) {
    const hub = this.#hub;
    this.#number = from === null ? hub.last : hub.forgotten;
    this.#bring({ cursor: hub.place(this.#number), gap: { requested: this.#cursor, first: null, missed: null } });
  }

  #bring(entry) {
    this.#cursor = entry.cursor;
    this.#sink.entry(entry);
  }
}
