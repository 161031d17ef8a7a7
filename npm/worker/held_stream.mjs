// A client's stream that lives in the Worker. The hub's object feeds it over a link, and may sleep or be reset meanwhile.
import { Clock } from "./clock.mjs";
import { Credit } from "./credit.mjs";
import { GzipStream } from "./gzip_stream.mjs";
import { CLIENT_LEFT, EXPIRED, LOST, Link, READER_DEAD } from "./link.mjs";
import { inTime } from "./in_time.mjs";
import { TRAPPED, resetWithInstance } from "./instance.mjs";
import { log } from "./log.mjs";
import { Tries } from "./tries.mjs";

/** @import { Frame } from "./frame.mjs" */

/** Milliseconds: a try to open the link again takes no longer. */
const PATIENCE = 30_000;
const HEARTBEAT = new TextEncoder().encode(":\n");
/** The last words of CloseReason::Expired in src/hub/close_reason.rs. */
const HAS_EXPIRED = new TextEncoder().encode(": expired\n");

/**
 * What the object tells with a link: the id of the connection, the place that the link begins behind, when the stream ends and
 * the interval of its heartbeats.
 *
 * @typedef {object} Terms
 * @property {string} id
 * @property {bigint} cursor
 * @property {number | null} expires milliseconds since the epoch
 * @property {number | null} heartbeat milliseconds
 */

/**
 * @typedef {object} Linked
 * @property {Terms} terms
 * @property {WebSocket} socket
 */

/**
 * Where a link is opened again: the connection, the place behind which it goes on, the bytes that its reader has not taken, and
 * that nothing came at all if that is so, and that the stream is compressed if it is.
 *
 * @typedef {{ id: string, cursor: string, unread: number, begun: false | undefined, gzip: true | undefined }} Place
 */

/**
 * Opens the link again. Resolves to undefined if a later try may succeed, and to null if none may.
 *
 * @typedef {(place: Place) => Promise<Linked | undefined | null>} Reopen
 */

/**
 * A stream and its link. The high-water mark is 0. So a chunk that a waiting reader takes at once never enters the queue, and
 * `pull` says that the reader has taken the queue, or is about to take all of it. A `pull` stays pending as long as the
 * reader takes everything at once, which saves a call for each chunk.
 */
export class HeldStream {
  #id;
  #hub;
  /** @type {GzipStream | undefined} */
  #gzip;
  #reopen;
  #clock;
  /** @type {Link | undefined} */
  #link;
  #tries = new Tries();
  #credit = new Credit();
  #cursor;
  /** @type {ReadableStream<Uint8Array>} */
  #readable;
  /** @type {any} */
  #controller;
  /** How many chunks the stream was given, and how many of them its reader had taken when the clock last looked. */
  #given = 0;
  #seenTaken = 0;
  #isTaken = true;
  #hasBegun = false;
  #hasEnded = false;
  /** @type {any} */
  #timer;
  /** Lets the host pull again. */
  #endPull = () => {};

  /**
   * @param {Linked} linked
   * @param {Reopen} reopen
   * @param {{ hub: string, isCompressed: boolean }} of
   */
  constructor({ terms, socket }, reopen, { hub, isCompressed }) {
    this.#id = terms.id;
    this.#hub = hub;
    this.#gzip = isCompressed ? new GzipStream() : undefined;
    this.#cursor = terms.cursor;
    this.#reopen = reopen;
    this.#clock = new Clock(terms, Date.now());
    this.#readable = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pulled(),
        cancel: () => void this.#end(CLIENT_LEFT),
      },
      { highWaterMark: 0 },
    );
    // Another request's call may trap. A promise continues in the context of the request that made it.
    /** @type {PromiseWithResolvers<void>} */
    const { promise, resolve } = Promise.withResolvers();
    /** Ends the stream with an error. */
    this.reset = resolve;
    promise.then(() => this.#fail(TRAPPED));
    resetWithInstance(this);
    this.#link = this.#linkOver(socket);
    this.#wind();
  }

  get readable() {
    return this.#readable;
  }

  /** The client has gone. */
  leave() {
    this.#close(CLIENT_LEFT);
  }

  #linkOver(/** @type {WebSocket} */ socket) {
    return new Link(socket, {
      came: (frame) => this.#came(frame),
      garbled: () => this.#close(CLIENT_LEFT),
      heard: () => this.#tries.heard(),
      lost: () => this.#lost(),
    });
  }

  #came(/** @type {Frame} */ { kind, cursor, bytes }) {
    this.#tries.heard();
    this.#hasBegun = true;
    if (kind === "end") return this.#close(CLIENT_LEFT);
    this.#credit.came(bytes.byteLength);
    if (kind === "chunk" || kind === "aside") this.#give(bytes);
    else if (this.#gzip !== undefined) this.#enqueue(this.#gzip.deflated(bytes));
    else return this.#close(CLIENT_LEFT);
    if (kind === "chunk" || kind === "deflated") this.#cursor = cursor;
  }

  #give(/** @type {Uint8Array} */ text) {
    if (text.byteLength > 0) this.#enqueue(this.#gzip === undefined ? text : this.#gzip.stored(text));
  }

  #enqueue(/** @type {Uint8Array} */ bytes) {
    const now = Date.now();
    this.#given += 1;
    this.#clock.gave(now);
    this.#controller.enqueue(bytes);
    if (this.#controller.desiredSize === 0) return this.#taken();
    this.#isTaken = false;
    this.#clock.waits(now);
    this.#endPull();
  }

  #taken() {
    this.#isTaken = true;
    this.#clock.taken();
    this.#credit.taken();
    this.#grant();
  }

  #grant() {
    for (let bytes; this.#link !== undefined && (bytes = this.#credit.grant()) !== undefined; ) this.#link.grant(bytes);
  }

  #pulled() {
    this.#taken();
    return new Promise((resolve) => (this.#endPull = () => resolve(undefined)));
  }

  /** Waits until something is due. */
  #wind() {
    this.#timer = setTimeout(() => this.#tick(), this.#clock.rest(Date.now()));
  }

  #tick() {
    const now = Date.now();
    this.#lookAtReader(now);
    if (this.#clock.hasExpired(now)) return this.#expire();
    if (this.#clock.isReaderDead(now)) return this.#fail("the client took nothing for two heartbeats", READER_DEAD);
    if (this.#clock.needsHeartbeat(now)) this.#give(HEARTBEAT);
    if (this.#clock.needsPing(now)) {
      this.#clock.pinged(now);
      this.#link?.ping();
    }
    this.#wind();
  }

  #expire() {
    this.#give(HAS_EXPIRED);
    this.#close(EXPIRED);
  }

  /** A host may take the queue chunk by chunk. Then a part is taken without a `pull`. */
  #lookAtReader(/** @type {number} */ now) {
    const taken = this.#given + this.#controller.desiredSize;
    if (taken > this.#seenTaken && !this.#isTaken) this.#clock.taking(now);
    this.#seenTaken = taken;
  }

  #lost() {
    this.#link = undefined;
    this.#openAgain();
  }

  async #openAgain() {
    for (let wait; (wait = this.#tries.wait(Math.random())) !== undefined; ) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.#hasEnded) return;
      const linked = await inTime(this.#reopen(this.#place()), {
        within: PATIENCE,
        instead: () => undefined,
        late: (linked) => this.#drop(linked),
      });
      if (linked === null) break;
      if (linked !== undefined && this.#follow(linked)) return;
    }
    this.#close(CLIENT_LEFT);
  }

  /** @returns {Place} */
  #place() {
    const begun = this.#hasBegun ? undefined : false;
    const gzip = this.#gzip && true;
    return { id: this.#id, cursor: String(this.#cursor), unread: this.#credit.begin(), begun, gzip };
  }

  /** Goes on over this link; returns whether it can be had. */
  #follow(/** @type {Linked} */ { terms, socket }) {
    const link = this.#tryLink(socket);
    if (link === undefined) return false;
    if (this.#hasEnded) {
      link.close(CLIENT_LEFT);
      return true;
    }
    this.#link = link;
    this.#cursor = terms.cursor;
    this.#clock.relinked(terms, Date.now());
    this.#grant();
    return true;
  }

  /** The link came too late: another try is under way, or has succeeded. */
  #drop(/** @type {Linked | undefined | null} */ linked) {
    if (linked) this.#tryLink(linked.socket)?.close(this.#hasEnded ? CLIENT_LEFT : LOST);
  }

  #tryLink(/** @type {WebSocket} */ socket) {
    try {
      return this.#linkOver(socket);
    } catch (error) {
      log("hub unreachable", { hub: this.#hub, connection: this.#id, detail: `the link is not accepted: ${error}` });
      return undefined;
    }
  }

  /** The client gets what it was given, and comes back. */
  #close(/** @type {number} */ code) {
    if (!this.#end(code)) return;
    if (this.#gzip !== undefined) this.#controller.enqueue(this.#gzip.end());
    this.#controller.close();
  }

  /** The client gets nothing more, and comes back. */
  #fail(/** @type {string} */ reason, code = CLIENT_LEFT) {
    if (this.#end(code)) this.#controller.error(new Error(reason));
  }

  /** Whether the stream had not ended yet. */
  #end(/** @type {number} */ code) {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#link?.close(code);
    return true;
  }
}
