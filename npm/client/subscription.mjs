// One subscription: it keeps a stream, comes back to it behind its cursor, and says what it is doing.
import { Cursor } from "./cursor.mjs";
import { Delivery } from "./delivery.mjs";
import { readByFetch } from "./fetch_stream.mjs";
import { readByEventSource } from "./native_stream.mjs";
import { isHidden, randomPart, untilShown, wait } from "./pause.mjs";
import { Selection } from "./selection.mjs";
import { Tokens } from "./token.mjs";

/** @import { Problem } from "./problem.mjs" */
/** @import { State, SubscribeOptions, Update, Url } from "./types.d.ts" */
/** @import { Listener, Lost } from "./fetch_stream.mjs" */

/** Milliseconds; three heartbeats of a hub whose configuration says nothing. */
const SILENCE = 45_000;
/** A stream that was open for this long, in milliseconds, was no failure. */
const STEADY = 5_000;

/** How a connection is ended by the subscription itself: it connects again at once. */
const AGAIN = { why: "" };

export class SubscriptionOfClient {
  #options;
  #selection;
  #cursor;
  #delivery;
  #ending = new AbortController();
  #tokens;
  /** @type {State} */
  #state = { name: "connecting" };
  #isStarted = false;
  /** Whether the next connection has its token already. */
  #isRenewed = false;
  #isNative;
  #failures = 0;
  /** The least time between two connections, in milliseconds: the hub's `retry`. */
  #least = 0;
  /** When the stream was opened, on the clock of `performance`. */
  #opened = Infinity;
  /** @type {Listener} */
  #listener = {
    begun: () => {
      this.#opened = performance.now();
      this.#tell({ name: "open" });
    },
    took: (event) => {
      // A hub tells the place at once, also one that then fails.
      if (event.type !== "place") this.#failures = 0;
      return this.#delivery.take(event);
    },
    retry: (time) => (this.#least = time),
    waits: (why) => this.#tell({ name: "waiting", until: NaN, why }),
  };

  /**
   * @param {Url<any>} url
   * @param {SubscribeOptions} options
   */
  constructor(url, options) {
    this.#options = options;
    this.#selection = new Selection(url, options);
    this.#cursor = new Cursor(this.#selection.name, options);
    this.#delivery = new Delivery(options, this.#cursor);
    this.#tokens = new Tokens(options.token, this.#ending.signal);
    this.#isNative =
      typeof EventSource === "function" && options.types && options.onUpdate &&
      // It sends the cookies of its own origin in any case.
      options.credentials !== "omit" && !options.fetch && !options.withTopics && !options.token;
    const end = () => this.close();
    if (options.signal?.aborted) queueMicrotask(end);
    options.signal?.addEventListener("abort", end, { signal: this.#ending.signal });
    if (options.onUpdate) this.#start();
  }

  get state() {
    return this.#state;
  }

  get lastEventId() {
    return this.#cursor.id;
  }

  close() {
    this.#close("closed");
  }

  /** @returns {AsyncGenerator<Update, void>} */
  async *[Symbol.asyncIterator]() {
    if (this.#isStarted) throw new TypeError("the subscription is read already");
    this.#start();
    try {
      yield* this.#delivery.each();
    } finally {
      this.close();
    }
    if ("problem" in this.#state) throw this.#state.problem;
  }

  #start() {
    this.#isStarted = true;
    // The application has the subscription before it is told anything.
    queueMicrotask(() => this.#run());
  }

  get #isOver() {
    return this.#ending.signal.aborted;
  }

  async #run() {
    while (!this.#isOver) {
      if (this.#isHidden) {
        this.#tell({ name: "waiting", until: Infinity, why: "The page is hidden." });
        await untilShown(this.#ending.signal);
      }
      if (this.#isOver) return;
      this.#tell({ name: "connecting" });
      let lost = await this.#read({ refused: false });
      // A refused token is asked for once more.
      if (lost.problem?.status === 401 && this.#options.token && !this.#isOver) lost = await this.#read({ refused: true });
      if (this.#isOver) return;
      if (lost.isOver) this.#close("ended");
      else if (lost.problem?.isPassing === false) this.#close("refused", lost.problem);
      else if (lost !== AGAIN && !this.#isHidden) await this.#wait(lost);
    }
  }

  get #isHidden() {
    return this.#options.pauseWhenHidden && isHidden();
  }

  /** @param {Lost} lost */
  async #wait({ why, problem }) {
    if (performance.now() - this.#opened > STEADY) this.#failures = 0;
    const least = Math.max(this.#least, problem?.retryAfter ?? 0);
    const random = randomPart(this.#failures++);
    this.#tell({ name: "waiting", until: Math.round(Date.now() + least + random), why, ...(problem && { problem }) });
    await wait({ least, random }, this.#ending.signal);
  }

  /**
   * Reads one stream to its end.
   *
   * @param {{ refused: boolean }} token
   * @returns {Promise<Lost>}
   */
  async #read(token) {
    try {
      if (!this.#isRenewed) await this.#tokens.ask(token);
      this.#isRenewed = false;
    } catch (error) {
      return { why: `The function token failed: ${error}` };
    }
    // The page may have been hidden meanwhile.
    if (this.#isOver || this.#isHidden) return AGAIN;
    const connection = new AbortController();
    const { signal } = connection;
    const again = () => connection.abort(AGAIN);
    this.#ending.signal.addEventListener("abort", again, { signal });
    globalThis.document?.addEventListener("visibilitychange", () => this.#isHidden && again(), { signal });
    // The next token is got while the stream goes on, and opens it anew.
    const renew = async () => {
      // If it fails, the hub ends the stream when the token is over, and the next attempt says why.
      const isNew = await this.#tokens.ask({ refused: false }).catch(() => false);
      // What comes after a lost connection has asked for itself.
      if (signal.aborted || !isNew) return;
      this.#isRenewed = true;
      again();
    };
    const { renewal } = this.#tokens;
    const renewing = renewal && setTimeout(renew, renewal);
    this.#opened = Infinity;
    const lost = await this.#readStream(connection);
    clearTimeout(renewing);
    const why = signal.aborted ? signal.reason : lost;
    again();
    return why;
  }

  /**
   * @param {AbortController} connection
   * @returns {Promise<Lost>}
   */
  async #readStream(connection) {
    const ask = this.#selection.ask(this.#cursor);
    const { types = [], credentials, fetch, silence = SILENCE } = this.#options;
    if (!this.#isNative || ask.method === "QUERY") {
      return readByFetch(ask, this.#listener, { fetch, credentials, headers: this.#tokens.headers, silence, connection });
    }
    await readByEventSource(ask.url, this.#listener, { types, credentials, signal: connection.signal });
    // It does not say why, so the next connection is one that does.
    this.#isNative = false;
    return AGAIN;
  }

  /** @param {State} state */
  #tell(state) {
    this.#state = state;
    this.#delivery.call("onState", state);
  }

  /**
   * @param {"closed" | "ended" | "refused"} why
   * @param {Problem} [problem]
   */
  #close(why, problem) {
    if (this.#isOver) return;
    this.#ending.abort();
    this.#delivery.end();
    this.#tell({ name: "closed", why, ...(problem && { problem }) });
  }
}
