// Publishes the chunks of a source while they come, and closes the topic behind them.
//
// The updates are the lines of one body with `close` in its query, and the lines of its answer come back meanwhile. So a
// producer that vanishes closes its topic as broken, and a stop finds its producer.
import { linesOf } from "./answer_lines.mjs";
import { chunksOf } from "./chunks.mjs";
import { ChunkTexts } from "./chunk_texts.mjs";
import { HubError } from "./hub_error.mjs";
import { toPortable } from "./update.mjs";

/** @import { Chunks } from "./chunks.mjs" */
/** @import { EndReason, Piped, PipeSource, Update } from "./types.d.ts" */

/** Milliseconds: how long a source may take to end by itself when it is asked to stop. */
const GRACE = 5_000;
const ENCODER = new TextEncoder();

/**
 * What each update has in common.
 *
 * @typedef {Pick<Update, "topic" | "type" | "private">} Common
 */

/**
 * `send` publishes the lines of a body, and resolves to the lines of the answer. If the topic must be `fresh`, a source is
 * opened once the hub has agreed.
 *
 * @typedef {{ send: (lines: ReadableStream<Uint8Array>) => Promise<ReadableStream<Uint8Array>>, fresh?: boolean }} Way
 */

/**
 * Publishes the chunks of a source.
 *
 * @param {Common} common
 * @param {PipeSource} source
 * @param {Way} way
 * @returns {Piped}
 */
export function pipe(common, source, { send, fresh }) {
  // A wrong value is an error of the call, before anything is sent.
  toPortable(common);
  const given = typeof source === "function" ? undefined : chunksOf(source);
  const { readable, writable } = new IdentityTransformStream();
  const piping = new Piping(common, writable.getWriter());
  const answer = send(readable);
  const finished = piping.hear(answer);
  // Who takes the signal alone has nothing to handle.
  finished.catch(() => {});
  piping.write(async (signal) => {
    if (fresh) await answer;
    return given ?? chunksOf(await /** @type {any} */ (source)(signal));
  });
  return { signal: piping.signal, finished };
}

class Piping {
  #common;
  #writer;
  #stop = new AbortController();
  /** @type {Chunks | undefined} */
  #chunks;
  /** @type {{ error: unknown } | undefined} */
  #failure;
  /** Whether no more lines are written. */
  #isOver = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #grace;

  /**
   * @param {Common} common
   * @param {WritableStreamDefaultWriter<Uint8Array>} writer
   */
  constructor(common, writer) {
    this.#common = common;
    this.#writer = writer;
  }

  get signal() {
    return this.#stop.signal;
  }

  /** Writes a line for each text, as soon as the hub has taken the one before. */
  async write(/** @type {(signal: AbortSignal) => Promise<Chunks>} */ open) {
    try {
      const chunks = await open(this.signal);
      this.#chunks = chunks;
      if (this.#isOver) return chunks.cancel(this.signal.reason);
      const texts = new ChunkTexts();
      for (let isDone = false; !isDone && !this.#isOver; ) {
        const { done = false, value } = await chunks.next();
        isDone = done;
        for (const data of done ? texts.rest() : texts.of(value)) await this.#line({ data });
      }
      this.#end("done");
    } catch (error) {
      // A source that ends by an error because it was asked to stop has ended as asked.
      const isStop = this.signal.aborted && (error === this.signal.reason || /** @type {any} */ (error)?.name === "AbortError");
      if (isStop) return this.#end("done");
      this.#failure ??= { error };
      this.#chunks?.cancel(error);
      this.#end("broken");
    }
  }

  /** Hears the lines of the answer to their end. */
  async hear(/** @type {Promise<ReadableStream<Uint8Array>>} */ answer) {
    let updates = 0;
    /** @type {EndReason | undefined} */
    let reason;
    try {
      for await (const { id, error, stop, closed } of linesOf(await answer)) {
        if (id !== undefined) updates += 1;
        if (error !== undefined) this.#refused(HubError.ofLine(error));
        if (stop !== undefined) this.#asked(stop.reason);
        reason ??= closed?.reason;
      }
      if (reason === undefined) throw new Error("its answer ended too early");
      // The hub has ended the body before its end.
      if (!this.#isOver) this.#refused(new HubError("the topic is closed already", { status: 409, field: "topic" }));
    } catch (error) {
      this.#refused(lost(error));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return { reason: /** @type {EndReason} */ (reason), updates };
  }

  /** The hub takes no more, so the source has nothing left to do. */
  #refused(/** @type {unknown} */ error) {
    this.#failure ??= { error };
    this.#stop.abort(error);
    this.#chunks?.cancel(error);
    this.#end("broken");
  }

  /** Somebody asks the producer to stop. */
  #asked(/** @type {string} */ reason) {
    if (this.signal.aborted || this.#isOver) return;
    const error = new DOMException(reason || "stopped", "AbortError");
    this.#grace = setTimeout(() => {
      this.#chunks?.cancel(error);
      this.#end("done");
    }, GRACE);
    this.#stop.abort(error);
  }

  /** Ends the body once. A source that failed is told apart by a last line. */
  #end(/** @type {EndReason} */ reason) {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#grace ?? null);
    if (reason === "broken") this.#line({ close: reason });
    this.#writer.close().catch(() => {});
  }

  /** Resolves when the hub has taken the line, or takes none any more: its answer says why. */
  async #line(/** @type {Pick<Update, "data" | "close">} */ members) {
    const line = `${JSON.stringify(toPortable({ ...this.#common, ...members }))}\n`;
    await this.#writer.write(ENCODER.encode(line)).catch(() => {});
  }
}

/** The error of a call that the hub did not answer to its end. */
function lost(/** @type {any} */ error) {
  if (typeof error?.status === "number") return HubError.ofCall(error);
  const why = "the hub was reset or is out of reach; when it is back it closes the topic as broken";
  return new HubError(`${why}: ${error?.message ?? error}`, { status: 503, cause: error });
}
