// One subscription: it reads the stream, and comes back to it as an EventSource does, until the hub refuses for good.

import { EventStreamReader } from "./event_stream.js";
import { Problem } from "./hub.js";

/** The reconnection time until a stream sets another, in milliseconds. */
const RECONNECTION_TIME = 3_000;
const MIN_RECONNECTION_TIME = 500;
/** The longest time between two attempts, unless the stream sets a longer one. */
const MAX_BACK_OFF = 10_000;
/** The longest time that a timer can take. */
const MAX_TIMER = 2 ** 31 - 1;

/**
 * The observer is told `changed(state, reason, problem)`, `received(event)`, `gap(gap)` and `resumed()`.
 * States: connecting, open, reconnecting, refused, closed. A `problem` comes with refused alone.
 */
export class Subscription {
  #url;
  #headers;
  #observer;
  #ending = new AbortController();
  #reconnectionTime = RECONNECTION_TIME;
  #opened = 0;
  #failures = 0;

  /** The last event ID string, which is sent when the subscription comes back. */
  lastEventId = "";

  /** `headers` are sent with every request to `url`. */
  constructor(url, headers, observer) {
    this.#url = url;
    this.#headers = headers;
    this.#observer = observer;
    observer.changed("connecting", "");
    this.#run();
  }

  /** How often the stream was opened again after it had been lost. */
  get resumes() {
    return Math.max(0, this.#opened - 1);
  }

  close() {
    this.#end("closed", "by you");
  }

  get #isOver() {
    return this.#ending.signal.aborted;
  }

  async #run() {
    while (!this.#isOver) {
      const lost = await this.#readStream();
      if (this.#isOver) return;
      if (lost.problem) {
        this.#end("refused", lost.reason, lost.problem);
        return;
      }
      this.#observer.changed(this.#opened > 0 ? "reconnecting" : "connecting", lost.reason);
      await delay(this.#pause(lost.retryAfter), this.#ending.signal);
    }
  }

  /** Reads one stream to its end. Returns why it is lost, with a `problem` if the hub refuses for good. */
  async #readStream() {
    this.#failures += 1;
    const response = await fetch(this.#url, {
      headers: {
        ...this.#headers,
        accept: "text/event-stream",
        // By this a hub knows a client that keeps a place without showing it.
        "cache-control": "no-cache",
        ...(this.lastEventId === "" ? {} : { "last-event-id": inHeader(this.lastEventId) }),
      },
      cache: "no-store",
      signal: this.#ending.signal,
    }).catch(() => null);
    if (response === null) return { reason: "The hub cannot be reached." };
    return (await refusalIn(response)) ?? this.#readEvents(response.body);
  }

  async #readEvents(body) {
    const reader = new EventStreamReader(this.lastEventId);
    let isOpen = false;
    for (const stream = body.getReader(); ; ) {
      const { done, value } = await stream.read().catch(() => ({ done: true }));
      if (this.#isOver || done) break;
      const events = reader.read(value);
      // A hub that has no room for now sends only a comment that says so, and a reconnection time.
      if (!isOpen && reader.hasBegun) {
        isOpen = true;
        this.#becomeOpen();
      }
      if (reader.reconnectionTime !== null) {
        this.#reconnectionTime = Math.max(reader.reconnectionTime, MIN_RECONNECTION_TIME);
      }
      for (const event of events) this.#receive(event);
      this.lastEventId = reader.lastEventId;
    }
    return { reason: reader.comment ? `The hub says: ${reader.comment}` : "The connection was lost." };
  }

  #becomeOpen() {
    this.#opened += 1;
    this.#failures = 0;
    this.#observer.changed("open", "");
    if (this.resumes > 0) this.#observer.resumed();
  }

  #receive(event) {
    const ofHub = /^(?:#|earliest$)/.test(event.lastEventId);
    const gap = ofHub && event.type === "gap" ? parseGap(event.data) : null;
    if (gap) this.#observer.gap(gap);
    else if (!ofHub || event.type !== "place") this.#observer.received(event);
  }

  /** The time until the next attempt: longer after each that failed, and never the same for all clients. */
  #pause(retryAfter = 0) {
    const most = Math.max(this.#reconnectionTime, MAX_BACK_OFF);
    const backOff = Math.min(this.#reconnectionTime * 2 ** Math.min(this.#failures, 16), most);
    return Math.min(Math.max(backOff, retryAfter) * (1 + Math.random() / 2), MAX_TIMER);
  }

  #end(state, reason, problem) {
    if (this.#isOver) return;
    this.#ending.abort();
    this.#observer.changed(state, reason, problem);
  }
}

/** What the answer is, if it is no stream. A `problem` is final. */
async function refusalIn(response) {
  const { status } = response;
  if (status === 204) {
    return { reason: "The hub asked not to come back.", problem: new Problem({ title: "No content" }, status) };
  }
  if (!response.ok) {
    const problem = await Problem.from(response);
    const reason = problem.detail ? `${problem.title}: ${problem.detail}` : problem.title;
    const retryAfter = Number(response.headers.get("retry-after") ?? 0) * 1_000 || 0;
    return problem.isPassing ? { reason, retryAfter } : { reason, problem };
  }
  if (/^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "")) return null;
  await response.body?.cancel();
  const reason = "The answer is no event stream.";
  return { reason, problem: new Problem({ title: reason }, status) };
}

/** The hub's own id of a gap is a place. No update can have an id of this form. */
function parseGap(data) {
  try {
    const { requested, first } = JSON.parse(data);
    return requested === undefined ? null : { requested, first };
  } catch {
    return null;
  }
}

/** A header has bytes, and `fetch` takes each from one character. */
function inHeader(id) {
  return Array.from(new TextEncoder().encode(id), (byte) => String.fromCharCode(byte)).join("");
}

function delay(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
