// A subscriber that is a bare socket: it sees the chunks of the answer, and a test can stop its reading.
import { once } from "node:events";
import { connect } from "node:net";
import { ChunkedAnswer } from "./chunked_answer.mjs";
import { StrictInflater } from "./gzip_reader.mjs";
import { until } from "./until.mjs";

const CRLF = "\r\n";
/** With `make test-compression` each of them reads gzip, each chunk by itself. */
const OWN_HEADERS = process.env.COMPRESSION ? { "accept-encoding": "gzip" } : {};

/** A block from the hub itself, not from a publisher. */
const HUBS_OWN = /^event: (?:gap|place)$/m;

/** A subscription over HTTP/1.1, RFC 9112 § 7.1. */
export class SocketSubscriber {
  /** The texts of the chunks so far. */
  chunks = [];
  /** The blocks so far, without comments and the empty lines behind them. */
  blocks = [];
  /** The texts of the comments so far. */
  comments = [];
  /** The last reconnection time of the stream, in milliseconds. */
  retry;
  /** The ids of the updates so far. */
  ids = [];
  /** Whether the server has ended the stream, and whether the end was the protocol's, and gzip's. */
  ended = false;
  whole = false;
  #socket;
  #inflater;
  #answer = new ChunkedAnswer();
  #text = "";
  #fields = [];

  /** Subscribes and waits for the first chunk; `t` closes the socket. */
  static async open(t, url, headers = {}) {
    const subscriber = new SocketSubscriber();
    t.after(() => subscriber.close());
    await subscriber.#connect(new URL(url), headers);
    await until(() => subscriber.chunks.length > 0 || subscriber.ended, "the first chunk");
    if (!/^HTTP\/1\.1 200 /.test(subscriber.head)) throw new Error(`${url} gave ${subscriber.head}`);
    return subscriber;
  }

  /** The status and the headers of the answer. */
  get head() {
    return this.#answer.head;
  }

  async #connect({ hostname, port, host, pathname, search }, headers) {
    this.#socket = connect(Number(port), hostname);
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => (this.ended = true));
    this.#socket.on("data", (bytes) => this.#take(bytes));
    await once(this.#socket, "connect");
    const lines = Object.entries({ host, accept: "text/event-stream", ...OWN_HEADERS, ...headers }).map((pair) => pair.join(": "));
    this.#socket.write([`GET ${pathname}${search} HTTP/1.1`, ...lines, CRLF].join(CRLF));
  }

  #take(bytes) {
    for (const chunk of this.#answer.take(bytes)) this.#chunk(this.#textOf(chunk));
    if (this.head === undefined) return;
    // Only a stream is read.
    if (!this.#answer.isChunked) this.ended = true;
    if (this.#answer.isWhole) [this.ended, this.whole] = [true, this.#inflater?.ended ?? true];
  }

  #textOf(chunk) {
    if (/^content-encoding: gzip$/im.test(this.head)) this.#inflater ??= new StrictInflater();
    return (this.#inflater?.take(chunk) ?? chunk).toString();
  }

  #chunk(text) {
    // The end of a gzip stream may be a chunk of its own.
    if (text === "") return;
    this.chunks.push(text);
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop();
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (line.startsWith(":")) {
      this.comments.push(line.replace(/^: ?/, ""));
    } else if (line !== "") {
      this.#fields.push(line);
      if (line.startsWith("retry: ")) this.retry = Number(line.slice("retry: ".length));
    } else {
      const block = this.#fields.join("\n");
      this.#fields = [];
      this.blocks.push(block);
      const id = /^id: (.*)\n(?:.*\n)*?data:/m.exec(block)?.[1];
      if (id !== undefined && !HUBS_OWN.test(block)) this.ids.push(id);
    }
  }

  /** The chunks that hold updates. */
  get chunksOfUpdates() {
    return this.chunks.filter((chunk) => /^data:/m.test(chunk));
  }

  /** The data of the gaps so far. */
  get gaps() {
    return this.blocks.filter((block) => block.startsWith("event: gap\n"));
  }

  /** Stops reading. The server's bytes fill the buffers of the two sockets, and then wait in the server. */
  stall() {
    this.#socket.pause();
  }

  /** Reads again. */
  readOn() {
    this.#socket.resume();
  }

  /** Waits for the update of this id. */
  receives(id) {
    return until(
      () => this.ids.includes(id),
      () => `the update ${id}; there were ${this.ids.length}, the last ${this.ids.at(-1)}`,
    );
  }

  /** Waits for the server to end the stream. */
  ends() {
    return until(() => this.ended, "the end of the stream");
  }

  close() {
    this.#socket?.destroy();
  }
}
