// One subscription: an EventSource, and the facts about it that the browser does not tell.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#the-eventsource-interface

import { Problem } from "./hub.js";

/** The time before a new EventSource replaces one that gave up: the usual reconnection time. */
const REOPEN_DELAY = 3000;

/**
 * The observer is told `changed(state, reason)`, `received(event)`, `gap(gap)` and `resumed()`.
 * States: connecting, open, reconnecting, closed.
 */
export class Subscription {
  #url;
  #types;
  #observer;
  #source;
  #timer;
  #opened = 0;
  #over = false;

  /** The last event ID string, as the browser will send it when it reconnects. */
  lastEventId = "";

  constructor(url, types, observer) {
    this.#url = url;
    this.#types = new Set(["open", "error", "message", "gap", ...types]);
    this.#observer = observer;
    observer.changed("connecting", "");
    this.#open();
  }

  /** How often the stream was opened again after it had been lost. */
  get resumes() {
    return Math.max(0, this.#opened - 1);
  }

  /** Shows updates of this event type too. A second call for the same type changes nothing. */
  listenFor(type) {
    this.#types.add(type);
    this.#source.addEventListener(type, this);
  }

  close() {
    this.#stop("by you");
  }

  /** An update may have the type `open` or `error`. Only its class differs from the browser's own events. */
  handleEvent(event) {
    if (this.#over) return;
    if (event instanceof MessageEvent) this.#receive(event);
    else if (event.type === "open") this.#becomeOpen();
    else this.#lose();
  }

  #open() {
    this.#source = new EventSource(this.#url);
    for (const type of this.#types) this.#source.addEventListener(type, this);
  }

  #becomeOpen() {
    this.#opened += 1;
    this.#observer.changed("open", "");
    if (this.resumes > 0) this.#observer.resumed();
  }

  #receive(event) {
    const gap = event.type === "gap" ? parseGap(event) : null;
    if (gap) {
      this.lastEventId = event.lastEventId;
      this.#observer.gap(gap);
      return;
    }
    this.lastEventId = event.lastEventId;
    this.#observer.received(event);
  }

  #lose() {
    const state = this.#opened > 0 ? "reconnecting" : "connecting";
    if (this.#source.readyState === EventSource.CONNECTING) {
      this.#observer.changed(state, this.#opened > 0 ? "The connection was lost." : "No answer yet.");
    } else {
      this.#explain(state);
    }
  }

  /** The browser gave up without a reason. This asks for the reason, and starts again unless it is final. */
  async #explain(state) {
    const refusal = await refusalOf(this.#url);
    if (this.#over) return;
    if (refusal.final) {
      this.#stop(refusal.reason);
      return;
    }
    this.#observer.changed(state, refusal.reason);
    this.#timer = setTimeout(() => {
      if (this.lastEventId) this.#url.searchParams.set("lastEventID", this.lastEventId);
      this.#open();
    }, REOPEN_DELAY);
  }

  #stop(reason) {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#source.close();
    this.#observer.changed("closed", reason);
  }
}

/** The id of the hub's own gap is a place. No update can have an id of this form. */
function parseGap(event) {
  try {
    const { requested, first } = JSON.parse(event.data);
    const own = requested !== undefined && /^(?:#|earliest$)/.test(event.lastEventId);
    return own ? { requested, first } : null;
  } catch {
    return null;
  }
}

/** Why `url` gives no stream. HEAD opens no connection on the hub; only GET has the problem body. */
async function refusalOf(url) {
  const init = { headers: { accept: "text/event-stream" }, cache: "no-store" };
  try {
    const head = await fetch(url, { ...init, method: "HEAD" });
    if (head.status === 204) return { final: true, reason: "The hub asked not to come back." };
    if (head.ok) return { final: false, reason: "The stream broke off." };
    const response = await fetch(url, init);
    if (response.ok) {
      await response.body?.cancel();
      return { final: false, reason: "The stream broke off." };
    }
    const { title, detail, status } = await Problem.from(response);
    return { final: status < 500 && status !== 429, reason: detail ? `${title}: ${detail}` : title };
  } catch {
    return { final: false, reason: "The hub cannot be reached." };
  }
}
