// The answer to a request over a bare socket, with the chunks that the server has written: RFC 9112 § 7.1.

const CRLF = "\r\n";

/** Reads an answer as its bytes come. */
export class ChunkedAnswer {
  /** The status line and the headers. */
  head;
  /** Whether the chunks have ended as the protocol says. */
  isWhole = false;
  #bytes = Buffer.alloc(0);

  /** Takes bytes, and gives the chunks that are whole by now. A body that has no chunks is not read. */
  *take(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (this.head === undefined && !this.#readHead()) return;
    while (this.isChunked && !this.isWhole) {
      const end = this.#bytes.indexOf(CRLF);
      if (end < 0) return;
      const size = parseInt(this.#bytes.toString("latin1", 0, end), 16);
      const [from, to] = [end + CRLF.length, end + CRLF.length + size];
      if (this.#bytes.length < to + CRLF.length) return;
      const chunk = this.#bytes.subarray(from, to);
      this.#bytes = this.#bytes.subarray(to + CRLF.length);
      if (size === 0) this.isWhole = true;
      else yield chunk;
    }
  }

  get isChunked() {
    return /^transfer-encoding: chunked$/im.test(this.head);
  }

  /** Whether the head is there. */
  #readHead() {
    const end = this.#bytes.indexOf(CRLF + CRLF);
    if (end < 0) return false;
    this.head = this.#bytes.toString("latin1", 0, end);
    this.#bytes = this.#bytes.subarray(end + 2 * CRLF.length);
    return true;
  }
}
