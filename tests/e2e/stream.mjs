// A subscription whose request has headers and whose stream is read byte by byte.
import { until } from "./until.mjs";

/** The answer to a subscription, while it comes in. */
export class Stream {
  /** The text of the stream so far. */
  text = "";
  /** Whether the stream has ended. */
  ended = false;
  /** Whether the stream was cut. */
  failed = false;
  headers;
  #abort = new AbortController();

  /** Opens a stream and waits for its first byte; `t` closes it. An answer other than 200 is an error. */
  static async open(t, url, init = {}) {
    const stream = new Stream();
    t.after(() => stream.close());
    const response = await fetch(url, { ...init, signal: stream.#abort.signal });
    if (response.status !== 200) throw new Error(`${url} gave ${response.status}: ${await response.text()}`);
    stream.headers = response.headers;
    stream.#read(response.body).catch(() => (stream.failed = true));
    await stream.receives(":");
    return stream;
  }

  async #read(body) {
    for await (const text of body.pipeThrough(new TextDecoderStream())) this.text += text;
    this.ended = true;
  }

  /** The updates so far, as blocks of lines, without comments, places and gaps. */
  get updates() {
    const blocks = this.text.replace(/^:.*\n/gm, "").split("\n\n").slice(0, -1);
    return blocks.filter((block) => /^data:/m.test(block) && !/^event: (?:gap|place)$/m.test(block));
  }

  /** Their ids. */
  get ids() {
    return this.updates.map((block) => /^id: (.*)$/m.exec(block)?.[1]);
  }

  /** The last event ID in the header of the answer. */
  get precedingId() {
    return this.headers.get("last-event-id") ?? this.headers.get("mercure-last-event-id");
  }

  /** Waits until `text` has come. */
  receives(text) {
    return until(
      () => this.text.includes(text),
      () => `${JSON.stringify(text)}; there was ${JSON.stringify(this.text.slice(-1_000))}`,
    );
  }

  /** Waits for the update of this id. */
  receivesId(id) {
    return until(
      () => this.ids.includes(id),
      () => `the update ${id}; there was ${JSON.stringify(this.text.slice(-1_000))}`,
    );
  }

  /** Waits for the server to end it. */
  ends() {
    return until(() => this.ended, "the end of the stream");
  }

  /** Waits for it to be cut. */
  fails() {
    return until(() => this.failed, "the stream to be cut");
  }

  close() {
    this.#abort.abort();
  }
}

/** A URL with `pairs` in its query; a pair's value may be a list. */
export function withQuery(url, pairs) {
  const target = new URL(url);
  for (const [name, values] of Object.entries(pairs)) {
    for (const value of [values].flat()) target.searchParams.append(name, value);
  }
  return target;
}
