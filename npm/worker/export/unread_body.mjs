// A body that nobody may read to its end, and the answer to it.

/** Milliseconds for which the rest of a body is thrown away. A client that has seen the beginning of the answer sends no more. */
const PATIENCE = 10_000;
/** The status for a body that came to a stop. */
const SILENT = 408;

/**
 * A server that closes a connection on which a body is still sent takes the answer with it. So the rest of the body is read, and
 * the answer ends behind it.
 */
export class UnreadBody {
  #reader;
  #writer;
  /** @type {Promise<void>} */
  #ended;
  /** The body, for its reader. */
  readable;

  constructor(/** @type {ReadableStream<Uint8Array>} */ body) {
    const { readable, writable } = new IdentityTransformStream();
    this.readable = readable;
    this.#reader = body.getReader();
    this.#writer = writable.getWriter();
    this.#ended = this.#pass();
  }

  async #pass() {
    const writer = this.#writer;
    let isTaken = true;
    const given = () => (isTaken = false);
    try {
      for (let read; !(read = await this.#reader.read()).done; ) {
        if (isTaken) await writer.write(read.value).catch(given);
      }
      await writer.close().catch(given);
    } catch (error) {
      // The client has gone.
      await writer.abort(error).catch(given);
    }
  }

  /** The same answer, which ends when the body has ended. */
  answer(/** @type {Response} */ answer) {
    // Nothing is under way from a client that is silent.
    if (answer.status === SILENT) return answer;
    void this.#writer.abort().catch(() => {});
    const { readable, writable } = new IdentityTransformStream();
    const timer = setTimeout(() => void this.#reader.cancel().catch(() => {}), PATIENCE);
    const ended = this.#ended.finally(() => clearTimeout(timer));
    void Promise.all([answer.body?.pipeTo(writable, { preventClose: true }), ended])
      .then(() => writable.close())
      .catch(() => {});
    return new Response(readable, answer);
  }
}
