// A strict reader of a compressed stream: each chunk of it has to be readable by itself.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { constants, crc32, inflateRawSync } from "node:zlib";
import { ChunkedAnswer } from "./chunked_answer.mjs";
import { until } from "./until.mjs";

/** Deflate, no name, no time, an unknown system. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** A last block without bytes, before the checksum and the length. */
const LAST_BLOCK = Buffer.from([3, 0]);
const TRAILER_BYTES = 8;

/** The text of whole deflate blocks that look back at nothing before them. */
const inflated = (blocks) => inflateRawSync(blocks, { finishFlush: constants.Z_SYNC_FLUSH });

/** Reads the chunks of one gzip stream, each by itself. */
export class StrictInflater {
  /** How often it was given a chunk that is shorter than its text. */
  shorter = 0;
  ended = false;
  #begun = false;
  #parts = [];
  #checksum = 0;
  #length = 0;

  /** The text so far. */
  get text() {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0] ?? Buffer.alloc(0);
  }

  /** Takes a chunk as the server has written it, and returns its text. */
  take(chunk) {
    assert.equal(this.ended, false, "nothing comes behind the end of a gzip stream");
    let blocks = chunk;
    if (!this.#begun) {
      assert.deepEqual(chunk.subarray(0, HEAD.length), HEAD);
      [blocks, this.#begun] = [chunk.subarray(HEAD.length), true];
    }
    const last = this.#withoutEnd(blocks);
    const text = last ?? inflated(blocks);
    assert.ok(text.length > 0 || last !== undefined || blocks.length === 0, "each chunk has text");
    if (blocks.length < text.length) this.shorter += 1;
    this.#parts.push(text);
    this.#checksum = crc32(text, this.#checksum);
    this.#length += text.length;
    this.ended = last !== undefined;
    return text;
  }

  /** The text before the end of the stream, if these blocks have the end behind them. */
  #withoutEnd(blocks) {
    const before = blocks.subarray(0, -LAST_BLOCK.length - TRAILER_BYTES);
    const end = blocks.subarray(before.length);
    if (end.length < LAST_BLOCK.length + TRAILER_BYTES || !end.subarray(0, LAST_BLOCK.length).equals(LAST_BLOCK)) return undefined;
    const [checksum, length] = [end.readUInt32LE(2), end.readUInt32LE(6)];
    const text = before.length === 0 ? before : inflated(before);
    return checksum === crc32(text, this.#checksum) && length === this.#length + text.length ? text : undefined;
  }
}

/** A subscription over a socket of its own, whose chunks are read as the server wrote them. */
export class GzipReader {
  /** The bytes of the body so far, without the framing of HTTP. */
  raw = Buffer.alloc(0);
  inflater = new StrictInflater();
  /** What went wrong. */
  error;
  closed = false;
  #socket;
  #answer = new ChunkedAnswer();

  /** Opens a stream; `t` closes it. */
  static async open(t, url, { method = "GET", ...headers } = {}) {
    const { hostname, port, pathname, search } = new URL(url);
    const reader = new GzipReader();
    const socket = (reader.#socket = connect(Number(port), hostname));
    t.after(() => socket.destroy());
    socket.on("data", (bytes) => reader.#read(bytes));
    socket.on("error", () => {}).on("close", () => (reader.closed = true));
    const lines = Object.entries({ host: "127.0.0.1", "accept-encoding": "gzip", ...headers }).map((pair) => pair.join(": "));
    socket.write([`${method} ${pathname}${search} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
    await until(() => reader.headers !== undefined || reader.closed, "the head of the answer");
    return reader;
  }

  get status() {
    return Number(this.#answer.head?.split(" ")[1]);
  }

  get headers() {
    const lines = this.#answer.head?.split("\r\n").slice(1);
    return lines && new Headers(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
  }

  get text() {
    return this.inflater.text.toString();
  }

  /** The ids of the updates so far. */
  get ids() {
    return [...this.text.matchAll(/^id: (.*)\ndata/gm)].map(([, id]) => id);
  }

  /** Waits until `text` has come. */
  async receives(text) {
    await until(
      () => this.error !== undefined || this.text.includes(text),
      () => `${JSON.stringify(text)}; there was ${JSON.stringify(this.text.slice(-1_000))}`,
    );
    if (this.error !== undefined) throw this.error;
  }

  /** Waits for the end of the stream. */
  async ends() {
    await until(() => this.error !== undefined || this.inflater.ended, () => `the end; there was ${JSON.stringify(this.text.slice(-1_000))}`);
    if (this.error !== undefined) throw this.error;
  }

  close() {
    this.#socket.destroy();
  }

  pause() {
    this.#socket.pause();
  }

  resume() {
    this.#socket.resume();
  }

  #read(bytes) {
    try {
      const chunks = this.#answer.take(bytes);
      for (const chunk of chunks) {
        this.raw = Buffer.concat([this.raw, chunk]);
        this.inflater.take(chunk);
      }
    } catch (error) {
      this.error ??= error;
    }
  }
}
