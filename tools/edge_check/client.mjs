// The client whose stream is held. It comes back as an EventSource does, and remembers when everything came.
import { createParser } from "eventsource-parser";
import { Answer } from "./answer.mjs";

/** The time before it connects again, in milliseconds, until the hub says another. */
const RECONNECTION_TIME = 3_000;

/** The time of a look at what has come, in milliseconds. */
const LOOK_EVERY = 25;

export class Client {
  /** The updates: `{ number, at, opened }`, with the time at which its stream was opened. */
  updates = [];
  /** The gaps that the hub told of. */
  gaps = 0;
  /** The connections: when each was opened and ended, why, its answer, its comments, and the longest time in which nothing came. */
  connections = [];
  #headers = { accept: "text/event-stream", "cache-control": "no-cache" };
  #url;
  #retry = RECONNECTION_TIME;
  #closed = new AbortController();
  #over;

  /** `coding` is what it accepts: `gzip` or `identity`. */
  constructor({ hub, topic, token, coding }) {
    this.#url = new URL(hub);
    this.#url.searchParams.set("topic", topic);
    this.#headers["accept-encoding"] = coding;
    if (token !== undefined) this.#headers.authorization = `Bearer ${token}`;
    this.#over = this.#stay();
  }

  /** Resolves once the stream is there. A first answer that is no stream is an error. */
  async opens() {
    await this.#waits(() => this.connections.length > 0);
    const [{ opened, why }] = this.connections;
    if (opened === undefined) throw new Error(`the hub gave no stream: ${why}`);
  }

  /** Waits until there are `count` updates, for at most `time` milliseconds. */
  async receives(count, time) {
    const end = Date.now() + time;
    await this.#waits(() => this.updates.length >= count || Date.now() > end);
  }

  /** Resolves once the stream has ended. */
  close() {
    this.#closed.abort();
    return this.#over;
  }

  async #waits(condition) {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }

  async #stay() {
    while (!this.#closed.signal.aborted) {
      await this.#connect();
      if (!this.#closed.signal.aborted) await new Promise((resolve) => setTimeout(resolve, this.#retry));
    }
  }

  async #connect() {
    const { signal } = this.#closed;
    const connection = { asked: Date.now(), comments: 0, silence: 0 };
    try {
      const answer = await Answer.to(this.#url, { headers: this.#headers, signal });
      if (answer.status !== 200) throw new Error(`it answered ${answer.status}: ${await answer.text()}`);
      connection.opened = Date.now();
      connection.answer = answer;
      this.connections.push(connection);
      const parser = this.#parser(connection);
      let heard = connection.opened;
      for await (const text of answer) {
        connection.silence = Math.max(connection.silence, Date.now() - heard);
        heard = Date.now();
        parser.feed(text);
      }
      connection.why = connection.comment ? `it was ended, with the comment “${connection.comment}”` : "it was ended";
    } catch (error) {
      connection.why = signal.aborted ? "this client closed it" : error.message;
    }
    connection.ended = Date.now();
    if (connection.opened === undefined && !signal.aborted) this.connections.push(connection);
  }

  #parser(connection) {
    return createParser({
      onEvent: ({ event, id, data }) => {
        // The header is Latin-1: a place of the hub is ASCII, and so are the ids of these updates.
        if (id !== undefined) this.#headers["last-event-id"] = id;
        if (event === "gap") this.gaps += 1;
        if (event === undefined) this.updates.push({ number: data.split(" ")[0], at: Date.now(), opened: connection.opened });
      },
      onComment: (comment) => {
        connection.comments += 1;
        connection.comment = comment.trim();
      },
      onRetry: (time) => (this.#retry = time),
    });
  }
}
