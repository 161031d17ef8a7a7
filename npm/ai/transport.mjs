// The page's side of a chat: AI SDK's transport, over connections that may be lost.
import { DefaultChatTransport } from "ai";
import { resumingFetch } from "./resuming_fetch.mjs";

/** Milliseconds; three heartbeats of a hub whose configuration says nothing. */
const SILENCE = 45_000;

/**
 * AI SDK's `DefaultChatTransport`, with its options, whose answers go on after a lost connection: the answer is read again
 * where the server's `Content-Location` says, and each chunk is given once. A complete answer ends, and one that broke off is an
 * error.
 *
 * @template {import("ai").UIMessage} [Message=import("ai").UIMessage]
 * @extends {DefaultChatTransport<Message>}
 */
export class HubChatTransport extends DefaultChatTransport {
  #closing;

  /** @param {import("./types.d.ts").HubChatTransportOptions<Message>} [options] */
  constructor({ silence = SILENCE, fetch, ...options } = {}) {
    const closing = new AbortController();
    super({ ...options, resumeStreamIsReplay: true, fetch: resumingFetch({ fetch, silence, signal: closing.signal }) });
    this.#closing = closing;
  }

  /**
   * Asks the server to stop the newest answer of a chat, whichever tab asked for it: DELETE where the answer is read again. The
   * answer then ends in each tab. AI SDK's `stop` only leaves it.
   *
   * @param {string} chatId
   */
  async stop(chatId) {
    const [headers, credentials] = await Promise.all([resolved(this.headers), resolved(this.credentials)]);
    const [, path, rest] = /** @type {RegExpExecArray} */ (/^([^?#]*?)\/?([?#].*)?$/s.exec(this.api));
    const url = `${path}/${encodeURIComponent(chatId)}/stream${rest ?? ""}`;
    const response = await (this.fetch ?? globalThis.fetch)(url, { method: "DELETE", headers, credentials });
    if (!response.ok) throw new Error(`the answer was not stopped: the server answers ${response.status}`);
  }

  /** Ends the connections of all answers. The answers go on, and another transport can read them. */
  close() {
    this.#closing.abort(new DOMException("the transport is closed", "AbortError"));
  }
}

/**
 * An option's value.
 *
 * @template T
 * @param {T | (() => T | PromiseLike<T>) | PromiseLike<T>} option
 * @returns {Promise<T>}
 */
async function resolved(option) {
  return typeof option === "function" ? /** @type {() => T | PromiseLike<T>} */ (option)() : option;
}
